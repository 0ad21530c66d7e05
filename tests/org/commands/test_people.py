"""Registering people: identity, retries, transfers, posts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access, sealing
from quantriet.org.commands import people
from quantriet.org.commands.people import ANOTHER, PersonSpec, Registered
from quantriet.org.models import Membership, Person, Post, Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Unit:
    return factories.cell(factories.commune(factories.province()))


def register(*specs: PersonSpec) -> Registered:
    with access.acting(factories.operator()) as by:
        return people.register(specs, by=by)


def test_register_writes_person_membership_and_post_with_their_stored_forms(home: Unit) -> None:
    spec = PersonSpec(
        "  Hoàng  Thị Hòa",
        home.pk,
        birth_date=date(1980, 2, 3),
        code="001 080",
        post="head",
        from_on=date(2020, 5, 1),
    )

    done = register(spec)

    with factories.looking_everywhere():
        person = Person.objects.get(pk=done.ids[0])
        assert (person.full_name, person.folded, person.birth_year) == (
            "Hoàng Thị Hòa",
            "hoang thi hoa",
            1980,
        )
        assert sealing.unseal(bytes(person.code_sealed or b"")) == "001080"
        assert list(Membership.objects.values_list("unit", "status", "is_primary", "from_on", "to_on")) == [
            (home.pk, "full", True, date(2020, 5, 1), None)
        ]
        assert list(Post.objects.values_list("person", "unit", "title")) == [(person.pk, home.pk, "head")]


def test_register_again_with_the_code_changes_nothing(home: Unit) -> None:
    spec = PersonSpec("Trần Văn Bình", home.pk, code="A1", post="head", from_on=date(2020, 5, 1))
    first = register(spec)

    second = register(spec)

    assert (first.new, second.ids, second.new, second.changed, second.same) == (1, first.ids, 0, 0, 1)
    with factories.looking_everywhere():
        assert (Membership.objects.count(), Post.objects.count()) == (1, 1)


def test_same_name_without_code_is_asked_and_the_answer_is_taken(home: Unit) -> None:
    spec = PersonSpec("Lê Thị Hà", home.pk, birth_date=date(1990, 1, 1))
    first = register(spec)

    with pytest.raises(DomainError) as refusal:
        register(spec)
    same = register(PersonSpec("Lê Thị Hà", home.pk, birth_date=date(1990, 1, 1), same_as=first.ids[0]))
    other = register(PersonSpec("Lê Thị Hà", home.pk, birth_date=date(1990, 1, 1), same_as=ANOTHER))
    by_birth_date = register(PersonSpec("Lê Thị Hà", home.pk, birth_date=date(1991, 1, 1)))

    assert (refusal.value.code, refusal.value.context["rows"]) == ("person.maybe_known", {0: [first.ids[0]]})
    assert (same.new, same.ids) == (0, first.ids)
    assert (other.new, by_birth_date.new) == (1, 1)


def test_a_person_in_two_rows_is_refused(home: Unit) -> None:
    with pytest.raises(DomainError) as refusal:
        register(PersonSpec("An", home.pk, code="A1"), PersonSpec("An", home.pk, code="a 1"))

    assert (refusal.value.code, refusal.value.context["rows"]) == ("person.twice", [0, 1])
    with factories.looking_everywhere():
        assert Person.objects.count() == 0


def test_a_known_code_in_another_unit_is_a_transfer(home: Unit) -> None:
    other = factories.cell(factories.commune(factories.province()))
    first = register(PersonSpec("An", home.pk, code="A1", from_on=date(2020, 1, 1)))

    moved = register(PersonSpec("An", other.pk, code="A1", from_on=date(2026, 3, 1)))
    again = register(PersonSpec("An", other.pk, code="A1", from_on=date(2026, 3, 1)))

    assert (moved.ids, moved.changed, again.changed) == (first.ids, 1, 0)
    with factories.looking_everywhere():
        assert Person.objects.get().home_unit == other
        assert list(Membership.objects.order_by("from_on").values_list("unit", "from_on", "to_on")) == [
            (home.pk, date(2020, 1, 1), date(2026, 3, 1)),
            (other.pk, date(2026, 3, 1), None),
        ]


def test_transfer_moves_a_list_once(home: Unit) -> None:
    other = factories.cell(factories.commune(factories.province()))
    members = [factories.person(home, "An"), factories.person(home, "Bình")]
    with access.acting(factories.operator()) as by:
        first = people.transfer(members, to=other, on=date(2026, 3, 1), by=by)
        second = people.transfer(list(Person.objects.all()), to=other, on=date(2026, 3, 1), by=by)

    assert (first, second) == (2, 0)


def test_a_code_held_outside_the_view_is_refused_without_a_word_of_who(home: Unit) -> None:
    foreign = factories.cell(factories.commune(factories.province()))
    factories.person(foreign, "Người Nơi Khác", code="X9")
    by = factories.actor("administrator", home)

    with access.acting(by), pytest.raises(DomainError) as refusal:
        people.register([PersonSpec("An", home.pk, code="X9")], by=by)

    assert refusal.value.code == "person.code_elsewhere"
    assert "Người Nơi Khác" not in refusal.value.sentence


def test_register_needs_the_right_at_every_unit(home: Unit) -> None:
    sibling = factories.cell(factories.commune(factories.province()))
    by = factories.actor("administrator", home)

    with access.acting(by), pytest.raises(ForbiddenError):
        people.register([PersonSpec("An", home.pk), PersonSpec("Bình", sibling.pk)], by=by)


def test_register_costs_the_same_number_of_queries_for_one_and_for_many(home: Unit) -> None:
    with CaptureQueriesContext(connection) as one:
        register(PersonSpec("An", home.pk, code="A1"))
    with CaptureQueriesContext(connection) as three:
        register(*[PersonSpec(f"Bình {n}", home.pk, code=f"B{n}") for n in range(3)])

    assert len(one) == len(three)


def test_posts_are_given_once_and_end_once(home: Unit) -> None:
    member = factories.person(home)
    with access.acting(factories.operator()) as by:
        post = people.give_post(member, home, title="deputy", on=date(2026, 1, 1), by=by)
        again = people.give_post(member, home, title="deputy", on=date(2026, 2, 1), by=by)
        people.end_post(post, on=date(2026, 5, 1), by=by)
        people.end_post(post, on=date(2026, 5, 1), by=by)
        with pytest.raises(DomainError):
            people.end_post(post, on=date(2026, 6, 1), by=by)

    assert (again.pk, post.to_on) == (post.pk, date(2026, 5, 1))
