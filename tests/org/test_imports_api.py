"""Imports by programs: a dry run first, every fault with its cell, written once, nobody else's."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quantriet.core.models import Work
from quantriet.org import orders
from quantriet.org.models import Import, Person, Unit
from tests import factories

pytestmark = pytest.mark.django_db

BASE = "/api/v1/imports"
PEOPLE = "Họ và tên,Mã,Ngày sinh\nNguyễn Văn An,0012,03/02/1980\n"


@pytest.fixture
def commune(settings: Any, tmp_path: Any) -> Unit:
    settings.FILES_ROOT = tmp_path / "files"
    return factories.commune(factories.province())


@pytest.fixture
def client(commune: Unit) -> Client:
    return factories.signed_in(factories.account("administrator", commune))


def send(client: Client, text: str, kind: str = "people", **headers: str) -> tuple[int, Any]:
    file = SimpleUploadedFile("danh-sach.csv", text.encode(), content_type="text/csv")
    answer = client.post(BASE, {"kind": kind, "file": file}, headers=headers)
    return answer.status_code, answer.json()


def do(client: Client, number: int, **body: str) -> tuple[int, Any]:
    answer = client.post(f"{BASE}/{number}/do", body, content_type="application/json")
    return answer.status_code, answer.json()


def names() -> list[str]:
    with factories.looking_everywhere():
        return list(Person.objects.order_by("pk").values_list("full_name", flat=True))


def imports() -> int:
    with factories.looking_everywhere():
        return Import.objects.count()


def test_a_sheet_is_looked_at_and_written_once(client: Client, commune: Unit) -> None:
    status, looked = send(client, PEOPLE)
    before = names()
    same = send(client, PEOPLE)[1]
    done = [do(client, looked["id"]) for _try in range(2)]

    assert (status, looked["state"], looked["unit_id"], looked["outcome"]["new"]) == (
        201,
        "checked",
        commune.pk,
        1,
    )
    assert (before, same["id"], looked["work"]) == ([], looked["id"], None)
    assert [(code, one["state"]) for code, one in done] == [(200, "done")] * 2
    assert names() == ["Nguyễn Văn An"]
    assert client.get(f"{BASE}/{looked['id']}").json()["state"] == "done"


def test_the_same_key_with_the_same_file_is_answered_alike_and_with_another_refused(client: Client) -> None:
    key = {"Idempotency-Key": "lần-1"}
    first, again = send(client, PEOPLE, **key), send(client, PEOPLE, **key)
    other = send(client, PEOPLE.replace("An", "Bình"), **key)

    assert (first[0], first) == (201, again)
    assert (other[0], other[1]["code"]) == (422, "api.key_reused")
    assert imports() == 1


def test_a_fault_is_told_with_its_cell_and_holds_everything_back(client: Client) -> None:
    text = PEOPLE + "Trần Thị Bình,0013,31/02/1980\n"

    looked = send(client, text)[1]
    refused = do(client, looked["id"])
    nothing = names()
    left_out = do(client, looked["id"], rows="faultless")

    assert [(one["address"], one["row"]) for one in looked["outcome"]["faults"]] == [("C3", 3)]
    assert (refused[0], refused[1]["code"], nothing) == (422, "import.faults", [])
    assert (left_out[0], names()) == (200, ["Nguyễn Văn An"])


def test_who_a_row_may_be_is_asked_and_the_answer_taken(client: Client, commune: Unit) -> None:
    known = factories.person(commune, "Nguyễn Văn An", birth_date=date(1980, 2, 3))
    looked = send(client, "Họ và tên,Ngày sinh\nNguyễn Văn An,03/02/1980\n")[1]
    (question,) = looked["outcome"]["questions"]

    answered = client.post(
        f"{BASE}/{looked['id']}/answers",
        {"answers": {question["row"]: known.pk}},
        content_type="application/json",
    ).json()

    assert [one["person_id"] for one in question["candidates"]] == [known.pk]
    assert (looked["outcome"]["asked"], answered["outcome"]["asked"], answered["outcome"]["new"]) == (1, 0, 0)


def test_a_large_sheet_is_work_whose_progress_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "LARGE", 1)

    status, looked = send(client, PEOPLE)
    work = client.get(f"/api/v1/works/{looked['work']['id']}").json()

    assert (status, looked["state"], work["state"], work["kind"]) == (
        201,
        "staged",
        "queued",
        "org.check_people",
    )
    assert Work.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("", "people", "file.empty"),
        ("Cột một,Cột hai\n1,2\n", "people", "sheet.no_header"),
        (PEOPLE, "lung tung", "api.unfit"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_code(client: Client, text: str, kind: str, code: str) -> None:
    status, problem = send(client, text, kind)

    assert (status, problem["code"], imports()) == (422, code, 0)


def test_others_neither_see_nor_write_an_import(client: Client, commune: Unit) -> None:
    number = send(client, PEOPLE)[1]["id"]
    with factories.looking_everywhere():
        top = Unit.objects.get(kind="province")
    beside = factories.signed_in(factories.account("administrator", factories.commune(top, "Đảng bộ xã Bên")))
    clerk = factories.signed_in(factories.account("member", commune))

    seen = [who.get(f"{BASE}/{number}").status_code for who in (beside, clerk)]
    written = [do(who, number)[0] for who in (beside, clerk)]

    assert (seen, written, names()) == ([404, 403], [404, 403], [])
    assert send(clerk, PEOPLE)[0] == 403
