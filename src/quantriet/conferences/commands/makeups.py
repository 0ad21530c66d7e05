"""After the session: who made it up later, and who had attended a superior's session. Nobody is ticked twice."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands import credits
from quantriet.campaigns.commands.credits import Claim
from quantriet.campaigns.models import Credit
from quantriet.conferences import verdicts
from quantriet.conferences.commands import attendance, entries
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.models import Attendance, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import roster
from quantriet.conferences.verdicts import HERE, Act, Ask
from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def make_up(site: Site, person_ids: Sequence[int], *, note: str, key: str, by: Actor) -> list[Answer]:
    """People who missed the session have made it up (recording, reading): credited as made up later."""
    if not note.strip():
        raise DomainError(
            "make_up.note", _("Hãy ghi cách học bù (xem lại bản ghi, đọc tài liệu). Chưa ghi gì.")
        )
    away = set(
        Attendance.objects.filter(conference=site.conference_id, person_id__in=list(person_ids))
        .filter(state__in=HERE)
        .values_list("person_id", flat=True)
    )
    marks = [
        Mark(Ask(Act.PRESENT), source=Source.MAKE_UP, person_id=person_id)
        for person_id in person_ids
        if person_id not in away
    ]
    return attendance.record(site, marks, by=by, key=key, reason=note.strip()[:300])


def attended_above(site: Site) -> list[Attendance]:
    """Of who is expected at a site and has no mark there: his attendance at a superior's session of the
    campaign, the latest one.
    """
    conference = site.conference
    if conference.campaign_id is None:
        return []
    waiting = {row.person_id for row in roster.of_site(site) if row.state not in HERE}
    rows = (
        Attendance.objects.filter(
            conference__campaign=conference.campaign_id,
            conference__level__lt=conference.level,
            person_id__in=waiting,
            state__in=HERE,
        )
        .select_related("conference__campaign", "person")
        .order_by("person__sort_key", "person_id", "-held_on", "-pk")
    )
    latest: dict[int, Attendance] = {}
    for row in rows:
        if verdicts.earns_credit(entries.known_of(row), entries.meeting_of(row.conference)):
            latest.setdefault(row.person_id, row)
    return list(latest.values())


def credit_superior(site: Site, *, key: str, by: Actor) -> list[Answer]:
    """Credit who attended above: marked here as "đã dự ở cấp trên", counted as lượt only where he sat.

    Refused where the campaign's policy does not recognise it (Kết luận 226-KL/TW says it should).
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    campaign = site.conference.campaign
    if campaign is None or not policies.from_data(campaign.policy).credit_from_superior:
        raise DomainError(
            "credit.not_recognised",
            _("Đợt này không công nhận việc đã dự ở cấp trên. Chưa ghi gì; người đó cần dự hoặc học bù."),
        )
    above = {row.person_id: row for row in attended_above(site)}
    with transaction.atomic():
        marks = [Mark(Ask(Act.PRESENT), source=Source.SUPERIOR, person_id=person_id) for person_id in above]
        answers = attendance.record(site, marks, by=by, key=key) if marks else []
        taken = {answer.person_id for answer in answers if answer.is_done}
        _claim_above(site, [row for person_id, row in above.items() if person_id in taken], key=key, by=by)
    return answers


def _claim_above(site: Site, rows: Sequence[Attendance], *, key: str, by: Actor) -> None:
    """What the superior's session taught is credited, if it was not when he sat there."""
    campaign = site.conference.campaign
    if campaign is None or campaign.book_id is None or not rows:
        return
    own = dict(
        Attendance.objects.filter(
            conference=site.conference_id, person_id__in=[row.person_id for row in rows]
        ).values_list("person_id", "pk")
    )
    posted = ledger.begin(
        campaign.book_id,
        by=by,
        origin="attendance.credit_superior",
        key=f"superior:{site.pk}:{key}"[:120],
        unit_id=site.unit_id,
    )
    if not posted.is_new:
        return
    sessions: dict[tuple[int, int], list[Attendance]] = {}
    for row in rows:
        sessions.setdefault((row.conference_id, row.form), []).append(row)
    for (_conference_id, form), group in sorted(sessions.items()):
        claims = [
            Claim(
                row.person_id,
                entries.source_of(own[row.person_id]),
                Credit.Means.SUPERIOR,
                int(row.grade),
                row.held_on,
            )
            for row in group
        ]
        session = entries.session_of(group[0].conference, form)
        credits.credit(campaign, claims, session=session, batch_id=posted.batch_id, by=by)
