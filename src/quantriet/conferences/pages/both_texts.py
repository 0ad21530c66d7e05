"""Two editors changed one conference: both texts in words, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from quantriet.conferences.forms import CLASSES, FORMS, CallForm
from quantriet.core.components import Words
from quantriet.core.errors import ConflictError
from quantriet.core.text import format_datetime


@dataclass(frozen=True)
class Difference:
    """A field that two editors left differently."""

    label: Words
    theirs: str
    yours: str


def differences(
    conflict: ConflictError, form: CallForm, documents: Iterable[tuple[int, str]]
) -> list[Difference]:
    """The fields of a conflict, each with its label, theirs and yours."""
    labels: dict[str, Words] = {name: field.label or name for name, field in form.fields.items()}
    labels |= {"starts_at": _("Bắt đầu"), "ends_at": _("Kết thúc"), "agenda": _("Chương trình")}
    known = dict(documents)
    theirs, yours = conflict.context["theirs"], conflict.context["yours"]
    return [
        Difference(
            labels.get(name, name), _in_words(name, theirs[name], known), _in_words(name, yours[name], known)
        )
        for name in theirs
    ]


def _in_words(name: str, value: Any, documents: Mapping[int, str]) -> str:
    if name in ("starts_at", "ends_at"):
        return format_datetime(datetime.fromisoformat(value))
    if name == "form":
        return str(dict(FORMS).get(value, value))
    if name == "classes":
        labels = dict(CLASSES)
        return ", ".join(str(labels.get(one, one)) for one in value) or _("Mọi người trong danh sách")
    if name == "agenda":
        return "\n".join(_point(at, line, documents) for at, line in enumerate(value, start=1))
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return str(value)


def _point(at: int, line: Mapping[str, Any], documents: Mapping[int, str]) -> str:
    """`2. Truyền đạt nghị quyết (226-KL/TW; 90 phút; Trần Văn A)`."""
    about = documents.get(line["document_id"], "").partition(": ")[0]
    about = _("Thảo luận") if line["is_discussion"] else about
    minutes = _("%(count)s phút") % {"count": line["planned_minutes"]} if line["planned_minutes"] else ""
    beside = "; ".join(filter(None, (about, minutes, line["presenter"])))
    return f"{at}. {line['title']} ({beside})" if beside else f"{at}. {line['title']}"
