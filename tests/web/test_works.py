"""The page of a background work: who may look, what is shown, how it is stopped."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client

from quantriet.core import jobs
from quantriet.core.errors import ForbiddenError
from quantriet.core.models import Work
from quantriet.org import access, doors
from quantriet.org.access import Actor
from quantriet.org.models import Account
from quantriet.org.permissions import Can
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def acting(account: Account) -> Actor:
    """The account as it acts now."""
    found = access.actor(account)
    assert found is not None
    return found


@pytest.fixture
def task() -> Iterator[jobs.Task]:
    """A kind of work for whoever may correct a roll; it goes with the test."""

    @doors.job(Can.ROLL_CORRECT)
    def correct(actor: Actor, running: jobs.Running, *, unit: int) -> Mapping[str, Any]:
        running.progress(2, 2)
        return {"href": f"/don-vi/{unit}/", "actor": actor.name}

    yield correct
    del jobs._tasks[correct.name]


def test_the_page_shows_progress_and_then_the_way_to_the_result(task: jobs.Task) -> None:
    unit = factories.province()
    account = factories.account("secretary", unit)
    work = doors.order(task, by=acting(account), title="Sửa danh sách", unit=unit.pk)
    client = factories.signed_in(account)

    waiting = client.get(f"/viec/{work.pk}/").content.decode()
    jobs.work_off()
    over = client.get(f"/viec/{work.pk}/tien-do/").content.decode()

    assert ("Đang chờ đến lượt" in waiting, 'hx-trigger="every 1s"' in waiting) == (True, True)
    assert (f'href="/don-vi/{unit.pk}/"' in over, "hx-trigger" in over) == (True, False)
    assert (
        "<form" in waiting.partition('id="work-stop"')[2],
        '<div id="work-stop" hx-swap-oob="true"></div>' in over,
    ) == (
        True,
        True,
    )


def test_a_job_is_refused_when_its_orderer_lost_the_role(task: jobs.Task) -> None:
    unit = factories.province()
    account = factories.account("secretary", unit)
    work = doors.order(task, by=acting(account), title="Sửa danh sách", unit=unit.pk)
    account.assignments.update(role="member")

    jobs.work_off()

    work.refresh_from_db()
    assert (work.state, work.result) == ("failed", {})


def test_nobody_orders_what_he_may_not_do(task: jobs.Task) -> None:
    unit = factories.province()

    with pytest.raises(ForbiddenError):
        doors.order(task, by=factories.actor("member", unit), title="Sửa danh sách", unit=unit.pk)

    assert Work.objects.count() == 0


def test_others_get_the_answer_for_what_is_not_there(task: jobs.Task) -> None:
    top = factories.province()
    unit, sibling = factories.commune(top, "Xã A"), factories.commune(top, "Xã B")
    account = factories.account("secretary", unit)
    work = doors.order(task, by=acting(account), title="Sửa danh sách", unit=unit.pk)

    def looks(client: Client) -> int:
        return client.get(f"/viec/{work.pk}/").status_code

    seen = {
        "who ordered it": looks(factories.signed_in(account)),
        "head above": looks(factories.signed_in(factories.account("secretary", top))),
        "head beside": looks(factories.signed_in(factories.account("secretary", sibling))),
        "clerk of the unit": looks(factories.signed_in(factories.account("clerk", unit))),
    }

    assert seen == {"who ordered it": 200, "head above": 200, "head beside": 404, "clerk of the unit": 404}


def test_a_post_stops_it_once_and_twice(task: jobs.Task) -> None:
    unit = factories.province()
    account = factories.account("secretary", unit)
    work = doors.order(task, by=acting(account), title="Sửa danh sách", unit=unit.pk)
    client = factories.signed_in(account)

    answers = [client.post(f"/viec/{work.pk}/").status_code for _ in range(2)]
    jobs.work_off()

    work.refresh_from_db()
    assert (answers, work.state) == ([302, 302], "cancelled")
