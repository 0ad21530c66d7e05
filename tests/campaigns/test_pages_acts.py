"""What the pages of campaigns do: each act sent once and twice, refused with a sentence, both texts shown."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quantriet.campaigns.models import (
    Campaign,
    Deadline,
    Declaration,
    Extension,
    Obligation,
    Reminder,
    ReminderLine,
    Requirement,
    RollLine,
)
from quantriet.campaigns.queries import tasks
from quantriet.org import access
from quantriet.org.models import Notice
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world

pytestmark = pytest.mark.django_db


def send(client: Client, path: str, **fields: object) -> tuple[int, str]:
    """Post a form; the status and the body."""
    answer = client.post(path, fields)
    return answer.status_code, answer.content.decode(errors="replace")


# ---- starting --------------------------------------------------------------------------------------------


def answers(made_world: World, **other: object) -> dict[str, object]:
    """The three questions answered."""
    today = timezone.localdate()
    return {
        "preset": "thorough",
        "title": "Học Nghị quyết mới",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).strftime("%d/%m/%Y"),
        "unit": made_world.top.pk,
        "document": made_world.document.pk,
        f"mode_{made_world.document.pk}": "briefing",
        **other,
    }


def test_three_answers_make_a_draft_and_a_second_click_the_same_one() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)

    codes = [send(client, "/dot/moi/", **answers(made_world))[0] for _ in range(2)]

    drafts = Campaign.objects.filter(title="Học Nghị quyết mới")
    assert (codes, drafts.count()) == ([302, 302], 1)
    assert list(drafts.get().documents.values_list("document_id", "mode")) == [
        (made_world.document.pk, "briefing")
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "1. Đợt này tên là gì?"),
        ({"ends_on": "01/01/2020"}, "Ngày kết thúc trước ngày bắt đầu"),
        ({"starts_on": "32/13/2026"}, "2. Làm từ ngày"),
        ({"document": ""}, "Chưa chọn văn bản nào"),
        ({"preset": "khác"}, "Mẫu"),
    ],
)
def test_a_fault_is_told_and_nothing_is_written(fields: dict[str, object], sentence: str) -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)

    code, body = send(client, "/dot/moi/", **answers(made_world, **fields))

    assert (code, sentence in body, "Chưa lưu được" in body) == (422, True, True)
    assert Campaign.objects.filter(title="Học Nghị quyết mới").count() == 0


def test_a_foreign_unit_and_a_foreign_document_are_not_there() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)
    foreign = made.document(made_world.foreign)

    codes = [
        send(client, "/dot/moi/", **answers(made_world, unit=made_world.foreign.pk))[0],
        send(client, "/dot/moi/", **answers(made_world, document=foreign.pk))[0],
    ]

    assert codes == [422, 422]
    assert foreign.number not in client.get("/dot/moi/").content.decode()


def draft_fields(campaign: Campaign, **other: object) -> dict[str, object]:
    """The form of a draft as the page sends it."""
    fields: dict[str, object] = {
        "version": campaign.version,
        "title": campaign.title,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
        "lead_id": campaign.lead_id,
        "classes": [2, 3],
        "credit_from_superior": "on",
        "late_after": 20,
        "everyone_before": 30,
        "early_before": 15,
        "minimum_share": 0,
        "essays_of": [3],
        "clause": "",
        "document": list(campaign.documents.values_list("document_id", flat=True)),
    }
    for due in Deadline.objects.filter(requirement__campaign=campaign):
        fields[f"due_{due.requirement_id}_{due.level}"] = access.local_day(due.due_at).isoformat()
    return {**fields, **other}


def test_everything_of_a_draft_is_adjusted_and_a_second_editor_sees_both() -> None:
    made_world = world(start=False)
    campaign = made_world.campaign
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{campaign.pk}/dieu-chinh/"
    report = Requirement.objects.get(campaign=campaign, kind="report", tree="party")
    fields = draft_fields(
        campaign,
        title="Tên của tôi",
        out_unit=made_world.beside.pk,
        out_reason="Đã học",
        **{f"due_{report.pk}_1": "20/04/2026", f"due_{report.pk}_2": ""},
    )

    first = send(client, path, **fields)[0]
    second, body = send(
        client,
        path,
        **{**fields, "title": "Tên người thứ hai", "late_after": 25, f"due_{report.pk}_1": "21/04/2026"},
    )

    campaign.refresh_from_db()
    assert (first, second) == (302, 409)
    shown = re.findall(r'<tr><th scope="row">([^<]+)</th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', body)
    assert sorted(shown) == [
        ("Báo cáo kết quả, Cấp tỉnh", "20/04/2026", "21/04/2026"),
        ("Tên đợt", "Tên của tôi", "Tên người thứ hai"),
        ("Đến sau bao nhiêu phút là muộn", "20", "25"),
    ]
    assert (campaign.title, campaign.policy["late_after"], campaign.policy["classes"]) == (
        "Tên của tôi",
        20,
        [2, 3],
    )
    assert sorted(report.deadlines.values_list("level", flat=True)) == [1, 3]
    assert list(campaign.exceptions.values_list("unit_id", "reason")) == [(made_world.beside.pk, "Đã học")]


def test_duties_stand_in_the_order_of_work_the_partys_first() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    for kind, tree in (("outreach", "front"), ("materials", "party"), ("programme", "party")):
        Requirement.objects.get_or_create(campaign=made_world.campaign, kind=kind, tree=tree)

    page = client.get(f"/dot/{made_world.campaign.pk}/dieu-chinh/")

    told = [(row.requirement.tree, row.requirement.kind) for row in page.context["rows"]]
    party = [kind for tree, kind in told if tree == "party"]
    usual = ["materials", "conference", "essays", "programme", "outreach", "report"]
    assert party == [kind for kind in usual if kind in party]
    assert [tree for tree, _kind in told][: len(party)] == ["party"] * len(party)
    assert ("front", "outreach") in told[len(party) :]


def test_what_was_changed_in_a_draft_is_given_down_with_it() -> None:
    """One act: nothing typed is thrown away because it was not saved first."""
    made_world = world(start=False)
    campaign = made_world.campaign
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{campaign.pk}/dieu-chinh/"

    answer = client.post(path, draft_fields(campaign, title="Tên mới", then="start"))
    again = client.post(path, draft_fields(campaign, title="Tên khác", then="start"))

    campaign.refresh_from_db()
    assert answer["Location"].startswith("/viec/")
    assert (again.status_code, campaign.title) == (409, "Tên mới")


def test_a_draft_that_cannot_be_given_down_stays_saved_and_says_why() -> None:
    made_world = world(start=False)
    campaign = made_world.campaign
    client = made_world.client("officer", made_world.top)
    fields = {name: value for name, value in draft_fields(campaign).items() if not name.startswith("due_")}

    shown = client.post(
        f"/dot/{campaign.pk}/dieu-chinh/", fields | {"title": "Tên mới", "then": "start"}, follow=True
    )

    campaign.refresh_from_db()
    assert (campaign.title, campaign.state) == ("Tên mới", Campaign.State.DRAFT)
    assert [str(one) for one in shown.context["messages"]] != []


def test_a_short_campaign_says_which_deadlines_were_brought_forward_and_a_long_one_nothing() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)

    end = timezone.localdate() + timedelta(days=30)

    send(client, "/dot/moi/", **answers(made_world, title="Đợt ngắn", ends_on=end.isoformat()))
    send(client, "/dot/moi/", **answers(made_world, title="Đợt dài"))

    bodies = {}
    for title in ("Đợt ngắn", "Đợt dài"):
        draft = Campaign.objects.get(title=title)
        bodies[title] = client.get(f"/dot/{draft.pk}/dieu-chinh/").content.decode()
    last = Deadline.objects.filter(requirement__campaign__title="Đợt ngắn").order_by("-due_at")[0]
    assert access.local_day(last.due_at) == end
    assert ("ngắn hơn mẫu" in bodies["Đợt ngắn"], "ngắn hơn mẫu" in bodies["Đợt dài"]) == (True, False)
    assert "Báo cáo kết quả (Cấp xã)" in bodies["Đợt ngắn"]


def test_a_deadline_outside_the_campaign_is_warned_of_by_name() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    campaign = made_world.campaign
    report = Requirement.objects.get(campaign=campaign, kind="report", tree="party")
    late = f"{campaign.ends_on + timedelta(days=9):%d/%m/%Y}"
    path = f"/dot/{campaign.pk}/dieu-chinh/"

    before = client.get(path).content.decode()
    send(client, path, **draft_fields(campaign, **{f"due_{report.pk}_2": late}))
    after = client.get(path).content.decode()

    assert "Có hạn nằm ngoài thời gian của đợt" not in before
    assert f"(Cấp xã): {late}" in after


@pytest.mark.parametrize(
    "broken",
    [
        {"late_after": 999},
        {"classes": []},
        {"lead_id": 1},
        {"out_reason": ""},
        {"starts_on": "2026-05-01", "ends_on": "2026-04-30"},
    ],
)
def test_a_draft_is_not_half_saved(broken: dict[str, object]) -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    fields = {"out_unit": made_world.beside.pk, "out_reason": "Đã học", "title": "Tên mới", **broken}

    code, body = send(
        client, f"/dot/{made_world.campaign.pk}/dieu-chinh/", **draft_fields(made_world.campaign, **fields)
    )

    made_world.campaign.refresh_from_db()
    assert (code, made_world.campaign.title, made_world.campaign.version) == (422, "Đợt thử", 1)
    assert "Chưa lưu được" in body


def test_each_policy_setting_names_its_clause() -> None:
    made_world = world(start=False)
    body = (
        made_world.client("officer", made_world.top)
        .get(f"/dot/{made_world.campaign.pk}/dieu-chinh/")
        .content.decode()
    )
    assert body.count("Kết luận 226-KL/TW") == 1


def test_only_who_manages_reaches_a_draft() -> None:
    made_world = world(start=False)
    path = f"/dot/{made_world.campaign.pk}/dieu-chinh/"
    codes = {
        who: client.get(path).status_code
        for who, client in {
            "officer": made_world.client("officer", made_world.top),
            "secretary": made_world.client("secretary", made_world.top),
            "officer below": made_world.client("officer", made_world.here),
            "officer beside": made_world.client("officer", made_world.foreign),
        }.items()
    }
    assert codes == {"officer": 200, "secretary": 403, "officer below": 404, "officer beside": 404}


def test_a_kind_is_added_once_and_a_draft_is_thrown_away_once() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    base = f"/dot/{made_world.campaign.pk}"

    for _ in range(2):
        send(client, f"{base}/them-viec/", kind="conference", tree="youth")
    wrong = send(client, f"{base}/them-viec/", kind="khác", tree="youth")[0]
    added = Requirement.objects.filter(campaign=made_world.campaign, tree="youth").count()
    codes = [send(client, f"{base}/xoa/")[0] for _ in range(2)]

    assert (added, wrong, codes) == (1, 422, [302, 404])


# ---- one's own unit --------------------------------------------------------------------------------------


def test_declaring_twice_changes_nothing_and_a_stale_one_sees_both() -> None:
    made_world = world(3)
    client = made_world.client("secretary", made_world.cell)
    path = f"/dot/{made_world.campaign.pk}/nhap-nhanh/presence/?don_vi={made_world.cell.pk}"
    fields = {"present": 2, "excused": 1, "guests": 0, "form": 1, "happened_on": "2026-02-07", "paper": ""}

    codes = [send(client, path, version=0, **fields)[0] for _ in range(2)]
    stale, body = send(client, path, version=0, **{**fields, "present": 1})
    forced = send(client, path, version=1, **{**fields, "present": 1})[0]

    row = Declaration.objects.get(campaign=made_world.campaign)
    assert (codes, stale, forced) == ([302, 302], 409, 302)
    assert ("Người khác đã lưu" in body, row.figures["present"], row.version) == (True, 1, 2)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present": 9}, "Chi bộ Gần: khai 9 người nhưng danh sách triệu tập chỉ có 3"),
        ({"present": ""}, "Hãy ghi số; không có thì ghi 0."),
        ({"present": -1}, "Số người trong danh sách đã dự"),
        ({"present": "x"}, "Số người trong danh sách đã dự"),
        ({"happened_on": "2099-01-01"}, "Ngày khai ở sau hôm nay"),
        ({"happened_on": ""}, "Ngày"),
    ],
)
def test_totals_that_cannot_be_true_are_refused(fields: dict[str, object], sentence: str) -> None:
    made_world = world(3)
    client = made_world.client("secretary", made_world.cell)
    path = f"/dot/{made_world.campaign.pk}/nhap-nhanh/presence/?don_vi={made_world.cell.pk}"
    given = {"present": 1, "excused": 0, "guests": 0, "form": 1, "happened_on": "2026-02-07", "version": 0}

    code, body = send(client, path, **{**given, **fields})

    assert (code, sentence in body, Declaration.objects.count()) == (422, True, 0)


def test_excused_and_guests_left_empty_are_none() -> None:
    made_world = world(3)
    client = made_world.client("secretary", made_world.cell)
    path = f"/dot/{made_world.campaign.pk}/nhap-nhanh/presence/?don_vi={made_world.cell.pk}"
    given = {"present": 2, "excused": "", "guests": "", "form": 1, "happened_on": "2026-02-07", "version": 0}

    code, _body = send(client, path, **given)

    declared = Declaration.objects.get(campaign=made_world.campaign)
    assert (code, declared.figures) == (302, {"present": 2, "excused": 0, "guests": 0})


def test_a_deadline_that_moves_nobody_is_told_as_such() -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    path = f"/dot/{made_world.campaign.pk}/thoi-han/?don_vi={made_world.here.pk}"
    owed = Obligation.objects.filter(campaign=made_world.campaign, kind="conference")
    earlier = min(one.due_at for one in owed).date() - timedelta(days=3)
    given = {"act": "tighten", "t-kind": "conference", "t-due_on": f"{earlier:%d/%m/%Y}"}

    first = client.post(path, given, follow=True).content.decode()
    again = client.post(path, given, follow=True).content.decode()

    assert ("Đã đặt hạn mới cho" in first, "Không có đơn vị nào đổi hạn" in first) == (True, False)
    assert ("Đã đặt hạn mới cho" in again, "Không có đơn vị nào đổi hạn" in again) == (False, True)


def test_a_stricter_deadline_below_and_never_a_looser_one() -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    path = f"/dot/{made_world.campaign.pk}/thoi-han/?don_vi={made_world.here.pk}"
    owed = Obligation.objects.get(campaign=made_world.campaign, unit=made_world.cell, kind="conference")

    earlier = {"act": "tighten", "t-kind": "conference", "t-due_on": "2026-02-10"}
    codes = [send(client, path, **earlier)[0] for _ in range(2)]
    looser, body = send(client, path, **{**earlier, "t-due_on": "2027-01-01"})

    owed.refresh_from_db()
    assert (codes, looser, "muộn hơn hạn cấp trên giao" in body) == ([302, 302], 422, True)
    assert access.local_day(owed.due_at).isoformat() == "2026-02-10"


def test_one_decision_extends_many_once() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{made_world.campaign.pk}/thoi-han/"
    fields = {
        "act": "extend",
        "e-kind": "report",
        "e-decision": "15-CV/BTGDVTU",
        "e-reason": "Bão lũ",
        "e-due_on": "2026-12-31",
        "e-whom": "open",
    }

    codes = [send(client, path, **fields)[0] for _ in range(2)]
    earlier, _body = send(client, path, **{**fields, "e-decision": "16-CV", "e-due_on": "2026-01-01"})
    below = send(made_world.client("secretary", made_world.here), path, **fields)[0]

    days = {
        access.local_day(due).isoformat()
        for due in Obligation.objects.filter(
            campaign=made_world.campaign, kind="report", unit__tree="party"
        ).values_list("due_at", flat=True)
    }
    assert (codes, earlier, below, Extension.objects.count()) == ([302, 302], 422, 403, 1)
    assert days == {"2026-12-31"}


def test_waived_and_opened_again_with_a_reason_once() -> None:
    made_world = world()
    owed = Obligation.objects.get(campaign=made_world.campaign, unit=made_world.here, kind="programme")
    path = f"/dot/{made_world.campaign.pk}/nghia-vu/{owed.pk}/"
    officer = made_world.client("officer", made_world.top)

    silent = send(officer, path, act="waive", reason=" ")[0]
    codes = [send(officer, path, act="waive", reason="Mới sáp nhập")[0] for _ in range(2)]
    others = {
        "own head": send(made_world.client("secretary", made_world.here), path, act="waive", reason="x")[0],
        "own officer": send(made_world.client("officer", made_world.here), path, act="waive", reason="x")[0],
        "beside": made_world.client("secretary", made_world.beside).get(path).status_code,
    }

    owed.refresh_from_db()
    assert (silent, codes, owed.state, owed.reason) == (422, [302, 302], "waived", "Mới sáp nhập")
    assert others == {"own head": 403, "own officer": 403, "beside": 404}


# ---- the roll --------------------------------------------------------------------------------------------


def test_the_roll_is_corrected_with_reasons_and_a_retry_does_nothing() -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    path = f"/dot/{made_world.campaign.pk}/danh-sach/?don_vi={made_world.here.pk}"
    other = factories.cell(made_world.here, "Chi bộ Khác")
    late = factories.person(made_world.cell, "Phạm Thị Muộn")
    with factories.looking_everywhere():
        lines = list(
            RollLine.objects.filter(campaign=made_world.campaign, unit=made_world.cell).order_by("pk")
        )

    silent = send(client, path, act="remove", line=lines[0].pk, reason="")[0]
    for _ in range(2):
        added = send(client, path, act="add", person=late.pk, person_class=3, reason="Mới chuyển đến")[0]
        excused = send(client, path, act="excuse", line=lines[0].pk, reason="Đi viện")[0]
        removed = send(client, path, act="remove", line=lines[0].pk, reason="Đã chuyển đi")[0]
        moved = send(client, path, act="transfer", line=lines[1].pk, unit=other.pk, reason="Đổi chi bộ")[0]

    with factories.looking_everywhere():
        roll = {
            (line.person_id, line.unit_id, line.state)
            for line in RollLine.objects.filter(campaign=made_world.campaign).exclude(
                unit=made_world.cell_beside
            )
        }
    assert (silent, added, excused, removed, moved) == (422, 302, 302, 302, 302)
    assert roll == {
        (late.pk, made_world.cell.pk, "summoned"),
        (lines[0].person_id, made_world.cell.pk, "removed"),
        (lines[1].person_id, other.pk, "summoned"),
    }


def test_people_and_lines_of_others_are_not_there() -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    path = f"/dot/{made_world.campaign.pk}/danh-sach/"
    with factories.looking_everywhere():
        foreign = RollLine.objects.filter(unit=made_world.cell_beside).order_by("pk")[0]

    codes = [
        send(client, path, act="add", person=made_world.people_beside[0].pk, person_class=3, reason="x")[0],
        send(client, path, act="remove", line=foreign.pk, reason="x")[0],
        client.get(f"{path}{foreign.pk}/").status_code,
    ]

    assert codes == [404, 404, 404]


def test_nobody_is_summoned_outside_the_campaign() -> None:
    made_world = world()
    campaign = made.started(made_world.here, [made_world.document])
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{campaign.pk}/danh-sach/?don_vi={made_world.top.pk}"

    code, body = send(
        client, path, act="add", person=made_world.people_beside[0].pk, person_class=3, reason="Bổ sung"
    )

    with factories.looking_everywhere():
        summoned = set(RollLine.objects.filter(campaign=campaign).values_list("person_id", flat=True))
    assert (code, "không thuộc phạm vi của đợt này" in body) == (422, True)
    assert summoned == {person.pk for person in made_world.people}


def test_names_are_found_without_marks() -> None:
    made_world = world()
    factories.person(made_world.cell, "Đỗ Thị Thủy Đẹp")
    body = (
        made_world.client("secretary", made_world.here)
        .get(f"/dot/{made_world.campaign.pk}/danh-sach/?q=dep thuy")
        .content.decode()
    )
    assert ("Đỗ Thị Thủy Đẹp" in body, "Nguyễn Văn Gần 0" in body) == (True, False)


# ---- reminding -------------------------------------------------------------------------------------------


def test_reminding_twice_with_one_key_reminds_once_and_only_ones_own() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{made_world.campaign.pk}/nhac/"
    fields = {
        "loai": "programme",
        "channel": "page",
        "text": "Đề nghị khẩn trương",
        "key": "k1",
        "unit": [made_world.here.pk, made_world.foreign.pk],
    }

    codes = [send(client, path, **fields)[0] for _ in range(2)]
    nobody = send(client, path, **{**fields, "key": "k2", "unit": []})[0]
    unfit = send(client, path, **{**fields, "key": "k3", "channel": "pigeon"})[0]

    assert (codes, nobody, unfit) == ([302, 302], 422, 422)
    assert list(ReminderLine.objects.values_list("unit_id", flat=True)) == [made_world.here.pk]
    assert Notice.objects.filter(unit=made_world.here, key__startswith="reminder:").count() == 1


def test_a_telephone_list_is_ticked_once_and_seen_by_who_may_remind() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)
    base = f"/dot/{made_world.campaign.pk}"
    fields = {"channel": "phone", "text": "Gọi", "key": "k", "unit": made_world.cell.pk}
    send(client, f"{base}/nhac/", **fields)
    reminder = Reminder.objects.get()
    line = reminder.lines.get()

    codes = [send(client, f"{base}/da-nhac/{reminder.pk}/", line=line.pk)[0] for _ in range(2)]
    beside = made_world.client("secretary", made_world.beside)
    others = [
        beside.get(f"{base}/da-nhac/{reminder.pk}/").status_code,
        send(client, f"{base}/da-nhac/{reminder.pk}/", line=999)[0],
    ]

    line.refresh_from_db()
    assert (codes, line.called_at is not None, others) == ([302, 302], True, [404, 404])


# ---- today -----------------------------------------------------------------------------------------------


def test_today_shows_what_ones_own_unit_owes_with_its_one_act() -> None:
    made_world = world()
    seen = {}
    for name, unit in {"here": made_world.here, "foreign": made_world.foreign}.items():
        by = factories.actor("secretary", unit)
        with access.acting(by):
            seen[name] = {(one.text, one.act) for one in tasks.tasks(by)}

    title = made_world.campaign.title
    assert ("Chương trình hành động: " + title, "Nhập nhanh") in seen["here"]
    assert seen["foreign"] == set()
