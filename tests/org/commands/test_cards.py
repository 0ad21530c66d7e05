"""Sign-in cards: issued, used, locked, revoked; each guard with a control."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.commands import cards
from quantriet.org.commands.cards import IssuedCard
from quantriet.org.models import Account, AuditEvent, Person, SignInCard, Unit
from tests import factories, racing

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Unit:
    return factories.cell(factories.commune(factories.province()))


def holder(home: Unit, role: str = "member", name: str = "Nguyễn Văn An") -> Person:
    person = factories.person(home, name)
    factories.account(role, home, of=person)
    return person


def issue(*people: Person) -> list[IssuedCard]:
    with access.acting(factories.operator()) as by:
        return cards.issue(people, by=by)


def refusal(code: str, pin: str) -> str:
    with pytest.raises(DomainError) as refused:
        cards.use(code, pin)
    return refused.value.code


def wrong(pin: str) -> str:
    return str((int(pin) + 1) % 10**6).zfill(6)


def test_a_card_and_its_pin_name_the_account_in_any_writing(home: Unit) -> None:
    first, second = issue(holder(home), holder(home, "secretary", "Trần Thị Bé"))

    used = cards.use(first.code.lower().replace("-", " "), f" {first.pin} ")

    assert used.account_id == first.account_id
    assert cards.use(second.code, second.pin).account_id == second.account_id
    assert len(first.code.replace("-", "")) == 26
    assert first.code.replace("-", "").encode() not in bytes(SignInCard.objects.get(pk=used.pk).digest)


def test_a_new_card_ends_the_old_one(home: Unit) -> None:
    person = holder(home)
    old = issue(person)[0]
    new = issue(person)[0]

    assert refusal(old.code, old.pin) == "card.wrong"
    assert cards.use(new.code, new.pin).account_id == new.account_id


def test_unknown_revoked_expired_and_wrong_sound_alike(home: Unit) -> None:
    revoked, expired, fine = issue(holder(home), holder(home, name="Lê Ba"), holder(home, name="Lê Tư"))
    with access.acting(factories.operator()) as by:
        for _again in range(2):
            cards.revoke(Account.objects.get(pk=revoked.account_id), by=by)
    SignInCard.objects.filter(account=expired.account_id).update(expires_at=timezone.now())
    told = []
    for code, pin in (("A" * 26, "000000"), (revoked.code, revoked.pin), (expired.code, expired.pin),
                      (fine.code, wrong(fine.pin)), (fine.code, "")):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            cards.use(code, pin)
        told.append((refused.value.code, refused.value.sentence))

    assert len(set(told)) == 1
    assert told[0][0] == "card.wrong"


def test_five_wrong_pins_lock_and_ten_revoke(home: Unit) -> None:
    card = issue(holder(home))[0]

    five = [refusal(card.code, wrong(card.pin)) for _ in range(5)]
    while_locked = [refusal(card.code, pin) for pin in (card.pin, wrong(card.pin))]
    counted = SignInCard.objects.get().failures
    SignInCard.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    for _ in range(5):
        refusal(card.code, wrong(card.pin))
    ended = SignInCard.objects.get()

    assert five == ["card.wrong"] * 5
    assert while_locked == ["card.locked"] * 2
    assert counted == 5
    assert ended.revoked_at is not None
    guessed = AuditEvent.objects.filter(action="card.guessed").order_by("id")
    assert [event.detail for event in guessed] == [{"wrong": 5}, {"wrong": 10}]
    assert refusal(card.code, card.pin) == "card.wrong"


def test_a_right_pin_after_the_lock_forgets_the_wrong_ones(home: Unit) -> None:
    card = issue(holder(home))[0]
    for _ in range(5):
        refusal(card.code, wrong(card.pin))
    SignInCard.objects.update(locked_until=timezone.now() - timedelta(seconds=1))

    cards.use(card.code, card.pin)

    assert SignInCard.objects.get().failures == 0


def test_who_needs_a_second_factor_gets_no_card_and_nobody_else_either(home: Unit) -> None:
    member, above = holder(home), holder(home, name="Phạm Văn Cao")
    account = Account.objects.get(person=above)
    from_above = Unit.objects.get(placements__unit__child_placements__unit=home)
    account.assignments.create(role="clerk", unit=from_above, from_on=timezone.localdate())

    with pytest.raises(DomainError) as refused:
        issue(member, above)

    assert (refused.value.code, "Phạm Văn Cao" in refused.value.sentence) == ("card.second_factor", True)
    assert SignInCard.objects.count() == 0
    account.assignments.filter(role="clerk").delete()  # control: without that role the same list is printed
    assert len(issue(member, above)) == 2


def test_who_has_no_account_is_named(home: Unit) -> None:
    with pytest.raises(DomainError) as refused:
        issue(holder(home), factories.person(home, "Võ Không"))

    assert (refused.value.code, "Võ Không" in refused.value.sentence) == ("card.no_account", True)


def test_cards_are_printed_by_who_could_give_the_roles_and_never_for_oneself(home: Unit) -> None:
    by = factories.actor("secretary", home)
    sibling = factories.cell(Unit.objects.get(placements__unit__child_placements__unit=home), "Chi bộ Khác")
    own_person = holder(home, "secretary", "Đỗ Chính")
    own = access.actor(Account.objects.get(person=own_person))
    assert own is not None
    stranger, mine = holder(sibling, name="Lý Xa"), holder(home, name="Lý Gần")
    refused = []
    for actor, person in ((by, stranger), (own, own_person)):
        with access.acting(actor), pytest.raises(ForbiddenError) as said:
            cards.issue([person], by=actor)
        refused.append(said.value.code)
    with access.acting(by):
        issued = cards.issue([mine], by=by)

    assert refused == ["gate.forbidden"] * 2
    assert [card.name for card in issued] == ["Lý Gần"]


def test_the_list_costs_as_many_queries_as_one(home: Unit) -> None:
    people = [holder(home, name=f"Nguyễn Văn {name}") for name in ("An", "Bình", "Cường", "Dũng")]
    counts = []
    for some in (people[:1], people[1:]):
        with access.whole_house("test"):
            rows = list(Person.objects.filter(pk__in=[each.pk for each in some]).select_related("home_unit"))
        with access.acting(factories.operator()) as by, CaptureQueriesContext(connection) as queries:
            cards.issue(rows, by=by)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert AuditEvent.objects.filter(action="card.issue").count() == 2


def test_a_hundred_thousand_guesses_open_nothing(home: Unit) -> None:
    card = issue(holder(home))[0]
    known = set(SignInCard.objects.values_list("digest", flat=True))

    guessed = {cards._digest(f"{number:026d}") for number in range(100_000)}

    assert {bytes(each) for each in known} & guessed == set()
    assert bytes(next(iter(known))) == cards._digest(card.code)  # control: the right one would be found


@pytest.mark.django_db(transaction=True)
def test_wrong_pins_at_the_same_moment_are_all_counted() -> None:
    home = factories.cell(factories.commune(factories.province()))
    card = issue(holder(home))[0]

    told = racing.outcomes(8, lambda _number: cards.use(card.code, wrong(card.pin)))

    assert told == ["card.locked"] * 3 + ["card.wrong"] * 5
    assert SignInCard.objects.get().failures == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_print_at_once_leave_one_live_card() -> None:
    home = factories.cell(factories.commune(factories.province()))
    person = holder(home)

    told = racing.outcomes(3, lambda _number: issue(person))

    assert told == ["done"] * 3
    assert SignInCard.objects.filter(revoked_at=None).count() == 1
