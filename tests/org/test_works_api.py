"""Background work, for programs: how far mine is, stopping it, nothing of others."""

import pytest
from django.test import Client

from quantriet.core.models import Work
from quantriet.org.models import Account, Unit
from tests import factories

pytestmark = pytest.mark.django_db


def ordered(account: Account, unit: Unit) -> Work:
    return Work.objects.create(
        kind="org.check_people",
        account_id=account.pk,
        unit_id=unit.pk,
        title="Kiểm tra tệp",
        ids={"import_id": 7},
        result={"href": "/nhap-tep/7/", "file": "abc"},
    )


def test_mine_is_told_and_stopped_and_its_inner_ids_stay_inside() -> None:
    commune = factories.commune(factories.province())
    account = factories.account("clerk", commune)
    work = ordered(account, commune)
    client = factories.signed_in(account)

    told = client.get(f"/api/v1/works/{work.pk}").json()
    stopped = client.post(f"/api/v1/works/{work.pk}/stop").json()

    assert (told["state"], told["title"], told["href"]) == ("queued", "Kiểm tra tệp", "/nhap-tep/7/")
    assert ("ids" in told, "abc" in str(told)) == (False, False)
    assert (stopped["id"], stopped["state"]) == (work.pk, "cancelled")


@pytest.mark.parametrize("role", ["clerk", "secretary"])
def test_that_of_others_answers_like_none(role: str) -> None:
    top = factories.province()
    commune, beside = factories.commune(top), factories.commune(top, "Đảng bộ xã Bên")
    work = ordered(factories.account("clerk", commune), commune)
    other = factories.signed_in(factories.account(role, beside))

    answers = [other.get(f"/api/v1/works/{pk}") for pk in (work.pk, 999_999)]
    stopped = other.post(f"/api/v1/works/{work.pk}/stop").status_code

    assert {answer.status_code for answer in answers} | {stopped} == {404}
    assert len({answer.content for answer in answers}) == 1
    work.refresh_from_db()
    assert work.state == "queued"


def test_a_stranger_to_the_house_is_not_answered() -> None:
    assert Client().get("/api/v1/works/1").status_code == 401
