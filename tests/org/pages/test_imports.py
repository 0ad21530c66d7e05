"""The import wizard: drop, columns, look, answer, do, the workbook of faults."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quantriet.core import jobs
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org import orders
from quantriet.org.models import Import, Person, Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune(settings: Any, tmp_path: Any) -> Unit:
    settings.FILES_ROOT = tmp_path / "files"
    return factories.commune(factories.province())


@pytest.fixture
def client(commune: Unit) -> Client:
    return factories.signed_in(factories.account("administrator", commune))


def drop(client: Client, text: str, kind: str = "people") -> Any:
    file = SimpleUploadedFile("danh-sach.csv", text.encode(), content_type="text/csv")
    return client.post(reverse("imports"), {"kind": kind, "file": file})


def names() -> list[str]:
    with factories.looking_everywhere():
        return list(Person.objects.order_by("pk").values_list("full_name", flat=True))


def test_from_the_dropped_sheet_to_the_written_people(client: Client, commune: Unit) -> None:
    page = drop(client, "Họ và tên,Mã,Ngày sinh\nNguyễn Văn An,0012,03/02/1980\n")["Location"]
    columns = client.get(page).content.decode()
    looked = client.post(f"{page}cot/", {"full_name": "0", "code": "1", "birth": "2"}, follow=True)
    before = names()
    done = client.post(f"{page}ghi/", follow=True).content.decode()
    again = client.post(f"{page}ghi/", follow=True)

    assert "A: Họ và tên" in columns
    assert "Chưa ghi gì vào hệ thống" in looked.content.decode()
    assert before == []
    assert "Đã ghi: 1 mới, 0 đổi." in done
    assert again.status_code == 200
    assert names() == ["Nguyễn Văn An"]


def test_what_is_wrong_with_the_header_is_said_beside_the_columns(client: Client) -> None:
    page = drop(client, "Họ và tên,Họ và tên,Mã\nAn,An,1\n")["Location"]
    shown = client.get(page).content.decode()
    refused = client.post(f"{page}cot/", {"code": "2"})

    sentence = "Cột “Họ và tên” có hai lần. Hãy xóa bớt một cột."
    assert refused.status_code == 422
    assert [sentence in text for text in (shown, refused.content.decode())] == [True, True]


def test_faults_stand_in_their_cells_and_come_back_as_a_workbook(client: Client) -> None:
    page = drop(client, "Họ và tên,Mã,Ngày sinh\nAn,1,31/02/1980\nBình,2,1980\n")["Location"]
    shown = client.post(f"{page}kiem-tra/", follow=True).content.decode()
    refused = client.post(f"{page}ghi/")
    sheet = read_xlsx(client.get(f"{page}loi.xlsx").content)
    client.post(f"{page}ghi/", {"rows": "faultless"})

    assert "Ngày này không có trong lịch" in shown
    assert refused.status_code == 422
    assert [row.text(0) for row in sheet.rows] == ["Họ và tên", "An"]
    assert names() == ["Bình"]


def test_a_doubtful_row_is_asked_and_answered(client: Client, commune: Unit) -> None:
    known = factories.person(commune, "Lê Thị Hà", birth_date=date(1990, 1, 1))
    page = drop(client, "Họ và tên,Ngày sinh\nLê Thị Hà,01/01/1990\n")["Location"]
    asked = client.post(f"{page}kiem-tra/", follow=True).content.decode()
    client.post(f"{page}tra-loi/", {"row-2": str(known.pk)})
    client.post(f"{page}ghi/")

    assert "Cùng một người:" in asked
    assert names() == ["Lê Thị Hà"]


def test_rows_that_one_known_person_fits_are_answered_together_and_others_stay_asked(
    client: Client, commune: Unit
) -> None:
    for name in ("Lê Thị Hà", "Lê Văn Hai", "Trần Văn Ba", "Trần Văn Ba"):
        factories.person(commune, name, birth_date=date(1990, 1, 1))
    rows = "".join(f"{name},01/01/1990\n" for name in ("Lê Thị Hà", "Lê Văn Hai", "Trần Văn Ba"))
    page = drop(client, f"Họ và tên,Ngày sinh\n{rows}")["Location"]
    asked = client.post(f"{page}kiem-tra/", follow=True)
    left = client.post(f"{page}tra-loi/", {"all": "same"}, follow=True)

    assert "2 dòng chỉ có một người khớp: đều là người đó" in asked.content.decode()
    assert [one["name"] for one in left.context["questions"]] == ["Trần Văn Ba"]
    assert (left.context["outcome"]["same"], left.context["outcome"]["asked"]) == (2, 1)
    assert "đều là người đó" not in left.content.decode()


def test_a_written_file_leads_on(client: Client, commune: Unit) -> None:
    page = drop(client, f"Mã,Tên,Loại,Mã cấp trên\nN1,Chi bộ 1,Chi bộ,{commune.code}\n", "units")["Location"]
    client.post(f"{page}kiem-tra/")
    done = client.post(f"{page}ghi/", follow=True)

    onward = [one.href for one in done.context["onward"]]
    assert onward == [f"{reverse('imports')}?kind=people", reverse("unit", args=[commune.pk])]
    assert [client.get(href).status_code for href in onward] == [200, 200]


def test_with_nothing_good_there_is_nothing_left_to_write(client: Client) -> None:
    page = drop(client, "Họ và tên,Mã,Ngày sinh\nAn,1,31/02/1980\n")["Location"]
    shown = client.post(f"{page}kiem-tra/", follow=True).content.decode()

    assert "Ngày này không có trong lịch" in shown
    assert "Bỏ các dòng lỗi, ghi phần còn lại" not in shown


def test_what_is_no_sheet_is_told_beside_the_field(client: Client) -> None:
    response = drop(client, "không có tiêu đề gì\n1\n")

    assert response.status_code == 422
    assert "Không thấy dòng tiêu đề" in response.content.decode()
    with factories.looking_everywhere():
        assert not Import.objects.exists()


def test_units_are_imported_below_ones_own(client: Client, commune: Unit) -> None:
    page = drop(client, f"Mã,Tên,Loại,Mã cấp trên\nN1,Chi bộ 1,Chi bộ,{commune.code}\n", "units")["Location"]
    client.post(f"{page}kiem-tra/")
    client.post(f"{page}ghi/")

    assert Unit.objects.get(code="N1").name == "Chi bộ 1"


def test_the_template_is_recognised_by_the_import_itself(client: Client) -> None:
    sheet = read_xlsx(client.get(reverse("import-template", args=["people"])).content)

    assert sheet.rows[0].text(0) == "Họ và tên"


@pytest.mark.django_db(transaction=True)
def test_a_large_sheet_is_work_for_the_worker(
    client: Client, commune: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "LARGE", 10)
    page = drop(client, "Họ và tên,Mã\nAn,1\n")["Location"]
    looked = client.post(f"{page}kiem-tra/")
    jobs.work_off()
    ordered = client.post(f"{page}ghi/")
    again = client.post(f"{page}ghi/")
    jobs.work_off()

    assert looked["Location"].startswith("/viec/")
    assert ordered["Location"] == again["Location"]
    assert names() == ["An"]
    assert "Đã ghi xong" in client.get(page).content.decode()


def test_a_missing_required_column_is_told_in_our_words(client: Client) -> None:
    page = drop(client, "Họ và tên,Mã\nAn,1\n")["Location"]

    refused = client.post(f"{page}cot/", {"code": "1"})

    assert refused.status_code == 422
    assert "Thiếu cột “Họ và tên”. Hãy chọn cột này." in refused.content.decode()


def test_an_import_that_stopped_half_way_offers_to_go_on(client: Client) -> None:
    page = drop(client, "Họ và tên,Mã\nAn,1\n")["Location"]
    client.post(f"{page}kiem-tra/")
    with factories.looking_everywhere():
        Import.objects.update(
            state=Import.State.WRITING, rows="all", outcome={"new": 0, "changed": 0, "same": 0}
        )
    shown = client.get(page).content.decode()
    again = client.post(f"{page}kiem-tra/").status_code
    client.post(f"{page}ghi/", {"rows": "all"})

    assert "Ghi tiếp" in shown
    assert "Kiểm tra lại" not in shown
    assert again == 422
    assert names() == ["An"]
