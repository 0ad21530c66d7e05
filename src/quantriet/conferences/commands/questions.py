"""Questions from sites to the hub: asked at the site, moderated at the hub, spoken in the order of a list.

Whoever records at the unit that called the conference moderates. All moderation of one conference takes turns, so
that two moderators at two screens never give one place twice or call two speakers.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference, Question, Site
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line, clean_text
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

State = Question.State
TURN_LOCK = 7_141_804
MOST_WAITING = 30
"""So many questions of one site wait at most: a hub that answers nothing is not helped by more."""
LONGEST = 2000
OPEN = (State.WAITING, State.LISTED, State.CALLED)


def ask(site: Site, *, text: str, speaker: str = "", key: str, by: Actor) -> Question:
    """Send a question of a site to the hub; with ``speaker`` he asks to speak. A retry finds the first one."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    words, name = clean_text(text)[:LONGEST], clean_line(speaker)[:160]
    if not words:
        raise DomainError("question.empty", _("Hãy ghi nội dung câu hỏi. Chưa gửi gì."))
    if site.conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        raise DomainError("conference.over", _("Hội nghị đã kết thúc hoặc đã hủy. Chưa gửi gì."))
    with transaction.atomic():
        sent = Question.objects.filter(site=site, key=key[:80]).first()
        if sent is not None:
            return sent
        if Question.objects.filter(site=site, state=State.WAITING).count() >= MOST_WAITING:
            raise DomainError(
                "question.too_many",
                _("Điểm cầu có %(count)s câu hỏi đang chờ. Chưa gửi thêm; hãy đợi điểm chính trả lời bớt.")
                % {"count": MOST_WAITING},
            )
        asked, is_new = Question.objects.get_or_create(
            site=site,
            key=key[:80],
            defaults={
                "conference_id": site.conference_id,
                "unit_id": site.unit_id,
                "text": words,
                "speaker": name,
                "changed_at": timezone.now(),
                "actor": by.name[:120],
            },
        )
        if is_new:
            audit.record(by, "question.ask", asked, unit=site.unit_id)
    return asked


def merge(into: Question, others: Sequence[int], *, by: Actor) -> int:
    """Treat several waiting questions as one with ``into``; returns how many were merged. A retry merges none."""
    with transaction.atomic():
        main = _turn(into, by)
        _expect(main, OPEN)
        rows = Question.objects.filter(
            conference=main.conference_id, pk__in=list(others), state=State.WAITING, merged_into=None
        ).exclude(pk=main.pk)
        pks = list(rows.values_list("pk", flat=True))
        Question.objects.filter(Q(pk__in=pks) | Q(merged_into__in=pks)).update(
            merged_into=main.pk,
            state=main.state,
            called_at=main.called_at,
            moderator=by.name[:120],
            changed_at=timezone.now(),
        )
        if pks:
            audit.record(by, "question.merge", main, unit=main.unit_id, detail={"merged": pks})
    return len(pks)


def set_aside(question: Question, *, reason: str, by: Actor) -> Question:
    """Do not put it; the site reads why."""
    why = clean_line(reason)[:300]
    if not why:
        raise DomainError("question.reason", _("Hãy ghi lý do không đưa ra; điểm cầu sẽ đọc lý do này."))
    with transaction.atomic():
        main = _turn(question, by)
        _expect(main, (State.WAITING, State.LISTED, State.SET_ASIDE))
        return _decide(main, by, state=State.SET_ASIDE, reason=why, place=None)


def answer(question: Question, *, text: str, by: Actor) -> Question:
    """Answer in writing; an answer given before is replaced."""
    words = clean_text(text)[:LONGEST]
    if not words:
        raise DomainError("question.answer", _("Hãy ghi câu trả lời. Chưa gửi gì."))
    with transaction.atomic():
        main = _turn(question, by)
        _expect(main, (State.WAITING, State.LISTED, State.ANSWERED))
        return _decide(main, by, state=State.ANSWERED, answer=words, place=None)


def enlist(question: Question, *, by: Actor) -> Question:
    """Put it at the end of the speaking list; one that stands there stays where it is."""
    with transaction.atomic():
        main = _turn(question, by)
        if main.state == State.LISTED:
            return main
        _expect(main, (State.WAITING,))
        last = Question.objects.filter(conference=main.conference_id).aggregate(last=Max("place"))["last"]
        return _decide(main, by, state=State.LISTED, place=(last or 0) + 1)


def bring_forward(question: Question, *, by: Actor) -> Question:
    """Let it change places with the one before it on the speaking list; the first stays the first."""
    with transaction.atomic():
        main = _turn(question, by)
        _expect(main, (State.LISTED,))
        before = speakers(main.conference_id).filter(place__lt=main.place).last()
        if before is not None:
            place = before.place
            _decide(before, by, place=main.place)
            _decide(main, by, place=place)
    return main


def call(question: Question, *, by: Actor) -> Question:
    """Give the floor to the site; who spoke until now has spoken."""
    with transaction.atomic():
        main = _turn(question, by)
        if main.state == State.CALLED:
            return main
        _expect(main, (State.WAITING, State.LISTED))
        speaking = Question.objects.filter(
            conference=main.conference_id, state=State.CALLED, merged_into=None
        ).first()
        if speaking is not None:
            _decide(speaking, by, state=State.DONE, done_at=timezone.now())
        return _decide(main, by, state=State.CALLED, called_at=timezone.now(), place=None)


def finish(question: Question, *, by: Actor) -> Question:
    """The site has spoken."""
    with transaction.atomic():
        main = _turn(question, by)
        if main.state == State.DONE:
            return main
        _expect(main, (State.CALLED,))
        return _decide(main, by, state=State.DONE, done_at=timezone.now())


def reopen(question: Question, *, by: Actor) -> Question:
    """Take a decision back: it waits again, with what was merged into it."""
    with transaction.atomic():
        main = _turn(question, by)
        if main.state == State.WAITING:
            return main
        _expect(main, (State.SET_ASIDE, State.ANSWERED, State.LISTED))
        return _decide(main, by, state=State.WAITING, reason="", answer="", place=None)


def speakers(conference_id: int) -> QuerySet[Question]:
    """The speaking list in its order."""
    return Question.objects.filter(conference=conference_id, state=State.LISTED, merged_into=None).order_by(
        "place", "id"
    )


def _turn(question: Question, by: Actor) -> Question:
    """The question as it stands, when it is this moderator's turn; a merged one leads to the one it was merged into."""
    access.require(by, Can.ATTENDANCE_RECORD, question.conference.unit_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURN_LOCK, question.conference_id % 2**31])
    found = Question.objects.select_related("conference").get(pk=question.pk)
    if found.merged_into_id is None:
        return found
    return Question.objects.select_related("conference").get(pk=found.merged_into_id)


def _expect(question: Question, states: Sequence[str]) -> None:
    if question.state not in states:
        raise ConflictError(
            "question.decided",
            _(
                "Câu hỏi này đang ở bước “%(state)s”, có thể người khác vừa xử lý. Chưa thay đổi gì; hãy xem lại."
            )
            % {"state": question.get_state_display()},
        )


def _decide(question: Question, by: Actor, **told: object) -> Question:
    """Write a decision to a question and to all that were merged into it; only it has a place on the list."""
    together = {name: value for name, value in told.items() if name != "place"}
    decided = {"moderator": by.name[:120], "changed_at": timezone.now()}
    Question.objects.filter(merged_into=question.pk).update(**together, **decided)
    Question.objects.filter(pk=question.pk).update(**told, **decided)
    question.refresh_from_db()
    audit.record(by, "question.decide", question, unit=question.unit_id, detail={"state": question.state})
    return question
