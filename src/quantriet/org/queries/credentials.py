"""What an account can show, and where it is signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.org.access import stands_above_cell
from quantriet.org.models import Account, Person, RoleAssignment, SecondFactor, SignInCard, Unit
from quantriet.org.permissions import ROLES
from quantriet.org.second_factor import CARD, roles_need
from quantriet.org.sessions import SEEN


@dataclass(frozen=True)
class Factor:
    """The app of an account: since when, and how many recovery codes are left."""

    app_since: datetime | None
    codes_left: int


@dataclass(frozen=True)
class OpenSession:
    """A browser that is signed in: what it is, where and since when; ``is_this`` is the one that asks."""

    browser: str
    address: str
    since: datetime | None
    seen_at: datetime | None
    by_card: bool
    is_this: bool


# What a browser calls itself → what people call it. The first that fits counts.
_BROWSERS = (
    ("Edg", "Edge"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def factor(account: Account) -> Factor:
    """The app and the recovery codes that are still good."""
    found = SecondFactor.objects.filter(account=account).first()
    return Factor(
        app_since=found.confirmed_at if found else None,
        codes_left=account.recovery_codes.filter(used_at=None).count(),
    )


def sessions(account: Account, *, current: str) -> list[OpenSession]:
    """The sessions that are not over, the present one first, then the last used first."""
    found = []
    for row in account.sessions.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:200]:
        data = row.get_decoded()
        seen = data.get(SEEN) or {}
        found.append(
            OpenSession(
                browser=browser_name(str(seen.get("agent", ""))),
                address=str(seen.get("address", "")),
                since=_moment(seen.get("since")),
                seen_at=_moment(seen.get("at")),
                by_card=CARD in data,
                is_this=row.session_key == current,
            )
        )
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda each: (each.is_this, each.seen_at or oldest), reverse=True)


def browser_name(agent: str) -> str:
    """``Chrome, Android`` of a User-Agent; a sentence when it is none we know."""
    words = [next((name for sign, name in kinds if sign in agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, words)) or _("Trình duyệt khác")


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None


@dataclass(frozen=True)
class CardHolder:
    """Somebody at home in a unit, with the account a card would open and the card that is live, if any."""

    person: Person
    has_account: bool
    needs_more: bool
    card: SignInCard | None


def card_holders(unit: Unit) -> list[CardHolder]:
    """The people at home in the unit in the order of names; three queries whatever their number."""
    people = list(
        Person.objects.filter(home_unit=unit)
        .select_related("home_unit", "account")
        .order_by("sort_key", "id")
    )
    accounts = {person.account.pk: person for person in people if hasattr(person, "account")}
    cards = {
        card.account_id: card for card in SignInCard.objects.filter(account__in=accounts, revoked_at=None)
    }
    running = RoleAssignment.objects.filter(account__in=accounts, to_on=None, role__in=ROLES)
    above = {
        each.account_id
        for each in running.select_related("unit__committee")
        if roles_need({each.role}) and stands_above_cell(each.unit)
    }
    holders = []
    for person in people:
        account_id = person.account.pk if hasattr(person, "account") else None
        holders.append(
            CardHolder(
                person=person,
                has_account=account_id is not None,
                needs_more=account_id in above,
                card=cards.get(account_id) if account_id is not None else None,
            )
        )
    return holders
