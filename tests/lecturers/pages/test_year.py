"""Pages of the year's work: programme, own sessions, bulletins with their arrival, training."""

from typing import Any

import pytest
from django.utils import timezone

from quantriet.core.office.sheets_in import read_xlsx
from quantriet.lecturers.models import Bulletin, Issue, OralTalk, Training
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db
PLACE = "/bao-cao-vien"
YEAR = timezone.localdate().year


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province, "Đảng bộ xã Hỏi")


def body(response: Any) -> str:
    return str(response.content.decode())


def months(**told: str) -> dict[str, str]:
    empty = {f"{name}_{month}": "" for month in range(1, 13) for name in ("theme", "sessions")}
    return empty | {"paper": "12-CTr/TU", "seen": "0"} | told


def test_a_programme_is_written_published_and_read_below(province: Unit, commune: Unit) -> None:
    officer = factories.signed_in(factories.account("officer", province))
    clerk = factories.signed_in(factories.account("clerk", commune))
    address = f"{PLACE}/chuong-trinh/soan/?nam={YEAR}"
    wrong = officer.post(address, months(theme_1="Mừng Xuân", sessions_1="nhiều"))
    saved = officer.post(address, months(theme_1="Mừng Xuân", sessions_1="3"))
    older = officer.post(address, months(theme_1="Bản cũ"))
    page = f"{PLACE}/chuong-trinh/?don_vi={province.pk}&nam={YEAR}"
    hidden = clerk.get(page).status_code
    with looking_everywhere():
        row = made.programmes_of(province).pk
    officer.post(page, {"row": row})

    assert (wrong.status_code, saved.status_code, older.status_code) == (422, 302, 409)
    assert ("Bản cũ" in body(older), "sửa ở nơi khác" in body(older)) == (True, True)
    assert (hidden, "Mừng Xuân" in body(clerk.get(page))) == (404, True)
    assert clerk.post(page, {"row": row}).status_code == 403


def test_a_session_is_recorded_opened_corrected_and_struck_out(province: Unit, commune: Unit) -> None:
    clerk = factories.signed_in(factories.account("clerk", commune))
    told = {
        "key": "k1", "title": "Biển đảo", "subject": "defence", "held_on": f"{timezone.localdate():%d/%m/%Y}",
        "lecturer": "", "speaker": "Lê Nói", "members": "30", "others": "12", "place": "", "paper": "",
    }  # fmt: skip
    empty = clerk.post(f"{PLACE}/buoi-noi/moi/", told | {"members": "0", "others": "0"})
    sent = [clerk.post(f"{PLACE}/buoi-noi/moi/", told) for _again in range(2)]
    with looking_everywhere():
        row = OralTalk.objects.get()
    address = f"{PLACE}/buoi-noi/{row.pk}/"
    counted = body(clerk.get(f"{PLACE}/ket-qua/"))
    opened = body(clerk.get(f"{PLACE}/buoi-noi/?don_vi={commune.pk}&nam={YEAR}"))
    silent = clerk.post(address, told | {"act": "correct", "members": "31"})
    clerk.post(address, told | {"act": "correct", "members": "31", "reason": "đếm lại"})
    corrected = body(clerk.get(f"{PLACE}/ket-qua/"))
    unsaid = clerk.post(address, {"act": "strike", "reason": ""})
    clerk.post(address, {"act": "strike", "reason": "ghi nhầm"})

    assert (empty.status_code, [one.headers["Location"] for one in sent]) == (422, [address, address])
    assert (">42<" in counted, "Biển đảo" in opened, ">43<" in corrected) == (True, True, True)
    assert (silent.status_code, unsaid.status_code) == (422, 422)
    assert "ghi nhầm" in body(clerk.get(address))
    assert "Biển đảo" not in body(clerk.get(f"{PLACE}/buoi-noi/?don_vi={commune.pk}&nam={YEAR}"))
    inspector = factories.signed_in(factories.account("inspector", province))
    assert (inspector.get(address).status_code, inspector.post(address, told).status_code) == (200, 403)


def test_an_issue_goes_down_and_its_arrival_comes_back(province: Unit, commune: Unit) -> None:
    officer = factories.signed_in(factories.account("officer", province))
    clerk = factories.signed_in(factories.account("clerk", commune))
    lecturer = made.serving(province)
    himself = factories.signed_in(factories.account("lecturer", province, of=lecturer.person))
    plan = {
        "kind": "orientation", "title": "Định hướng tháng", "rhythm": "monthly", "down_to": "4",
        "circulation": "party", "starts_on": f"{timezone.localdate():%d/%m/%Y}",
    }  # fmt: skip
    wrong = officer.post(f"{PLACE}/ban-tin/lap/", plan | {"starts_on": "31/02/2026"})
    officer.post(f"{PLACE}/ban-tin/lap/", plan)
    with looking_everywhere():
        row = Bulletin.objects.get()
    today = f"{timezone.localdate():%d/%m/%Y}"
    told = {"on": today, "title": "Định hướng tháng này", "text": "Một. Hai.", "document": "", "seen": "0"}
    owed = body(officer.get("/viec-hom-nay/"))
    officer.post(f"{PLACE}/ban-tin/{row.pk}/soan/", told)
    with looking_everywhere():
        issue = Issue.objects.get()
    address = f"{PLACE}/ban-tin/so/{issue.pk}/"
    hidden = clerk.get(address).status_code
    officer.post(address, {"act": "publish"})
    waits = body(clerk.get("/viec-hom-nay/"))
    strange = clerk.post(address, {"act": "publish-all"}).status_code
    for _again in range(2):
        clerk.post(address, {"act": "receive"})
    unread = body(officer.get(f"{address}tiep-nhan/"))
    himself.post(address, {"act": "read"})
    board = body(officer.get(f"{address}tiep-nhan/"))
    officer.post(f"{address}tiep-nhan/")
    unsaid = officer.post(address, {"act": "withdraw", "reason": ""})
    officer.post(address, {"act": "withdraw", "reason": "Sai số liệu"})

    assert (wrong.status_code, "Phát hành Định hướng tháng" in owed, hidden) == (422, True, 404)
    assert ("Định hướng tháng này" in waits, strange) == (True, 422)
    names = [lecturer.person.full_name in text for text in (unread, board)]
    assert names == [True, False]
    assert ("(1/1)" in board, "Mọi đơn vị đã xác nhận" in board) == (True, True)
    assert (unsaid.status_code, "Sai số liệu" in body(officer.get(address))) == (422, True)
    assert (clerk.get(address).status_code, himself.get(address).status_code) == (404, 404)


def test_a_course_is_kept_and_who_lacks_it_is_a_sheet(province: Unit, commune: Unit) -> None:
    officer = factories.signed_in(factories.account("officer", province))
    there, away = made.serving(commune), made.serving(commune)
    told = {
        "title": "Nghiệp vụ", "begins_on": f"02/03/{YEAR}", "ends_on": f"03/03/{YEAR}", "days": "2", "content": "",
        "place": "", "paper": "",
    }  # fmt: skip
    wrong = officer.post(f"{PLACE}/tap-huan/moi/", told | {"days": "3"})
    officer.post(f"{PLACE}/tap-huan/moi/", told)
    with looking_everywhere():
        row = Training.objects.get()
    address = f"{PLACE}/tap-huan/{row.pk}/"
    ticks = {"shown": [there.pk, away.pk], "attended": [there.pk], f"certificate_{there.pk}": "GCN-7"}
    officer.post(address, ticks)
    officer.post(f"{address}sua/", told | {"place": "Hội trường tỉnh"})
    lacking = body(officer.get(f"{PLACE}/tap-huan/chua-du/?nam={YEAR}"))
    sheet = officer.get(f"{PLACE}/tap-huan/chua-du.xlsx?nam={YEAR}")
    clerk = factories.signed_in(factories.account("clerk", commune))
    seen_below = body(clerk.get(address))

    assert (wrong.status_code, "GCN-7" in body(officer.get(address)), "GCN-7" in seen_below) == (
        422,
        True,
        True,
    )
    assert "Hội trường tỉnh" in seen_below
    assert (there.person.full_name in lacking, away.person.full_name in lacking) == (False, True)
    names = [str(cell) for line in read_xlsx(sheet.content).rows for cell in line.values]
    assert (there.person.full_name in names, away.person.full_name in names) == (False, True)
    assert clerk.post(address, ticks).status_code == 403
