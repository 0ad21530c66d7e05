"""What this package keeps about a person: receipts he confirmed and files he entered, in office."""

from django.utils.translation import gettext_noop

from quantriet.documents.models import DocumentVersion, Receipt
from quantriet.org import holdings
from quantriet.org.holdings import Holding, moment
from quantriet.org.models import Person

_DOCUMENT, _UNIT, _WHEN = gettext_noop("Văn bản"), gettext_noop("Đơn vị"), gettext_noop("Lúc")


def _receipts(person: Person) -> list[list[str]]:
    """Receipts of units in his reach; those of units he has left are told by the audit alone."""
    rows = Receipt.objects.filter(received_by__person=person).select_related("document", "unit")
    return [
        [row.document.number, row.unit.name, moment(row.received_at), row.receiver]
        for row in rows.order_by("received_at", "id")
    ]


def _versions(person: Person) -> list[list[str]]:
    rows = DocumentVersion.objects.filter(made_by__person=person).select_related("document")
    return [
        [row.document.number, row.file_name, moment(row.made_at)] for row in rows.order_by("made_at", "id")
    ]


def register_all() -> None:
    """Called once, when the package is ready."""
    holdings.register(
        Holding(
            gettext_noop("Văn bản đã xác nhận nhận được"),
            (_DOCUMENT, _UNIT, _WHEN, gettext_noop("Người nhận")),
            ("documents.Receipt.received_by",),
            _receipts,
        ),
        Holding(
            gettext_noop("Tệp văn bản đã nhập"),
            (_DOCUMENT, gettext_noop("Tệp"), _WHEN),
            ("documents.DocumentVersion.made_by",),
            _versions,
        ),
    )
