"""The one way a rule says no."""

from typing import Any


class DomainError(Exception):
    """A command refuses.

    ``code`` is a stable machine name (``roll.person_twice``); ``sentence`` is Vietnamese and says what
    happened, what was kept and what to do; ``context`` holds plain values for the API's problem details.
    Doors turn it into an answer: a page shows the sentence, the API sends RFC 9457 problem details.
    """

    status = 422

    def __init__(self, code: str, sentence: str, **context: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.context = context


class UnprovenError(DomainError):
    """Who sends did not prove to be who he says (401)."""

    status = 401


class NotFoundError(DomainError):
    """A row that does not exist or that the actor may not know of: both answer alike (404)."""

    status = 404


class ForbiddenError(DomainError):
    """The actor is known, the row is his to see, but the act is not his to do (403)."""

    status = 403


class ConflictError(DomainError):
    """The row changed since the actor read it (409); the context holds both texts."""

    status = 409
