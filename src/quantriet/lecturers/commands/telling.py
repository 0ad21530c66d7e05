"""What units are told of a lecture: in the page, once a key, with the way to it."""

from django.urls import reverse

from quantriet.lecturers.models import Lecture
from quantriet.org import notices
from quantriet.org.notices import NoticeText


def tell(unit_id: int, lecture: Lecture, text: str, *, key: str) -> None:
    """Tell a unit something of a lecture; told again with the same key it is told nothing."""
    link = reverse("lecture", args=[lecture.pk])
    notices.notify([unit_id], NoticeText(title=lecture.title, text=text, link=link, key=key))
