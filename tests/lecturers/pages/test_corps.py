"""Pages of the corps: the list and its filters, one lecturer, appointing, a lecturer's own page."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.lecturers.models import Absence, Lecturer
from quantriet.org import access
from quantriet.org.models import AccessEvent, Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_shows_the_corps_of_my_units_and_filters_it(commune: Unit) -> None:
    law = made.serving(
        commune, factories.person(commune, "Trần Văn Luật"), subjects=("law",), languages=("khmer",)
    )
    made.serving(commune, factories.person(commune, "Lê Thị Đảng"), kind="communicator")
    made.serving(factories.commune(factories.province("Tỉnh Khác"), "Xã Khác"))
    client = factories.signed_in(factories.account("clerk", commune))
    names = ("Trần Văn Luật", "Lê Thị Đảng", "Nguyễn Văn Báo")

    def shown(query: str) -> list[str]:
        page = body(client.get(f"/bao-cao-vien/?{query}"))
        return [name for name in names if name in page]

    both = ["Trần Văn Luật", "Lê Thị Đảng"]
    wanted = {
        "": both,
        "subject=law": both[:1],
        "corps=communicator": both[1:],
        "language=khmer": both[:1],
        "q=luat": both[:1],
        f"unit={commune.pk}": both,
        "serves=no": [],
        "subject=x": both,
    }
    assert {query: shown(query) for query in wanted} == wanted
    with looking_everywhere():
        assert AccessEvent.objects.filter(person=law.person, page="lecturers.corps").count() == 1


def queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as told:
        assert client.get(address).status_code == 200
    return len(told)


@pytest.mark.parametrize("address", ["/bao-cao-vien/", "/bao-cao-vien/de-nghi/", "/bao-cao-vien/cu-nguoi/"])
def test_a_longer_list_asks_no_more_of_the_database(commune: Unit, address: str) -> None:
    client = factories.signed_in(factories.account("officer", commune))
    counts = []
    for number in (1, 3):
        while number > serving_count():
            lecturer = made.serving(commune, area_id=commune.pk)
            at = 10 + serving_count()
            made.sent(made.asked(commune, days=at), lecturer)
            made.asked(commune, days=at + 20)
        counts.append(queries(client, address))
    assert counts[0] == counts[1]


def serving_count() -> int:
    with looking_everywhere():
        return Lecturer.objects.count()


def test_appointing_from_the_name_to_the_list(commune: Unit) -> None:
    person = factories.person(commune, "Trần Thị Được")
    client = factories.signed_in(factories.account("officer", commune))
    found = client.get("/bao-cao-vien/bo-nhiem/?q=duoc")
    address = f"/bao-cao-vien/bo-nhiem/?nguoi={person.pk}"
    facts = {"corps": "lecturer", "decision_number": "15-QĐ/ĐU", "decided_on": "05/01/2026", "subjects": ["party"],
             "most_a_month": "3", "area": ""}  # fmt: skip
    refused = client.post(address, facts | {"decided_on": "05/01/2099"})
    done = client.post(address, facts)
    assert address in body(found)
    assert (refused.status_code, "chưa đến" in body(refused)) == (422, True)
    assert (done.status_code, done.headers["Location"]) == (302, "/bao-cao-vien/")
    assert "Trần Thị Được" in body(client.get("/bao-cao-vien/"))


def test_a_lecturer_is_corrected_and_dismissed(commune: Unit) -> None:
    lecturer = made.serving(commune)
    client = factories.signed_in(factories.account("secretary", commune))
    base = f"/bao-cao-vien/{lecturer.pk}/"
    client.post(f"{base}sua/", {"subjects": ["law", "party"], "most_a_month": "2", "area": str(commune.pk)})
    client.post(base, {"act": "absence", "from_on": "01/01/2099", "to_on": "02/01/2099"})
    page = body(client.get(base))
    client.post(f"{base}thoi/", {"decision_number": "9-QĐ", "decided_on": "01/06/2026", "why": "nghỉ hưu"})
    with looking_everywhere():
        lecturer.refresh_from_db()
    assert (lecturer.subjects, lecturer.most_a_month, lecturer.area_id) == (["law", "party"], 2, commune.pk)
    assert "02/01/2099" in page
    assert (lecturer.dismissed_by, "nghỉ hưu" in body(client.get(base))) == ("9-QĐ", True)


def test_a_clerk_looks_and_changes_nothing(commune: Unit) -> None:
    lecturer = made.serving(commune)
    client = factories.signed_in(factories.account("clerk", commune))
    base = f"/bao-cao-vien/{lecturer.pk}/"
    statuses = [
        client.get(base).status_code,
        client.post(base, {"act": "absence", "from_on": "01/01/2099", "to_on": "02/01/2099"}).status_code,
        client.get(f"{base}sua/").status_code,
        client.get(f"{base}thoi/").status_code,
        client.get("/bao-cao-vien/bo-nhiem/").status_code,
        client.get("/bao-cao-vien/cu-nguoi/").status_code,
    ]
    assert statuses == [200, 403, 403, 403, 403, 403]


def test_a_lecturer_sees_his_lectures_and_keeps_his_days_and_wishes(commune: Unit) -> None:
    lecturer, colleague = made.serving(commune), made.serving(commune)
    lecture = made.asked(commune, title="Biển đảo quê hương")
    made.sent(lecture, lecturer)
    made.sent(made.asked(commune, title="Buổi của người khác"), colleague)
    client = factories.signed_in(factories.account("lecturer", commune, of=lecturer.person))
    page = body(client.get("/bao-cao-vien/cua-toi/"))
    client.post("/bao-cao-vien/cua-toi/", {
        "act": "absence", "lecturer": lecturer.pk, "from_on": "01/01/2099", "to_on": "02/01/2099"})  # fmt: skip
    client.post("/bao-cao-vien/cua-toi/", {
        "act": "wish", "lecturer": lecturer.pk, f"w{lecturer.pk}-most_a_month": "1", f"w{lecturer.pk}-days_off": ["6"],
    })  # fmt: skip
    foreign = client.post("/bao-cao-vien/cua-toi/", {
        "act": "absence", "lecturer": colleague.pk, "from_on": "01/01/2099", "to_on": "02/01/2099"})  # fmt: skip
    with looking_everywhere():
        lecturer.refresh_from_db()
        away = list(Absence.objects.values_list("lecturer", flat=True))
    assert ("Biển đảo quê hương" in page, "Buổi của người khác" in page) == (True, False)
    assert (lecturer.most_a_month, lecturer.days_off, away) == (1, [6], [lecturer.pk])
    assert foreign.status_code == 404
    assert client.get("/bao-cao-vien/").status_code == 403


def test_today_tells_officer_and_lecturer_what_waits(commune: Unit) -> None:
    lecturer = made.serving(commune)
    made.asked(commune, title="Chờ trả lời")
    outline = made.sent(made.asked(commune, days=4, title="Sắp nói"), lecturer)
    officer = factories.signed_in(factories.account("officer", commune))
    himself = factories.signed_in(factories.account("lecturer", commune, of=lecturer.person))
    before = body(officer.get("/viec-hom-nay/"))
    with looking_everywhere():
        outline.due_on = timezone.localdate() - timedelta(days=1)
        outline.save()
    late = body(officer.get("/viec-hom-nay/"))
    own = body(himself.get("/viec-hom-nay/"))
    assert ("1 đề nghị cử báo cáo viên" in before, "Chưa nhận đề cương" in before) == (True, False)
    assert f"Chưa nhận đề cương của {lecturer.person.full_name}" in late
    assert ("Gửi đề cương: Sắp nói" in own, "Quá hạn 1 ngày" in own, "Sắp nói, Nhà văn hóa" in own) == (
        True,
        True,
        True,
    )


def test_a_board_of_the_committee_answers_for_it(commune: Unit) -> None:
    made.asked(commune, title="Gửi đến xã")
    officer = factories.signed_in(factories.account("officer", factories.body(commune)))
    assert "Gửi đến xã" in body(officer.get("/bao-cao-vien/cu-nguoi/"))
    with access.acting(factories.operator()):
        assert Lecturer.objects.count() == 0
