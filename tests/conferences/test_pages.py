"""Pages of conferences: every one answers, shows its own and nobody else's, and writes through the commands."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.models import Declaration
from quantriet.conferences import codes
from quantriet.conferences.models import Attendance, Conference, Guest, Incident, Remark, Site
from quantriet.core.office.documents_in import read_docx
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org.models import Account
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made


class House:
    """Two communes of one province; a conference of the first, a member with a name that is its canary."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.commune = factories.commune(self.province, "Đảng bộ xã Một")
        self.neighbour = factories.commune(self.province, "Đảng bộ xã Hai")
        self.cell = factories.cell(self.commune, "Chi bộ Ấp Một")
        self.an = factories.person(self.cell, "Nguyễn Văn Hoàng Oanh")
        self.binh = factories.person(self.cell, "Trần Bình")
        self.campaign = campaigns_made.started(self.province)
        self.conference = made.called(self.commune, self.campaign, title="Hội nghị xã Một")
        self.site = made.hub(self.conference)
        self.clerk = factories.account("secretary", self.commune)

    def pages(self) -> list[str]:
        site, one = [self.site.pk], [self.conference.pk]
        return [
            reverse("conferences"),
            reverse("conference", args=one),
            reverse("conference-wall", args=one),
            reverse("conference-change", args=one),
            reverse("conference-conflicts", args=one),
            reverse("conference-seating", args=one),
            reverse("conference-summons", args=[*one, "docx"]),
            reverse("conference-summons", args=[*one, "pdf"]),
            *(
                reverse(name, args=site)
                for name in (
                    "site",
                    "site-describe",
                    "site-roll-call",
                    "site-everyone",
                    "site-scan",
                    "site-totals",
                    "site-make-up",
                    "site-guests",
                    "site-minutes",
                    "site-import",
                    "site-sheet",
                    "site-signatures",
                    "site-cards",
                    "site-minutes-paper",
                )
            ),
        ]


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def clerk(house: House) -> Client:
    return factories.signed_in(house.clerk)


def rows() -> list[tuple[str, str]]:
    with factories.looking_everywhere():
        found = Attendance.objects.select_related("person").order_by("person__sort_key")
        return [(row.person.full_name, row.state) for row in found]


def test_every_page_answers(house: House, clerk: Client) -> None:
    answers = {address: clerk.get(address).status_code for address in house.pages()}

    assert answers == dict.fromkeys(house.pages(), 200)


def test_who_is_in_charge_of_a_site_is_written_on_its_page(house: House, clerk: Client) -> None:
    address = reverse("site-describe", args=[house.site.pk])
    people = {
        "chair": "Nguyễn Chủ Trì",
        "technician": "Trần Kỹ Thuật",
        "technician_phone": "0900000001",
        "monitor": "Lê Theo Dõi",
    }
    told = {"name": house.site.name, "form": str(house.site.form), **people}

    assert clerk.post(address, told).status_code == 302

    page = clerk.get(reverse("site", args=[house.site.pk])).text
    assert [words for words in people.values() if words not in page] == []
    form = clerk.get(address).text
    assert [words for words in people.values() if words not in form] == []


@pytest.mark.parametrize("role", ["secretary", "clerk", "inspector", "member", "lecturer", "administrator"])
def test_a_neighbour_finds_none_of_them(house: House, role: str) -> None:
    stranger = factories.signed_in(factories.account(role, house.neighbour))

    answers = [stranger.get(address) for address in house.pages()[1:]]

    assert {answer.status_code for answer in answers} <= {403, 404}
    bodies = b"".join(answer.content for answer in answers)
    assert "Hoàng Oanh".encode() not in bodies
    assert "Hội nghị xã Một".encode() not in bodies


@pytest.mark.parametrize("role", ["secretary", "clerk", "member"])
def test_the_list_of_a_neighbour_does_not_name_it(house: House, role: str) -> None:
    stranger = factories.signed_in(factories.account(role, house.neighbour))

    assert "Hội nghị xã Một" not in stranger.get(reverse("conferences")).content.decode()


def test_control_its_own_clerk_sees_the_canary(house: House, clerk: Client) -> None:
    assert "Hoàng Oanh" in clerk.get(reverse("site-roll-call", args=[house.site.pk])).content.decode()


def test_a_member_sees_his_own_sessions_only(house: House) -> None:
    made.called(house.neighbour, house.campaign, title="Hội nghị xã Hai")
    member = factories.signed_in(factories.account("member", house.cell, of=house.an))

    body = member.get(reverse("my-sessions")).content.decode()

    assert ("Hội nghị xã Một" in body, "Hội nghị xã Hai" in body) == (True, False)


def test_calling_makes_sites_for_all_units_below(house: House) -> None:
    officer = factories.signed_in(factories.account("officer", house.province))
    page = officer.get(reverse("conference-call"), {"dot": house.campaign.pk})
    form = page.context["form"]
    told = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    told |= {
        "campaign": house.campaign.pk,
        "key": page.context["key"],
        "day": "01/12/2026",
        "head_chaired": "on",
        "form": "1",
        "units": [house.commune.pk, house.neighbour.pk],
        "site_form": "2",
    }
    told["classes"] = []

    first = officer.post(reverse("conference-call"), told)
    again = officer.post(reverse("conference-call"), told)

    conference = Conference.objects.get(unit=house.province)
    assert (first.status_code, first["Location"]) == (302, again["Location"])
    assert conference.sites.count() == 3
    assert conference.agenda.filter(document__isnull=False).count() == 1


def test_a_call_that_makes_no_sense_shows_its_faults(house: House, clerk: Client) -> None:
    answer = clerk.post(reverse("conference-call"), {"campaign": "0", "title": "", "day": "32/13/2026"})

    assert (answer.status_code, Conference.objects.count()) == (422, 1)


def test_a_tap_cycles_and_undo_takes_it_back(house: House, clerk: Client) -> None:
    address = reverse("site-mark", args=[house.site.pk])
    key = uuid.uuid4().hex

    first = clerk.post(
        address,
        {"person": house.an.pk, "version": 0, "act": "present", "key": key},
        headers={"HX-Request": "true"},
    )
    toast = json.loads(first["HX-Trigger"])["toast"]
    before = rows()
    clerk.post(toast["undo"], headers={"HX-Request": "true"})

    assert "1/2" in first.content.decode()
    assert (before, rows()) == ([("Nguyễn Văn Hoàng Oanh", "present")], [])


def test_a_stale_tap_is_told_what_the_other_wrote(house: House, clerk: Client) -> None:
    made.mark(house.site, [house.an])

    answer = clerk.post(
        reverse("site-mark", args=[house.site.pk]), {"person": house.an.pk, "version": 0, "act": "absent"}
    )

    assert "vừa ghi" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert rows() == [("Nguyễn Văn Hoàng Oanh", "present")]


def test_everyone_except_the_ticked(house: House, clerk: Client) -> None:
    told = {"key": "k", "absent": [house.an.pk], "excused": [house.an.pk]}

    clerk.post(reverse("site-everyone", args=[house.site.pk]), told)
    clerk.post(reverse("site-everyone", args=[house.site.pk]), told)

    assert rows() == [("Trần Bình", "present"), ("Nguyễn Văn Hoàng Oanh", "excused")]


def test_a_scan_answers_in_the_form(house: House, clerk: Client) -> None:
    code = codes.personal(bytes(house.conference.code_key), house.conference.pk, house.an.pk)
    address = reverse("site-scan", args=[house.site.pk])

    good = clerk.post(address, {"code": code, "client": uuid.uuid4()}, headers={"HX-Request": "true"})
    bad = clerk.post(
        address, {"code": code[:-4] + "0000", "client": uuid.uuid4()}, headers={"HX-Request": "true"}
    )

    assert ("Hoàng Oanh" in good.content.decode(), "data-refused" in good.content.decode()) == (True, False)
    assert "data-refused" in bad.content.decode()
    assert rows() == [("Nguyễn Văn Hoàng Oanh", "present")]


def test_totals_are_declared_on_one_screen(house: House, clerk: Client) -> None:
    unit = house.cell.pk
    address = reverse("site-totals", args=[house.site.pk])

    good = clerk.post(
        address, {f"present_{unit}": "2", f"excused_{unit}": "", f"guests_{unit}": "", "paper": "05-BC/CB"}
    )
    bad = clerk.post(address, {f"present_{unit}": "9", f"version_{unit}": "1"})

    assert (good.status_code, bad.status_code) == (302, 422)
    assert Declaration.objects.get().figures == {"present": 2, "excused": 0, "guests": 0}


def test_a_site_reports_and_its_incident_is_solved(house: House, clerk: Client) -> None:
    address = reverse("site-report", args=[house.site.pk])

    clerk.post(address, {"what": "ready"})
    clerk.post(address, {"what": "incident", "kind": "no_sound"})
    incident = Incident.objects.get()
    clerk.post(address, {"what": "solved", "incident": incident.pk, "remedy": "Đổi micro"})

    incident.refresh_from_db()
    house.site.refresh_from_db()
    assert (house.site.state, incident.remedy) == (Site.State.READY, "Đổi micro")


def test_guests_and_remarks_are_kept(house: House, clerk: Client) -> None:
    clerk.post(
        reverse("site-guests", args=[house.site.pk]), {"name": ["Võ Dân", ""], "organisation": ["Hội", ""]}
    )
    clerk.post(
        reverse("site-minutes", args=[house.site.pk]), {"what": "remark", "text": "Cần tài liệu", "key": "r"}
    )

    with factories.looking_everywhere():
        assert (Guest.objects.count(), Remark.objects.get().author_id) == (1, None)


def test_own_sheet_comes_back_and_is_recorded(house: House, clerk: Client) -> None:
    sheet = read_xlsx(clerk.get(reverse("site-sheet", args=[house.site.pk])).content)
    header = next(row for row in sheet.rows if "Họ và tên" in row.values)
    lines = [row for row in sheet.rows if row.number > header.number]
    words = {"Trần Bình": "có mặt", "Nguyễn Văn Hoàng Oanh": "vắng có lý do"}
    text = "Mã điểm danh;Họ và tên;Trạng thái điểm danh;Lý do\n" + "\n".join(
        f"{row.text(1)};{row.text(2)};{words[row.text(2)]};ốm" for row in lines
    )
    address = reverse("site-import", args=[house.site.pk])

    tried = clerk.post(address, {"sheet": io.BytesIO(text.encode())})
    before = rows()
    done = clerk.post(address, {"ticket": tried.context["ticket"], "what": "do"})

    assert (tried.status_code, before, done.status_code) == (200, [], 302)
    assert rows() == [("Trần Bình", "present"), ("Nguyễn Văn Hoàng Oanh", "excused")]


def test_a_sheet_with_a_fault_records_nothing(house: House, clerk: Client) -> None:
    text = "Họ và tên;Trạng thái điểm danh\nTrần Bình;có mặt\nNguyễn Văn Hoàng Oanh;lung tung\n"
    address = reverse("site-import", args=[house.site.pk])

    tried = clerk.post(address, {"sheet": io.BytesIO(text.encode())})
    clerk.post(address, {"ticket": tried.context["ticket"], "what": "do"})

    assert (tried.status_code, "B3" in tried.content.decode(), rows()) == (422, True, [])


def test_the_api_records_each_mark_once(house: House, clerk: Client) -> None:
    body = {"marks": [{"client_id": str(uuid.uuid4()), "person_id": house.an.pk}]}
    address = f"/api/v1/sites/{house.site.pk}/check-ins"

    answers = [clerk.post(address, body, content_type="application/json").json() for _ in range(2)]

    assert [one["answers"][0]["code"] for one in answers] == ["attendance.recorded", "attendance.already"]
    assert len(rows()) == 1


def test_the_api_answers_a_foreign_site_like_none(house: House) -> None:
    stranger = factories.signed_in(factories.account("clerk", house.neighbour))
    body = {"marks": [{"client_id": str(uuid.uuid4()), "person_id": house.an.pk}]}

    answers = [
        stranger.post(f"/api/v1/sites/{pk}/check-ins", body, content_type="application/json")
        for pk in (house.site.pk, 10**9)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert rows() == []


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


@pytest.mark.parametrize(
    "name", ["site-roll-call", "site-everyone", "site-scan", "site-make-up", "site-minutes"]
)
def test_a_list_asks_as_much_for_one_as_for_three(house: House, clerk: Client, name: str) -> None:
    address = reverse(name, args=[house.site.pk])
    made.mark(house.site, [house.an])
    one = queries_of(clerk, address)

    later = [factories.person(house.cell, f"Lê Thêm {at}") for at in range(3)]
    made.mark(house.site, later)

    assert queries_of(clerk, address) == one


def test_the_board_asks_as_much_for_one_as_for_three(house: House, clerk: Client) -> None:
    one = queries_of(clerk, reverse("conferences"))
    for _ in range(2):
        made.called(house.commune, house.campaign)

    assert queries_of(clerk, reverse("conferences")) == one


def test_the_seats_ask_as_much_for_one_as_for_three(house: House) -> None:
    officer = factories.signed_in(factories.account("officer", house.province))
    one = made.called(house.province, house.campaign)
    made.site(one, house.commune)
    before = queries_of(officer, reverse("conference-seating", args=[one.pk]))
    for name in ("Ba", "Bốn"):
        made.site(one, factories.commune(house.province, f"Đảng bộ xã {name}"))

    assert queries_of(officer, reverse("conference-seating", args=[one.pk])) == before


def listed(client: Client, **chosen: str | int) -> list[str]:
    """The titles the list shows, what comes first."""
    found = client.get(reverse("conferences"), chosen).context
    return [row["conference"].title for row in (*found["coming"], *found["past_lines"])]


def test_meetings_of_cells_do_not_bury_the_conferences_unless_one_asks(house: House, clerk: Client) -> None:
    made.called(house.cell, title="Sinh hoạt tháng", kind="cell_meeting")
    in_the_cell = factories.signed_in(factories.account("secretary", house.cell))

    assert listed(clerk) == ["Hội nghị xã Một"]
    assert sorted(listed(clerk, kind="all")) == ["Hội nghị xã Một", "Sinh hoạt tháng"]
    assert listed(clerk, kind="cell_meeting") == ["Sinh hoạt tháng"]
    assert sorted(listed(in_the_cell)) == ["Hội nghị xã Một", "Sinh hoạt tháng"]


def test_the_list_is_cut_by_unit_state_and_time_and_says_when_nothing_is_left(house: House) -> None:
    officer = factories.signed_in(factories.account("officer", house.province))
    month = timedelta(days=31)
    made.called(house.neighbour, title="Xã Hai", starts_at=timezone.now() - month, ends_at=timezone.now())
    made.called(house.cell, title="Của chi bộ")

    assert sorted(listed(officer, unit=house.commune.pk)) == ["Của chi bộ", "Hội nghị xã Một"]
    assert listed(officer, unit=house.neighbour.pk) == ["Xã Hai"]
    assert sorted(listed(officer, when="week")) == ["Của chi bộ", "Hội nghị xã Một"]
    assert listed(officer, state="cancelled") == []
    nothing = officer.get(reverse("conferences"), {"state": "cancelled"}).content.decode()
    assert "Không có buổi nào khớp" in nothing
    assert listed(officer, unit="x", when="x", state="x", kind="x") == listed(officer)


def test_a_filtered_list_keeps_its_filters_from_page_to_page(house: House, clerk: Client) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    for at in range(31):
        made.called(
            house.cell,
            title=f"Buổi {at}",
            kind="cell_meeting",
            starts_at=long_ago,
            ends_at=timezone.now() - timedelta(days=39),
        )

    body = clerk.get(reverse("conferences"), {"kind": "cell_meeting"}).content.decode()

    assert "?kind=cell_meeting&amp;page=2" in body
    assert len(listed(clerk, kind="cell_meeting", page=2)) == 1


def test_a_conference_is_hybrid_for_who_sees_only_his_own_site_too(house: House, clerk: Client) -> None:
    one = made.called(house.province, house.campaign, title="Toàn tỉnh")
    at_home = made.called(house.province, house.campaign, title="Một hình thức")
    made.site(one, house.commune)

    assert "Trực tiếp kết hợp trực tuyến" in clerk.get(reverse("conference", args=[one.pk])).content.decode()
    officer = factories.signed_in(factories.account("officer", house.province))
    alone = officer.get(reverse("conference", args=[at_home.pk])).content.decode()
    assert "Trực tiếp kết hợp trực tuyến" not in alone


def test_the_summons_says_how_to_join_and_how_it_is_held(house: House, clerk: Client) -> None:
    one = made.called(house.province, house.campaign, join_link="https://hop.vi-du.invalid/tinh")
    made.site(one, house.commune)

    paper = clerk.get(reverse("conference-summons", args=[one.pk, "docx"]))

    text = read_docx(paper.content).text
    assert "Đường dẫn họp trực tuyến: https://hop.vi-du.invalid/tinh" in text
    assert "Hình thức: trực tiếp kết hợp trực tuyến." in text
    assert text.count("https://hop.vi-du.invalid/tinh") == 1
    assert "TỈNH ỦY" in text.upper()


def test_units_are_moved_between_sites_and_a_retry_moves_nothing(house: House) -> None:
    one = made.called(house.province, house.campaign)
    receiving = made.site(one, house.commune)
    made.site(one, house.neighbour)
    officer = factories.signed_in(factories.account("officer", house.province))
    address = reverse("conference-seating", args=[one.pk])

    told = {"site": receiving.pk, "unit": [house.neighbour.pk]}
    answers = [officer.post(address, told, follow=True).content.decode() for _ in range(2)]

    assert [f"Đã xếp {count} đơn vị về" in body for count, body in zip((1, 0), answers, strict=True)] == [
        True,
        True,
    ]
    assert receiving.site_units.count() == 2
    assert "Điểm cầu chưa có đơn vị nào dự" in answers[1]


def test_moving_nothing_or_a_foreign_unit_is_told_beside_the_form(house: House) -> None:
    one = made.called(house.province, house.campaign)
    receiving = made.site(one, house.commune)
    officer = factories.signed_in(factories.account("officer", house.province))
    address = reverse("conference-seating", args=[one.pk])
    stranger = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Xa")

    nothing = officer.post(address, {"site": receiving.pk})
    foreign = officer.post(address, {"site": receiving.pk, "unit": [stranger.pk]})

    assert (nothing.status_code, foreign.status_code) == (422, 422)
    assert "Chưa chọn đơn vị nào" in nothing.content.decode()
    assert receiving.site_units.count() == 1


def hall_before(house: House, **before: int) -> Site:
    begins = timezone.now() + timedelta(**before)
    ends = begins + timedelta(hours=2)
    return made.hub(made.called(house.commune, house.campaign, starts_at=begins, ends_at=ends))


def test_before_its_hour_all_present_is_not_offered_but_may_be_insisted_on(
    house: House, clerk: Client
) -> None:
    far, near = hall_before(house, hours=5), hall_before(house, minutes=40)
    pages = [clerk.get(reverse("site-roll-call", args=[site.pk])).content.decode() for site in (far, near)]
    address = reverse("site-everyone", args=[near.pk])
    page = clerk.get(address).content.decode()

    refused = clerk.post(address, {"key": "one"}).status_code
    insisted = clerk.post(address, {"key": "two", "insist": "1"}).status_code

    assert ["Điểm danh mở lúc" in body for body in pages] == [True, False]
    assert ["tính là nhập sau" in body for body in (*pages, page)] == [False, True, True]
    assert "Ai vắng?" not in clerk.get(reverse("site-everyone", args=[far.pk])).content.decode()
    assert (refused >= 400, insisted, len(rows())) == (True, 302, 2)


def test_a_scan_asks_for_the_figures_anew(house: House, clerk: Client) -> None:
    page = clerk.get(reverse("site-scan", args=[house.site.pk])).content.decode()
    typed = clerk.post(
        reverse("site-scan", args=[house.site.pk]),
        {"code": "không có", "client": str(uuid.uuid4())},
        headers={"HX-Request": "true"},
    )
    before = clerk.get(reverse("site-tally", args=[house.site.pk])).content.decode()
    made.mark(house.site, [house.an])
    after = clerk.get(reverse("site-tally", args=[house.site.pk])).content.decode()

    assert f'hx-get="{reverse("site-tally", args=[house.site.pk])}"' in page
    assert typed.headers["HX-Trigger"] == "recorded"
    assert ("0/2" in before, "1/2" in after) == (True, True)


@pytest.fixture
def member_of_the_day(house: House) -> Account:
    return factories.account("member", house.cell, of=house.an)


def test_today_leads_the_clerk_to_roll_call_and_the_member_to_his_session(
    house: House, clerk: Client, member_of_the_day: Account
) -> None:
    begins = timezone.now() + timedelta(hours=2)
    made.called(
        house.commune, house.campaign, title="Buổi mai", starts_at=begins, ends_at=begins + timedelta(hours=1)
    )

    clerk_body = clerk.get("/viec-hom-nay/").content.decode()
    member_body = factories.signed_in(member_of_the_day).get("/viec-hom-nay/").content.decode()

    assert "Điểm danh" in clerk_body
    assert reverse("my-sessions") in member_body
