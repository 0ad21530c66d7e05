"""A campaign's own life: plan, adjust, start (units first, then the roll in chunks), close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import drafts
from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands.counting import DUE_MEASURES, summon_lines
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import (
    Campaign,
    CampaignDocument,
    Deadline,
    Lesson,
    Requirement,
    RollLine,
    ScopeException,
)
from quantriet.core.errors import ConflictError, DomainError
from quantriet.documents.models import Document
from quantriet.documents.models import State as DocumentState
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade
from quantriet.ledger.models import Book
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import Tree, Unit
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Answers:
    """The three questions: which documents and how, from when to when, and the title people will see."""

    title: str
    starts_on: date
    ends_on: date
    documents: tuple[tuple[int, str], ...] = ()


def plan(unit: Unit, *, preset: str, answers: Answers, by: Actor) -> Campaign:
    """Draft a campaign from a preset: requirements and deadlines for each level, ready to be adjusted.

    The same answers again (a double click, a lost answer) give the draft that is there.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, unit)
    chosen = policies.PRESETS.get(preset)
    if chosen is None:
        raise DomainError("campaign.preset", _("Không có mẫu này. Hãy chọn một mẫu trong danh sách."))
    _refuse_backwards(answers.starts_on, answers.ends_on)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        there = _same_draft(unit, preset, answers)
        if there is not None:
            return there
        campaign = Campaign.objects.create(
            title=answers.title,
            kind=Campaign.Kind.DOCUMENTS if answers.documents else Campaign.Kind.STANDING,
            unit=unit,
            lead=unit,
            preset=preset,
            policy=chosen.policy.to_data(),
            starts_on=answers.starts_on,
            ends_on=answers.ends_on,
        )
        set_documents(campaign, answers.documents)
        for duty in chosen.policy.duties:
            requirement = Requirement.objects.create(campaign=campaign, kind=duty.kind, tree=duty.tree)
            Deadline.objects.bulk_create(
                Deadline(
                    requirement=requirement,
                    level=level,
                    due_at=policies.due_within(answers.starts_on, days, answers.ends_on),
                )
                for level, days in duty.days_by_level.items()
            )
        audit.record(by, "campaign.plan", campaign, unit=unit, detail={"preset": preset})
    return campaign


def _refuse_backwards(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise DomainError(
            "campaign.dates", _("Ngày kết thúc trước ngày bắt đầu. Chưa lưu gì; hãy sửa một trong hai ngày.")
        )


def _same_draft(unit: Unit, preset: str, answers: Answers) -> Campaign | None:
    drafts = Campaign.objects.filter(
        state=Campaign.State.DRAFT,
        version=1,
        unit=unit,
        preset=preset,
        title=answers.title,
        starts_on=answers.starts_on,
        ends_on=answers.ends_on,
    )
    wanted = sorted(answers.documents)
    for draft in drafts.order_by("pk"):
        if sorted(draft.documents.values_list("document_id", "mode")) == wanted:
            return draft
    return None


def set_documents(campaign: Campaign, documents: Sequence[tuple[int, str]]) -> None:
    """Put the documents of a draft in their order; only published ones can be studied."""
    found = Document.objects.in_bulk([pk for pk, _mode in documents])
    for pk, _mode in documents:
        if pk not in found or found[pk].state != DocumentState.PUBLISHED:
            raise DomainError(
                "campaign.document_not_published",
                _("Văn bản chưa phát hành nên chưa mở đợt được. Hãy phát hành văn bản trước."),
            )
    campaign.documents.all().delete()
    CampaignDocument.objects.bulk_create(
        CampaignDocument(campaign=campaign, document=found[pk], mode=mode, position=at)
        for at, (pk, mode) in enumerate(documents, start=1)
    )


def adjust(campaign: Campaign, changes: Changes, *, by: Actor) -> Campaign:
    """Change a draft. A second editor who saw an older version is told and shown both, field by field."""
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    _refuse_backwards(changes.starts_on, changes.ends_on)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state != Campaign.State.DRAFT:
            raise DomainError(
                "campaign.started",
                _(
                    "Đợt đã giao xuống nên không sửa khung được nữa. Hãy dùng gia hạn hoặc điều chỉnh danh sách."
                ),
            )
        if locked.version != changes.version:
            raise ConflictError(
                "campaign.changed",
                _("Người khác vừa sửa đợt này. Chưa lưu bản của bạn; hãy xem hai bản và chọn."),
                **drafts.both(locked, changes),
            )
        locked.title = changes.title
        locked.starts_on, locked.ends_on = changes.starts_on, changes.ends_on
        locked.policy = policies.from_data(changes.policy).to_data()
        locked.lead_id = changes.lead_id
        locked.version += 1
        locked.save()
        locked.partners.set(changes.partner_ids)
        if changes.documents is not None:
            set_documents(locked, changes.documents)
        _set_deadlines(locked, changes.deadlines)
        locked.exceptions.all().delete()
        ScopeException.objects.bulk_create(
            ScopeException(campaign=locked, unit_id=unit_id, reason=reason)
            for unit_id, reason in changes.excluded
        )
        audit.record(by, "campaign.adjust", locked, unit=locked.unit_id, detail={"version": locked.version})
    return locked


def add_requirement(campaign: Campaign, *, kind: str, tree: str, by: Actor) -> Requirement:
    """One more kind of thing that units of a tree owe; it owes nobody anything until it has a deadline."""
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    if kind not in Requirement.Kind.values or tree not in Tree.values:
        raise DomainError(
            "requirement.unknown", _("Không có loại việc này. Chưa thêm gì; hãy chọn trong danh sách.")
        )
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state != Campaign.State.DRAFT:
            raise DomainError("campaign.started", _("Đợt đã giao xuống nên không thêm việc được nữa."))
        requirement, is_new = Requirement.objects.get_or_create(campaign=locked, kind=kind, tree=tree)
        if is_new:
            audit.record(
                by, "campaign.require", locked, unit=locked.unit_id, detail={"kind": kind, "tree": tree}
            )
    return requirement


def discard(campaign: Campaign, *, by: Actor) -> None:
    """Throw a draft away; what was given to units is never thrown away."""
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
        if locked is None:
            return
        if locked.state != Campaign.State.DRAFT:
            raise DomainError(
                "campaign.started", _("Đợt đã giao xuống nên không xóa được; hãy kết thúc đợt.")
            )
        audit.record(by, "campaign.discard", locked, unit=locked.unit_id, detail={"title": locked.title})
        locked.delete()


def _set_deadlines(campaign: Campaign, deadlines: Mapping[tuple[int, int], datetime]) -> None:
    own = campaign.requirements.in_bulk()
    if any(requirement_id not in own for requirement_id, _level in deadlines):
        raise access.not_found()
    for requirement in own.values():
        due_by_level = {level: due for (of, level), due in deadlines.items() if of == requirement.pk}
        policies.refuse_looser_below(requirement.kind, requirement.get_kind_display(), due_by_level)
    Deadline.objects.filter(requirement__campaign=campaign).delete()
    Deadline.objects.bulk_create(
        Deadline(requirement_id=requirement_id, level=level, due_at=due)
        for (requirement_id, level), due in deadlines.items()
    )


def begin_start(campaign: Campaign, *, by: Actor) -> Campaign:
    """Open the book and give every unit in scope its obligations; the roll follows in chunks.

    A retry finds the book and the obligations and changes nothing.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state != Campaign.State.DRAFT:
            return locked
        if not locked.requirements.filter(deadlines__isnull=False).exists():
            raise DomainError(
                "campaign.no_duty", _("Đợt này chưa giao việc cho cấp nào. Hãy đặt ít nhất một thời hạn.")
            )
        locked.book = ledger.open_book(
            locked.unit, kind=Book.Kind.CAMPAIGN, title=locked.title, year=locked.starts_on.year
        )
        locked.state = Campaign.State.STARTING
        locked.save(update_fields=["book", "state"])
        _draw_obligations(locked, by=by)
        _tell_who_leads(locked)
        audit.record(by, "campaign.start", locked, unit=locked.unit_id)
    return locked


def _tell_who_leads(campaign: Campaign) -> None:
    """The unit that leads and those that work with it learn of it once; the unit that starts knows."""
    link = f"/dot/{campaign.pk}/"
    own = {campaign.unit_id}
    lead = _("Đơn vị được giao chủ trì đợt này: xem việc và tiến độ tại trang của đợt.")
    notices.notify(
        sorted({campaign.lead_id} - own),
        NoticeText(campaign.title, lead, link, key=f"campaign-lead:{campaign.pk}"),
    )
    partner = _("Đơn vị được giao phối hợp trong đợt này, do %(lead)s chủ trì.") % {
        "lead": campaign.lead.name
    }
    partners = set(campaign.partners.values_list("pk", flat=True))
    notices.notify(
        sorted(partners - own - {campaign.lead_id}),
        NoticeText(campaign.title, partner, link, key=f"campaign-partner:{campaign.pk}"),
    )


# Units that owe something: live, in the tree and at the level asked for, below the campaign's unit (their
# committee below it, for the trees beside the Party's), not below an exception. Bodies owe through their committee.
_UNITS_IN_SCOPE = """
SELECT unit.id FROM org_unit AS unit
JOIN org_placement AS placed ON placed.unit_id = unit.id AND placed.valid @> quantriet_today()
     AND NOT placed.former
JOIN org_placement AS anchor ON anchor.valid @> quantriet_today()
     AND anchor.unit_id = CASE WHEN unit.tree = %(party)s THEN unit.id ELSE unit.committee_id END
JOIN org_placement AS top ON top.unit_id = %(root)s AND top.valid @> quantriet_today()
WHERE unit.tree = %(tree)s AND unit.level = %(level)s AND unit.closed_on IS NULL
  AND unit.kind NOT IN ('body', 'press', 'central') AND anchor.path <@ top.path
  AND NOT EXISTS (
      SELECT 1 FROM campaigns_scopeexception AS exception
      JOIN org_placement AS out ON out.unit_id = exception.unit_id AND out.valid @> quantriet_today()
      WHERE exception.campaign_id = %(campaign)s AND anchor.path <@ out.path
  )
"""

_GIVE = f"""
INSERT INTO campaigns_obligation
    (created_at, campaign_id, requirement_id, kind, unit_id, due_at, limit_at, state, reason)
SELECT statement_timestamp(), %(campaign)s, %(requirement)s, %(kind)s, scope.id, %(due)s, %(due)s, 'open', ''
FROM ({_UNITS_IN_SCOPE}) AS scope
ON CONFLICT (requirement_id, unit_id) DO NOTHING
RETURNING unit_id
"""


def _draw_obligations(campaign: Campaign, *, by: Actor) -> None:
    assert campaign.book_id is not None  # noqa: S101 - the caller has just opened it
    lines: list[Line] = []
    deadlines = Deadline.objects.filter(requirement__campaign=campaign).select_related("requirement")
    with connection.cursor() as cursor:
        for deadline in deadlines.order_by("pk"):
            kind = deadline.requirement.kind
            cursor.execute(
                _GIVE,
                {
                    "campaign": campaign.pk,
                    "requirement": deadline.requirement_id,
                    "kind": kind,
                    "due": deadline.due_at,
                    "root": campaign.unit_id,
                    "party": Tree.PARTY,
                    "tree": deadline.requirement.tree,
                    "level": deadline.level,
                },
            )
            measure = DUE_MEASURES.get(kind)
            units = [int(row[0]) for row in cursor.fetchall()]
            if measure is not None:
                lines += ledger.unit_lines(units, measure, grade=Grade.ON_SPOT, on=campaign.starts_on)
    ledger.post(
        campaign.book_id, lines, by=by, origin="campaigns.start", key="obligations", unit_id=campaign.unit_id
    )


def roll_chunks(campaign: Campaign) -> list[int]:
    """The units whose subtrees are drawn one after another: the direct children, then the unit itself."""
    children = (
        access.today_placements()
        .filter(parent=campaign.unit, former=False)
        .order_by("unit_id")
        .values_list("unit_id", flat=True)
    )
    return [*children, campaign.unit_id]


_DRAW = """
WITH drawn AS (
    INSERT INTO campaigns_rollline
        (created_at, campaign_id, person_id, unit_id, person_class, state, reason, excuse, means, batch_id)
    SELECT statement_timestamp(), %(campaign)s, member.person_id, member.unit_id, member.person_class,
           'summoned', '', '', '', %(batch)s
    FROM org_placement AS top
    JOIN org_placement AS placed ON placed.path <@ top.path AND placed.valid @> quantriet_today()
         AND NOT placed.former AND (NOT %(alone)s OR placed.unit_id = top.unit_id)
    JOIN org_membership AS member ON member.unit_id = placed.unit_id
    WHERE top.unit_id = %(top)s AND top.valid @> quantriet_today()
      AND member.is_primary AND member.from_on <= %(on)s AND (member.to_on IS NULL OR member.to_on > %(on)s)
      AND member.person_class = ANY(%(classes)s) AND NOT (member.status = 'exempt' AND %(exempt_invited)s)
      AND NOT EXISTS (
          SELECT 1 FROM campaigns_scopeexception AS exception
          JOIN org_placement AS out ON out.unit_id = exception.unit_id AND out.valid @> quantriet_today()
          WHERE exception.campaign_id = %(campaign)s AND placed.path <@ out.path
      )
    ON CONFLICT (campaign_id, person_id) DO NOTHING
    RETURNING unit_id, person_class
)
SELECT unit_id, person_class, count(*) FROM drawn GROUP BY unit_id, person_class
"""


def draw_roll(campaign: Campaign, top_id: int, *, by: Actor) -> int:
    """Draw the roll of one chunk from the memberships; returns how many people were summoned.

    One transaction a chunk, so a long start never holds the fold back; a retry of a chunk draws nothing.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    assert campaign.book_id is not None  # noqa: S101 - begin_start opened it
    policy = policies.from_data(campaign.policy)
    with transaction.atomic(), connection.cursor() as cursor:
        posted = ledger.begin(
            campaign.book_id, by=by, origin="campaigns.draw_roll", key=f"roll:{top_id}", unit_id=top_id
        )
        if not posted.is_new:
            return 0
        cursor.execute(
            _DRAW,
            {
                "campaign": campaign.pk,
                "batch": posted.batch_id,
                "top": top_id,
                "alone": top_id == campaign.unit_id,
                # Whoever changed his unit since the start is summoned where he belongs now.
                "on": max(campaign.starts_on, timezone.localdate()),
                "classes": list(policy.classes),
                "exempt_invited": policy.exempt_are_invited,
            },
        )
        counted = [(int(unit), int(cls), int(count)) for unit, cls, count in cursor.fetchall()]
        owes_essays = campaign.requirements.filter(
            kind=Requirement.Kind.ESSAYS, deadlines__isnull=False
        ).exists()
        lines: list[Line] = []
        for unit_id, person_class, count in counted:
            lines += summon_lines(
                unit_id,
                person_class,
                count,
                on=campaign.starts_on,
                essays=owes_essays and person_class in policy.essays_of,
            )
        ledger.append(campaign.book_id, posted.batch_id, lines)
    return sum(count for _unit, _class, count in counted)


def finish_start(campaign: Campaign, *, by: Actor) -> Campaign:
    """Every chunk of the roll is drawn: the campaign runs."""
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    with transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.STARTING).update(
            state=Campaign.State.ACTIVE, started_at=timezone.now()
        )
        campaign.refresh_from_db()
        audit.record(
            by,
            "campaign.started",
            campaign,
            unit=campaign.unit_id,
            detail={"summoned": RollLine.objects.filter(campaign=campaign).count()},
        )
    return campaign


def start(campaign: Campaign, *, by: Actor) -> Campaign:
    """The whole start in one call, for small trees, tests and the demonstration; the job does it in chunks."""
    campaign = begin_start(campaign, by=by)
    if campaign.state == Campaign.State.STARTING:
        for top_id in roll_chunks(campaign):
            draw_roll(campaign, top_id, by=by)
        campaign = finish_start(campaign, by=by)
    return campaign


def close(campaign: Campaign, *, lessons: Sequence[tuple[str, bool, date | None]], by: Actor) -> Campaign:
    """End a campaign with its lessons and open remedies (text, is a remedy, due on): the next one shows them."""
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state == Campaign.State.CLOSED:
            return locked
        if locked.state != Campaign.State.ACTIVE:
            raise DomainError("campaign.not_active", _("Đợt chưa chạy nên chưa kết thúc được."))
        locked.state = Campaign.State.CLOSED
        locked.closed_at = timezone.now()
        locked.save(update_fields=["state", "closed_at"])
        Lesson.objects.bulk_create(
            Lesson(campaign=locked, text=text, is_remedy=is_remedy, due_on=due_on)
            for text, is_remedy, due_on in lessons
        )
        audit.record(by, "campaign.close", locked, unit=locked.unit_id, detail={"lessons": len(lessons)})
    return locked
