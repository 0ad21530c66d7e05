"""What stands against undoing an act: facts of this floor that came since and rest on it."""

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import ManyToOneRel, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.core.text import format_date
from quantriet.org import consequences
from quantriet.org.models import (
    AccessEvent,
    Act,
    ActPerson,
    ActRow,
    ActUnit,
    AuditEvent,
    DataRequest,
    FacilityRequest,
    Import,
    Membership,
    Notice,
    Person,
    Placement,
    Post,
    RoleAssignment,
    Unit,
    UnitName,
)
from quantriet.org.models.units import Facility
from quantriet.org.queries.act_refusals import WAITS_OR_HOLDS

Changed = tuple[str, int, int]
"""Table, row and unit of a row that is no longer as an act wrote it."""

# A unit's own rows do not outlive it; what acts remember of it goes with the act.
_OWN: frozenset[type[Model]] = frozenset({Act, ActRow, ActPerson, ActUnit})

_WORDS: Mapping[str, str | Promise] = {
    model._meta.db_table: words  # noqa: SLF001 - Django's public-by-habit API
    for model, words in (
        (Unit, gettext_lazy("thông tin của “{unit}” đã sửa")),
        (UnitName, gettext_lazy("tên của “{unit}” đã đổi lần nữa")),
        (Placement, gettext_lazy("“{unit}” đã chuyển chỗ trong cây")),
        (Person, gettext_lazy("có người đã chuyển sinh hoạt khỏi “{unit}”")),
        (Membership, gettext_lazy("sinh hoạt của người ở “{unit}” đã đổi")),
        (Post, gettext_lazy("chức vụ ở “{unit}” đã đổi")),
        (RoleAssignment, gettext_lazy("vai trò tài khoản ở “{unit}” đã đổi")),
        (Facility, gettext_lazy("hội trường của “{unit}” đã sửa")),
    )
}

# What rows that point to a unit are called: by their table here, by their package on the floors above.
_HOLDINGS: Mapping[str, str | Promise] = {
    model._meta.db_table: words  # noqa: SLF001 - as above
    for model, words in (
        (Unit, gettext_lazy("đơn vị khác")),
        (UnitName, gettext_lazy("tên qua các thời kỳ")),
        (Placement, gettext_lazy("chỗ của đơn vị khác trong cây")),
        (Person, gettext_lazy("người")),
        (Membership, gettext_lazy("người sinh hoạt")),
        (Post, gettext_lazy("chức vụ")),
        (RoleAssignment, gettext_lazy("vai trò của tài khoản")),
        (Facility, gettext_lazy("hội trường")),
        (FacilityRequest, gettext_lazy("đề nghị về hội trường")),
        (DataRequest, gettext_lazy("yêu cầu về dữ liệu cá nhân")),
        (Import, gettext_lazy("tệp nhập")),
        (Notice, gettext_lazy("thông báo")),
        (AuditEvent, gettext_lazy("nhật ký")),
        (AccessEvent, gettext_lazy("nhật ký xem dữ liệu")),
    )
}
_HOLDINGS_ABOVE: Mapping[str, str | Promise] = {
    "ledger": gettext_lazy("số liệu"),
    "documents": gettext_lazy("văn bản, tài liệu"),
    "campaigns": gettext_lazy("việc của đợt học tập"),
    "lecturers": gettext_lazy("báo cáo viên, tuyên truyền miệng"),
    "conferences": gettext_lazy("hội nghị"),
    "reports": gettext_lazy("báo cáo"),
    "web": gettext_lazy("khóa của chương trình, lịch"),
}


def holding(table: str) -> str:
    """What rows of a table that point to a unit are called; other data where nobody named it."""
    package = table.partition("_")[0]
    return str(_HOLDINGS.get(table) or _HOLDINGS_ABOVE.get(package) or _("dữ liệu khác"))


def since_changed(act: Act, changed: Sequence[Changed]) -> list[str]:
    """Rows that somebody changed after the act: a later act is named, else what kind of row it is and where."""
    found: dict[str, None] = {}
    names = Unit.objects.in_bulk([unit for _table, _row, unit in changed])
    for table, row_id, unit_id in changed:
        later = (
            ActRow.objects.filter(
                table_name=table, row_id=row_id, act_id__gt=act.pk, act__state=Act.State.DONE
            )
            .select_related("act")
            .first()
        )
        if later is not None:
            found[told(later.act)] = None
        else:
            unit = names.get(unit_id)
            found[str(_WORDS[table]).format(unit=unit.name if unit else _("đơn vị đã bỏ"))] = None
    return list(found)


def told(act: Act) -> str:
    """An act in words for a sentence."""
    return _("việc “{kind}” theo {decision} ngày {day}").format(
        kind=act.get_kind_display().lower(), decision=act.decision, day=format_date(act.effective_on)
    )


# Placements that hang below what the act wrote and are none of its own: units founded or moved in since. Where the unit
# stood at the same place before (a part that was merged into the unit above it), taking the act back disturbs nothing.
_BELOW = """
SELECT DISTINCT unit.name FROM changed_row AS changed
JOIN org_placement AS mine ON mine.id = changed.row_id
JOIN org_placement AS below ON below.path <@ mine.path AND below.valid && mine.valid AND below.id <> mine.id
JOIN org_unit AS unit ON unit.id = below.unit_id
WHERE changed.table_name = 'org_placement' AND changed.before IS NULL
  AND NOT EXISTS (SELECT 1 FROM changed_row AS own
                  WHERE own.table_name = 'org_placement' AND own.row_id = below.id)
  AND NOT EXISTS (
      SELECT 1 FROM changed_row AS stood LEFT JOIN org_placement AS kept ON kept.id = stood.row_id
      WHERE stood.table_name = 'org_placement' AND stood.unit_id = mine.unit_id
        AND coalesce(stood.before->>'path', kept.path::text) = mine.path::text
        AND (stood.before->>'valid')::daterange @> mine.valid * below.valid
  )
ORDER BY unit.name LIMIT 5
"""


def grown_below() -> list[str]:
    """Units that came since to stand below what the act (its rows are brought back) moved or founded."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW)
        return [_("“{unit}” đã lập hoặc chuyển đến sau đó").format(unit=row[0]) for row in cursor.fetchall()]


# A restored place must hang below a parent that stood just there all the time.
_UNSOUND = """
SELECT unit.name FROM org_placement AS placed JOIN org_unit AS unit ON unit.id = placed.unit_id
WHERE placed.parent_id IS NOT NULL
  AND placed.unit_id IN (SELECT unit_id FROM changed_row WHERE table_name = 'org_placement')
  AND NOT coalesce((
      SELECT range_agg(above.valid) FROM org_placement AS above
      WHERE above.unit_id = placed.parent_id AND above.path = subpath(placed.path, 0, -1)
  ) @> placed.valid, false)
ORDER BY unit.name LIMIT 5
"""


def unsound() -> list[str]:
    """Units whose former place is not there any more: their old superior has moved since."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSOUND)
        rows = cursor.fetchall()
    return [_("cấp trên cũ của “{unit}” đã chuyển chỗ hoặc kết thúc").format(unit=row[0]) for row in rows]


def references(unit_ids: Sequence[int], *, lasting: bool) -> list[str]:
    """Tables with rows of others that point to these units; ``lasting``: only those whose rows never go, or only
    those whose rows do.
    """
    if not unit_ids:
        return []
    found: dict[str, None] = {}
    with connection.cursor() as cursor:
        for table, column, has_id in pointing():
            if (table in consequences.lasting_tables()) is not lasting:
                continue
            own = (
                f"AND NOT EXISTS (SELECT 1 FROM changed_row AS own "
                f"WHERE own.table_name = '{table}' AND own.row_id = pointing.id)"
                if has_id
                else ""
            )
            cursor.execute(
                f"SELECT 1 FROM {table} AS pointing WHERE pointing.{column} = ANY(%s) {own} LIMIT 1",
                [list(unit_ids)],
            )
            if cursor.fetchone():
                found[table] = None
    return list(found)


def pointing() -> list[tuple[str, str, bool]]:
    """(table, column, has an id) of every column of every floor that points to a unit."""
    found: list[tuple[str, str, bool]] = []
    for relation in Unit._meta.get_fields(include_hidden=True):  # noqa: SLF001 - as above
        if not isinstance(relation, ManyToOneRel) or relation.related_model in _OWN:
            continue  # the table of a relation of many to many points by two columns of its own
        model = relation.related_model
        names = {field.column for field in model._meta.concrete_fields}  # noqa: SLF001 - as above
        found.append((model._meta.db_table, relation.field.column or "", "id" in names))  # noqa: SLF001
    return sorted(set(found))


def is_remembered(unit_ids: Sequence[int], *, but: Act) -> bool:
    """Whether another act, undone long since, tells of these units: what it says about itself must stay readable."""
    return ActUnit.objects.filter(unit__in=unit_ids).exclude(act=but).exists()


def naming(unit_ids: Sequence[int], *, but: Act) -> list[str]:
    """Other acts, done or waiting, that name these units."""
    rows = ActUnit.objects.filter(unit__in=unit_ids, act__state__in=WAITS_OR_HOLDS).exclude(act=but)
    acts = Act.objects.filter(pk__in=rows.values("act")).order_by("id")
    return [told(one) for one in acts[:5]]
