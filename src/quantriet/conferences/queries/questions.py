"""Questions of a conference: what waits at the hub, who speaks next, what became of a site's own."""

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from quantriet.conferences.models import Conference, Question, Site

State = Question.State
WRITTEN = 200
"""So many decided ones a page shows, newest first."""


@dataclass(frozen=True)
class Table:
    """What a moderator has before him. ``mark`` changes whenever anything in it does."""

    waiting: tuple[Question, ...]
    speaking: Question | None
    listed: tuple[Question, ...]
    decided: tuple[Question, ...]
    mark: str


def table(conference: Conference) -> Table:
    """The questions of a conference as a moderator sees them."""
    rows = (
        Question.objects.filter(conference=conference, merged_into=None)
        .select_related("site")
        .annotate(merged_count=Count("merged"))
    )
    waiting = rows.filter(state=State.WAITING).order_by("id")
    decided = rows.filter(state__in=(State.SET_ASIDE, State.ANSWERED, State.DONE))
    return Table(
        waiting=tuple(waiting[:WRITTEN]),
        speaking=rows.filter(state=State.CALLED).first(),
        listed=tuple(rows.filter(state=State.LISTED).order_by("place", "id")),
        decided=tuple(decided.order_by("-changed_at", "-id")[:WRITTEN]),
        mark=mark(Question.objects.filter(conference=conference)),
    )


def mark(rows: QuerySet[Question]) -> str:
    """What tells one state of some questions from another."""
    found = rows.aggregate(count=Count("pk"), changed=Max("changed_at"))
    moment = found["changed"]
    return f"{found['count']}-{moment.timestamp() if moment else 0:.6f}"


def of_site(site: Site) -> QuerySet[Question]:
    """What a site asked, newest first."""
    return Question.objects.filter(site=site).order_by("-id")


def for_minutes(site: Site) -> list[tuple[str, Question]]:
    """What goes into the minutes, each with the name of its site: of the hub's all that were answered or spoken, of
    another site its own.
    """
    rows = Question.objects.filter(
        conference=site.conference_id, state__in=(State.ANSWERED, State.DONE)
    ).select_related("site")
    chosen = rows.filter(merged_into=None) if site.is_hub else rows.filter(site=site)
    return [(row.site.name, row) for row in chosen.order_by("changed_at", "id")]
