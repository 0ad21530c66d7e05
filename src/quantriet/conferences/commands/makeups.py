"""After the session: who made it up later, and who had attended a superior's session. Nobody is ticked twice.

A make-up is written down by the site, or confirmed by the cell of the people who missed: that they watched the
recording, on which day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands import credits
from quantriet.campaigns.commands.credits import Claim
from quantriet.campaigns.models import Credit
from quantriet.conferences import verdicts
from quantriet.conferences.commands import attendance, entries, gate, marks
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.commands.entries import Call, Hand
from quantriet.conferences.commands.marks import Heard
from quantriet.conferences.models import Attendance, Conference, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import makeups as reads
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.makeups import Own
from quantriet.conferences.verdicts import HERE, Act, Ask, Code, Known
from quantriet.core.errors import DomainError
from quantriet.core.text import format_date
from quantriet.ledger import commands as ledger
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
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


def confirm(
    conference: Conference, unit: Unit, person_ids: Sequence[int], *, watched_on: date, key: str, by: Actor
) -> list[Answer]:
    """A cell confirms that people of its own watched the recording on a day: credited as made up later. The answers
    stand in the order of the people; who was there, or made it up before, stays as he is.

    All or none: refuses with ``make_up.others`` where one of them is not of the cell or not expected, and with
    ``make_up.not_a_cell``, ``make_up.too_early``, ``recording.none`` or ``make_up.day``. The same ``key`` again, and
    the same people again, write nothing.
    """
    access.require(by, Can.ATTENDANCE_RECORD, unit)
    asked = list(dict.fromkeys(person_ids))
    with transaction.atomic():
        gate.enter([conference.pk])
        conference.refresh_from_db(fields=[*gate.WHAT_MAY_END, "recording"])
        _refuse_confirming(conference, unit, watched_on)
        own = {one.row.person_id: one for one in reads.of_cell(conference, unit)}
        if not asked or not own.keys() >= set(asked):
            raise DomainError(
                "make_up.others",
                _(
                    "Chi bộ chỉ xác nhận cho đảng viên của mình được triệu tập dự hội nghị này. Chưa ghi gì; hãy tải "
                    "lại danh sách và chọn lại."
                ),
            )
        missing = [own[person_id] for person_id in asked if own[person_id].is_missing]
        told = _("Xem lại ghi hình ngày {day}, {unit} xác nhận").format(
            day=format_date(watched_on), unit=unit.name
        )
        written = _confirmed(conference, missing, key=key, reason=told[:300], by=by)
        if any(answer.code in (Code.RECORDED, Code.CHANGED) for answer in written.values()):
            detail = {"people": len(missing), "watched_on": watched_on.isoformat()}
            audit.record(by, "attendance.make_up", conference, unit=unit, detail=detail)
    return [written.get(person_id) or _known_already(own[person_id]) for person_id in asked]


def _refuse_confirming(conference: Conference, unit: Unit, watched_on: date) -> None:
    if access.stands_above_cell(unit):
        raise DomainError(
            "make_up.not_a_cell",
            _("Việc xem lại ghi hình do chi bộ của người vắng xác nhận. Chưa ghi gì; hãy chọn một chi bộ."),
        )
    if not reads.is_over(conference):
        raise DomainError(
            "make_up.too_early",
            _("Hội nghị chưa họp xong hoặc đã hủy nên chưa xác nhận học bù được. Chưa ghi gì."),
        )
    if not conference.recording:
        raise DomainError(
            "recording.none",
            _(
                "Hội nghị chưa có bản ghi hình. Chưa ghi gì; hãy nhờ đơn vị tổ chức ghi đường dẫn, hoặc ghi học bù ở "
                "điểm cầu."
            ),
        )
    if not access.local_day(conference.starts_at) <= watched_on <= timezone.localdate():
        raise DomainError(
            "make_up.day", _("Ngày xem lại phải từ ngày họp đến hôm nay. Chưa ghi gì; hãy sửa ngày.")
        )


def _confirmed(
    conference: Conference, missing: Sequence[Own], *, key: str, reason: str, by: Actor
) -> Mapping[int, Answer]:
    """Write each at the site he is expected at, in the order of sites. What somebody else wrote meanwhile stands."""
    at_sites: dict[int, list[Own]] = defaultdict(list)
    for one in missing:
        at_sites[one.site_id].append(one)
    answers: dict[int, Answer] = {}
    sites = Site.objects.filter(pk__in=at_sites).select_related("conference__campaign")
    for site in sites.order_by("pk"):
        hand = Hand(site, by.name, key)
        heard = [
            Heard(
                Mark(
                    Ask(Act.PRESENT, version=one.row.version),
                    source=Source.MAKE_UP,
                    person_id=one.row.person_id,
                ),
                one.row.person_id,
                hand,
            )
            for one in at_sites[site.pk]
        ]
        for answer in marks.write_down(heard, Call(conference, key, by, site, reason)):
            answers[answer.person_id] = answer
    return answers


def _known_already(one: Own) -> Answer:
    row = one.row
    known = Known(row.state, row.in_at, row.out_at, row.left_early, row.excuse, row.version)
    return Answer(row.person_id, Code.ALREADY, known, row.actor, row.full_name)


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
