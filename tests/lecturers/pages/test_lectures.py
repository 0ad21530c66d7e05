"""Pages of requests: asking, answering, the board with its plan, outlines; who sees what of them."""

from typing import Any

import pytest

from quantriet.core import jobs as core_jobs
from quantriet.lecturers.choices import ChosenBy, LectureState, OutlineState
from quantriet.lecturers.models import Lecture, Outline
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province, "Đảng bộ xã Hỏi")


def body(response: Any) -> str:
    return str(response.content.decode())


def only() -> Lecture:
    with looking_everywhere():
        return Lecture.objects.get()


def test_from_the_request_to_the_approved_outline(province: Unit, commune: Unit) -> None:
    lecturer = made.serving(province)
    clerk = factories.signed_in(factories.account("clerk", commune))
    officer = factories.signed_in(factories.account("officer", province))
    himself = factories.signed_in(factories.account("lecturer", province, of=lecturer.person))
    day = made.in_days(12)
    asked = {
        "key": "k1", "to_unit": province.pk, "title": "Thời sự quý IV", "subject": "party", "document": "",
        "day": f"{day:%d/%m/%Y}", "begins": "08:00", "ends": "10:00", "place": "Hội trường xã", "expected": "80",
    }  # fmt: skip
    too_early = clerk.post("/bao-cao-vien/de-nghi/moi/", asked | {"ends": "07:00"})
    sent = [clerk.post("/bao-cao-vien/de-nghi/moi/", asked) for _again in range(2)]
    lecture = only()
    address = f"/bao-cao-vien/de-nghi/{lecture.pk}/"
    assert (too_early.status_code, "Giờ kết thúc phải sau" in body(too_early)) == (422, True)
    assert [one.headers["Location"] for one in sent] == [address, address]

    board = body(officer.get("/bao-cao-vien/cu-nguoi/"))
    shown = body(officer.get(address))
    refused = officer.post(address, {"act": "send", "lecturer": "", "outline_due_on": ""})
    officer.post(address, {"act": "choose", "lecturer": lecturer.pk, "outline_due_on": ""})
    kept = only()
    silent = body(clerk.get(address))
    officer.post(address, {"act": "send", "lecturer": lecturer.pk, "outline_due_on": ""})
    assert ("Thời sự quý IV" in board, f"{lecturer.person.full_name}: cùng tỉnh, buổi thứ 1" in shown) == (
        True,
        True,
    )
    assert (refused.status_code, "Chưa chọn ai" in body(refused)) == (422, True)
    assert (kept.chosen_by, kept.state) == (ChosenBy.HAND, LectureState.ASKED)
    assert lecturer.person.full_name not in silent
    assert lecturer.person.phone in body(clerk.get(address))

    paper = f"{address}de-cuong/"
    himself.post(paper, {"act": "write", "text": "Ý một", "local_examples": "", "seen": "1"})
    empty = himself.post(paper, {"act": "submit", "text": "Ý một", "local_examples": "", "seen": "2"})
    himself.post(paper, {"act": "submit", "text": "Ý một", "local_examples": "Ấp 2", "seen": "2"})
    hidden = clerk.get(paper).status_code
    officer.post(paper, {"act": "return", "comment": "Thêm số liệu", "seen": "4"})
    himself.post(paper, {"act": "submit", "text": "Ý một, số liệu", "local_examples": "Ấp 2", "seen": "5"})
    officer.post(paper, {"act": "approve", "seen": "7"})
    with looking_everywhere():
        outline = Outline.objects.get()
    assert (empty.status_code, "Chưa có ví dụ" in body(empty), hidden) == (422, True, 404)
    assert 'name="seen" value="2"' in body(empty)  # what it just saved is no conflict with itself
    assert (outline.state, "Ý một, số liệu" in body(clerk.get(paper))) == (OutlineState.APPROVED, True)


@pytest.mark.django_db(transaction=True)
def test_the_board_arranges_in_the_background_and_sends_what_is_ticked(province: Unit, commune: Unit) -> None:
    lecturer = made.serving(province)
    one, other = made.asked(commune, province), made.asked(commune, province, days=11, subject="law")
    officer = factories.signed_in(factories.account("officer", province))
    ordered = officer.post("/bao-cao-vien/cu-nguoi/", {"act": "arrange"})
    core_jobs.work_off()
    board = body(officer.get("/bao-cao-vien/cu-nguoi/"))
    officer.post("/bao-cao-vien/cu-nguoi/", {"act": "send", "lecture": [one.pk]})
    with looking_everywhere():
        states = dict(Lecture.objects.values_list("pk", "state"))
    assert ordered.headers["Location"].startswith("/viec/")
    assert (lecturer.person.full_name in board, "1 người không phụ trách lĩnh vực này" in board) == (
        True,
        True,
    )
    assert states == {one.pk: LectureState.ACCEPTED, other.pk: LectureState.ASKED}


@pytest.mark.django_db(transaction=True)
def test_a_request_that_an_empty_corps_cannot_meet_says_so(province: Unit, commune: Unit) -> None:
    made.asked(commune, province)
    officer = factories.signed_in(factories.account("officer", province))
    before = body(officer.get("/bao-cao-vien/cu-nguoi/"))
    officer.post("/bao-cao-vien/cu-nguoi/", {"act": "arrange"})
    core_jobs.work_off()
    after = body(officer.get("/bao-cao-vien/cu-nguoi/"))
    assert ["lực lượng chưa có ai" in page for page in (before, after)] == [False, True]


def test_what_two_officers_do_at_once_is_told_to_the_second(province: Unit, commune: Unit) -> None:
    lecture = made.asked(commune, province)
    address = f"/bao-cao-vien/de-nghi/{lecture.pk}/"
    first, second = (factories.signed_in(factories.account("officer", province)) for _one in range(2))
    first.post(address, {"act": "refuse", "reason": "Hết người"})
    late = second.post(address, {"act": "refuse", "reason": "Bận"})
    assert (late.status_code, "nay là “Không cử được”" in body(late), only().answer) == (
        409,
        True,
        "Hết người",
    )


def test_who_asked_withdraws_and_cannot_answer(province: Unit, commune: Unit) -> None:
    lecture = made.asked(commune, province)
    address = f"/bao-cao-vien/de-nghi/{lecture.pk}/"
    secretary = factories.signed_in(factories.account("secretary", commune))
    answered = secretary.post(address, {"act": "refuse", "reason": "tự trả lời"})
    page = body(secretary.get(address))
    secretary.post(address, {"act": "withdraw"})
    assert (answered.status_code, "Không cử được" in page, only().state) == (
        403,
        False,
        LectureState.WITHDRAWN,
    )


def test_a_lecture_of_another_commune_answers_like_none(province: Unit, commune: Unit) -> None:
    lecture = made.asked(commune, province)
    other = factories.signed_in(factories.account("secretary", factories.commune(province, "Xã Khác")))
    member = factories.signed_in(factories.account("member", commune, of=factories.person(commune)))
    address = f"/bao-cao-vien/de-nghi/{lecture.pk}/"
    assert [
        who.get(f"{address}{end}").status_code for who in (other, member) for end in ("", "de-cuong/")
    ] == [404] * 4
