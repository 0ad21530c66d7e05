"""Files of units and people on their way in: uploaded, looked at, done."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Scoped
from quantriet.org.models.accounts import Account
from quantriet.org.models.units import Unit


class Import(Scoped):
    """One file to import. The bytes lie in the file store under ``sha256``; rows are read anew at each step,
    so what is shown before the act is what the act does, on the data of that moment.

    ``columns``: wanted column → place in the sheet, as recognised or chosen. ``answers``: row number → id of
    the known person it is, or -1 for another. ``outcome``: counts and the first faults of the last step.

    ``preview`` holds the first rows and what the header says, kept when the file came, so that the page that
    asks for columns reads no file. A long list of people is written unit by unit: ``rows`` says which rows
    (a value of ``commands.imports.Rows``), and every unit up to the id ``written_to`` is whole.
    """

    class Kind(models.TextChoices):
        """What the file holds."""

        UNITS = "units", _("Cây đơn vị")
        PEOPLE = "people", _("Danh sách người")

    class State(models.TextChoices):
        """How far it is."""

        STAGED = "staged", _("Đã tải lên")
        CHECKED = "checked", _("Đã kiểm tra")
        WRITING = "writing", _("Đang ghi")
        DONE = "done", _("Đã ghi")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="imports", db_index=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.STAGED)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    file_kind = models.CharField(max_length=8)
    sheet = models.CharField(max_length=80, blank=True)
    columns = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    rows = models.CharField(max_length=10, blank=True)
    written_to = models.BigIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who imports", "basic", "import"),
        "sha256": Fate("the file as sent, until the import is done", "sensitive", "import"),
        "answers": Fate("which rows are known people", "sensitive", "import"),
        "outcome": Fate("faults of the rows", "sensitive", "import"),
        "preview": Fate("the first rows, to choose columns by", "sensitive", "import"),
    }

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("unit", "-id"), name="import_unit"),)
