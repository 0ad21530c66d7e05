"""Headers every answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# No inline script or style, nothing from elsewhere. The scan page adds what its decoder needs, the live page of a
# conference the one media server its stream comes from.
POLICY = (
    "default-src 'self'; script-src 'self'{script}; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'{stream}; media-src 'self' blob:{stream}; worker-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """Content-Security-Policy without inline code, no sniffing, no powers of the browser but the camera."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers after the view ran; a view may ask for the decoder by ``response.needs_wasm`` and for a media
        server by ``response.stream_origin``.
        """
        response = self.get_response(request)
        script = " 'wasm-unsafe-eval'" if getattr(response, "needs_wasm", False) else ""
        origin = getattr(response, "stream_origin", "")
        stream = f" {origin}" if origin else ""
        response["Content-Security-Policy"] = POLICY.format(script=script, stream=stream)
        response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=()"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        return response
