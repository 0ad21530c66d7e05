"""The place "Sắp xếp đơn vị": from the form over the dry run to the act and back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quantriet.core.text import format_date
from quantriet.org.models import Act, ActKind, Person, Unit
from quantriet.org.proposals import NewUnit
from tests import factories
from tests.org.commands.test_act_days import arrive
from tests.org.commands.test_act_orders import as_of_today
from tests.org.commands.test_acts import Province, do, province, snapshot, told

__all__ = ["province"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(province: Province) -> Client:
    return factories.signed_in(factories.account("administrator", province.top))


def sent(province: Province, **values: str) -> dict[str, str]:
    today = format_date(timezone.localdate())
    facts = {
        "units": f"{province.one.code}; {province.two.code}",
        "into": "MOI",
        "names": "Đảng bộ xã Mới",
        "decision": "12-QĐ/TU",
        "decided_on": today,
        "effective_on": today,
    }
    return facts | values


def merge(browser: Client, province: Province, **values: str) -> tuple[int, str]:
    answer = browser.post(reverse("act-new", args=["merge"]), sent(province, **values))
    return answer.status_code, answer.content.decode()


def test_every_act_has_its_form(browser: Client, province: Province) -> None:
    page = browser.get(reverse("acts"), {"don-vi": province.one.code}).content.decode()

    for kind in ("merge", "split", "move", "rename", "reclassify", "found", "close", "reopen", "renumber"):
        address = reverse("act-new", args=[kind])
        assert address in page
        answer = browser.get(address, {"don-vi": province.one.code})
        assert answer.status_code == 200
        assert province.one.code in answer.content.decode()


def test_the_dry_run_shows_what_goes_where_and_writes_nothing(browser: Client, province: Province) -> None:
    before = snapshot()

    status, page = merge(browser, province)

    assert status == 200
    for words in (
        "Đảng bộ xã Một",
        "Người chuyển sinh hoạt",
        "Ban, văn phòng cùng tên",
        "Vai trò của tài khoản",
    ):
        assert words in page
    assert snapshot() == before
    assert not Act.objects.exists()


def test_an_act_is_done_shown_and_undone(browser: Client, province: Province) -> None:
    before = snapshot()
    merge(browser, province, step="do", **{"answer:org.roles": "end"})
    act = Act.objects.get()
    assert act.told["answers"] == {"org.roles": "end"}
    assert "12-QĐ/TU" in browser.get(reverse("acts")).content.decode()
    new = Unit.objects.get(code="MOI")
    of_unit = browser.get(reverse("unit", args=[new.pk])).content.decode()
    assert "Đơn vị cũ, nay thuộc đơn vị này" in of_unit
    assert "Đảng bộ xã Một" in of_unit
    assert "12-QĐ/TU" in browser.get(reverse("unit", args=[province.one.pk])).content.decode()

    no_reason = browser.post(reverse("act-undo", args=[act.pk]), {"reason": ""})
    assert no_reason.status_code == 422
    browser.post(reverse("act-undo", args=[act.pk]), {"reason": "Nhập nhầm"})

    assert snapshot() == before
    assert "Nhập nhầm" in browser.get(reverse("act", args=[act.pk])).content.decode()


def test_what_stands_against_an_undo_is_listed(browser: Client, province: Province) -> None:
    merge(browser, province, step="do")
    factories.cell(Unit.objects.get(code="MOI"), "Chi bộ Mới Lập")

    answer = browser.post(reverse("act-undo", args=[Act.objects.get().pk]), {"reason": "Nhầm"})

    assert answer.status_code == 422
    assert "Chi bộ Mới Lập" in answer.content.decode()


def test_a_refusal_stands_beside_its_field(browser: Client, province: Province) -> None:
    status, page = merge(browser, province, units="KHONG-CO")
    assert (status, "Không có đơn vị “KHONG-CO”" in page) == (422, True)

    status, page = merge(browser, province, effective_on="1/1/2020")
    assert (status, "trước ngày quyết định" in page) == (422, True)


def test_a_name_stands_for_its_one_unit(browser: Client, province: Province) -> None:
    merge(browser, province, units="Đảng bộ xã Một; dang bo xa hai", step="do")

    assert Act.objects.get().told["units"] == [province.one.pk, province.two.pk]


def test_a_later_day_is_planned_and_can_be_dropped(browser: Client, province: Province) -> None:
    later = format_date(timezone.localdate() + timedelta(days=3))
    merge(browser, province, effective_on=later, step="do")
    act = Act.objects.get()
    assert "Chờ ngày hiệu lực" in browser.get(reverse("act", args=[act.pk])).content.decode()

    browser.post(reverse("act-undo", args=[act.pk]), {"reason": "Bỏ"})

    act.refresh_from_db()
    assert act.state == Act.State.UNDONE


def test_a_division_gives_units_and_people_by_hand(browser: Client, province: Province) -> None:
    told = sent(province, units=province.one.code, into="A1; A2", names="Đảng bộ xã A; Đảng bộ xã B")
    address = reverse("act-new", args=["split"])
    page = browser.post(address, told).content.decode()
    assert f'name="share:{province.cell.pk}"' in page
    assert f'name="person:{province.an.pk}"' in page
    assert "Phần còn lại" in page
    assert browser.post(address, told | {"step": "do"}).status_code == 422

    chosen = {f"share:{province.cell.pk}": "1", f"person:{province.an.pk}": "1", "answer:org.rest": "0"}
    browser.post(address, told | chosen | {"step": "do"})

    with factories.looking_everywhere():
        assert type(province.an).objects.get(pk=province.an.pk).home_unit.code == "A2"


def test_an_act_of_others_is_not_there(browser: Client, province: Province) -> None:
    merge(browser, province, step="do")
    stranger = factories.signed_in(factories.account("administrator", factories.province("Tỉnh khác")))

    assert stranger.get(reverse("act", args=[Act.objects.get().pk])).status_code == 404
    reader = factories.signed_in(factories.account("secretary", province.top))
    assert reader.get(reverse("acts")).status_code == 403


# --- blocked acts -------------------------------------------------------------------------------------------------


@pytest.fixture
def blocked(province: Province) -> Act:
    """A division of a cell that waited; on its day somebody is there whom it gives to nobody."""
    into = (NewUnit("A1", "Chi bộ A"), NewUnit("A2", "Chi bộ B"))
    day = timezone.localdate() + timedelta(days=3)
    given = {province.in_cell.pk: 1}
    act = do(told(ActKind.SPLIT, units=(province.cell.pk,), into=into, people=given, effective_on=day))
    factories.person(province.cell, "Người Đến Sau")
    as_of_today(act)
    (found,) = arrive(timezone.localdate())
    assert found.state == Act.State.BLOCKED
    return found


def homes() -> dict[str, str]:
    with factories.looking_everywhere():
        return dict(Person.objects.filter(home_unit__level=4).values_list("full_name", "home_unit__code"))


def test_a_blocked_act_is_looked_at_answered_anew_and_goes_on(
    browser: Client, province: Province, blocked: Act
) -> None:
    address = reverse("act-resume", args=[blocked.pk])
    assert address in browser.get(reverse("act", args=[blocked.pk])).content.decode()
    shown = browser.get(address).content.decode()
    for words in ("Còn điều phải chọn", "Phần còn lại", f'name="person:{province.in_cell.pk}"'):
        assert words in shown
    still = browser.post(address, {"step": "do"})
    assert (still.status_code, "Còn điều phải chọn" in still.content.decode()) == (422, True)

    people = {f"person:{province.in_cell.pk}": "0", "shares-shown": "1", "people-shown": "1"}
    looked = browser.post(address, people | {"answer:org.rest": "1", "step": "look"})
    assert (looked.status_code, homes()["Lê Văn Cường"]) == (200, province.cell.code)
    done = browser.post(address, people | {"answer:org.rest": "1", "step": "do"})

    assert done.headers["Location"] == reverse("act", args=[blocked.pk])
    assert homes() == {"Lê Văn Cường": "A1", "Người Đến Sau": "A2"}
    assert browser.get(address).headers["Location"] == reverse("act", args=[blocked.pk])


def test_a_blocked_act_is_given_up_on_its_page(browser: Client, blocked: Act) -> None:
    page = browser.get(reverse("act", args=[blocked.pk])).content.decode()
    browser.post(reverse("act-undo", args=[blocked.pk]), {"reason": "Không làm nữa"})

    blocked.refresh_from_db()
    assert ("Bỏ việc này" in page, blocked.state) == (True, Act.State.UNDONE)


def test_what_only_warns_is_shown_and_can_be_ordered(browser: Client, province: Province) -> None:
    later = format_date(timezone.localdate() + timedelta(days=3))
    facts = sent(province, units=province.cell.code, effective_on=later)
    address = reverse("act-new", args=["close"])

    page = browser.post(address, facts).content.decode()
    browser.post(address, facts | {"step": "do"})

    assert "Hôm nay còn vướng, phải xong trước ngày hiệu lực: Còn 1 người sinh hoạt" in page
    act = Act.objects.get()
    assert act.state == Act.State.PLANNED
    assert "Lúc ghi còn vướng" in browser.get(reverse("act", args=[act.pk])).content.decode()
