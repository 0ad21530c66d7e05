"""The recording of a session: a plain link on our pages. It is checked for its shape and never fetched by us."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError

LONGEST = 500
_is_address = URLValidator(schemes=["https"])


def check(address: str) -> None:
    """Refuse what is no plain ``https`` link to another server: no other scheme, no name or password in it."""
    try:
        _is_address(address)
        is_plain = "@" not in urlsplit(address).netloc and len(address) <= LONGEST
    except (ValidationError, ValueError):
        is_plain = False
    if not is_plain:
        raise DomainError(
            "recording.link",
            _(
                "Đường dẫn bản ghi hình phải bắt đầu bằng https:// và không chứa tên đăng nhập. Chưa lưu gì; hãy chép "
                "lại đường dẫn."
            ),
        )
