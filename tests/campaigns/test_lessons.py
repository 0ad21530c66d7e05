"""What a campaign taught and left to put right: written at its end, shown at the next start, settled once."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.models import Lesson
from quantriet.org import access
from quantriet.org.models import AuditEvent, Unit
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)


def closed(unit: Unit, lessons: list[tuple[str, bool, date | None]]) -> int:
    campaign = made.started(unit, [made.document(unit)])
    with access.acting(operator()):
        return campaigns.close(campaign, lessons=lessons, by=operator()).pk


def beside(client: Client, unit: Unit | None = None) -> str:
    return client.get("/dot/moi/", {"unit": unit.pk} if unit else {}).content.decode()


def send(made_world: World, **fields: object) -> tuple[int, str]:
    path = f"/dot/{made_world.campaign.pk}/ket-thuc/"
    answer = made_world.client("officer", made_world.top).post(path, fields)
    return answer.status_code, answer.content.decode()


def test_a_campaign_ends_once_with_its_lessons_and_the_days_of_its_remedies() -> None:
    made_world = world()
    given = {"lessons": "Một\n\nHai", "remedy": ["Ba", "Bốn", ""], "remedy_due": ["30/06/2026", "", ""]}

    codes = [send(made_world, **given)[0] for _ in range(2)]

    made_world.campaign.refresh_from_db()
    assert (codes, made_world.campaign.state) == ([302, 302], "closed")
    assert list(made_world.campaign.lessons.values_list("text", "is_remedy", "due_on")) == [
        ("Một", False, None),
        ("Hai", False, None),
        ("Ba", True, DUE),
        ("Bốn", True, None),
    ]


@pytest.mark.parametrize(
    ("remedy", "due", "sentence"),
    [("Ba", "32/13/2026", "Không đọc được hạn"), ("", "30/06/2026", "chưa ghi việc")],
)
def test_a_fault_of_a_remedy_ends_nothing_and_keeps_what_was_typed(
    remedy: str, due: str, sentence: str
) -> None:
    made_world = world()

    code, body = send(made_world, lessons="Một", remedy=[remedy], remedy_due=[due])

    made_world.campaign.refresh_from_db()
    assert (code, sentence in body, f'value="{due}"' in body) == (422, True, True)
    assert (made_world.campaign.state, Lesson.objects.count()) == ("active", 0)


def test_more_lines_are_given_without_ending_anything() -> None:
    made_world = world()

    code, body = send(made_world, act="more", remedy=["a", "b", "c"], remedy_due=["", "", ""])

    made_world.campaign.refresh_from_db()
    assert (code, body.count('name="remedy"'), made_world.campaign.state) == (200, 6, "active")


def test_the_lessons_beside_the_questions_are_those_of_the_chosen_unit() -> None:
    top = factories.province()
    commune = factories.commune(top)
    closed(top, [("Bài học của tỉnh", False, None)])
    closed(commune, [("Việc của xã", True, DUE)])
    client = factories.signed_in(factories.account("officer", top))

    bodies = [beside(client), beside(client, commune), beside(client, factories.province("Tỉnh khác"))]

    assert [("Bài học của tỉnh" in body, "Việc của xã" in body) for body in bodies] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_a_remedy_is_settled_once_and_is_shown_no_more() -> None:
    top = factories.province()
    pk = closed(top, [("Bài học", False, None), ("Việc dở", True, DUE)])
    remedy = Lesson.objects.get(is_remedy=True)
    client = factories.signed_in(factories.account("officer", top))
    today = timezone.localdate()
    days = [today - timedelta(days=1), today]

    before = beside(client)
    codes = [
        client.post(f"/dot/{pk}/bai-hoc/", {"lesson": remedy.pk, "settled_on": f"{day:%d/%m/%Y}"}).status_code
        for day in days
    ]

    remedy.refresh_from_db()
    after = beside(client)
    assert (codes, remedy.settled_on) == ([302, 302], days[0])
    assert AuditEvent.objects.filter(action="lesson.settle").count() == 1
    assert (("Việc dở" in before, "Bài học" in before), ("Việc dở" in after)) == ((True, True), False)
    assert "Đã khắc phục" in client.get(f"/dot/{pk}/bai-hoc/").content.decode()


@pytest.mark.parametrize(
    ("of", "day", "sentence"),
    [
        ("Việc dở", "01/01/2999", "ở sau hôm nay"),
        ("Việc dở", "01/01/2020", "trước khi đợt bắt đầu"),
        ("Việc dở", "mai", "Chưa đọc được ngày"),
        ("Điều hay", "01/03/2026", "không phải việc cần khắc phục"),
    ],
)
def test_what_cannot_be_settled_is_told(of: str, day: str, sentence: str) -> None:
    top = factories.province()
    pk = closed(top, [("Điều hay", False, None), ("Việc dở", True, DUE)])
    client = factories.signed_in(factories.account("officer", top))

    answer = client.post(f"/dot/{pk}/bai-hoc/", {"lesson": Lesson.objects.get(text=of).pk, "settled_on": day})

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert Lesson.objects.filter(settled_on__isnull=False).count() == 0


def test_only_who_manages_settles_and_only_what_is_of_the_campaign() -> None:
    top = factories.province()
    commune = factories.commune(top)
    pk = closed(top, [("Việc dở", True, DUE)])
    other = closed(commune, [("Việc của xã", True, DUE)])
    given = {"lesson": Lesson.objects.get(campaign=pk).pk, "settled_on": "01/03/2026"}
    here = factories.signed_in(factories.account("officer", top))

    codes = [
        factories.signed_in(factories.account("secretary", top))
        .post(f"/dot/{pk}/bai-hoc/", given)
        .status_code,
        factories.signed_in(factories.account("officer", commune))
        .post(f"/dot/{pk}/bai-hoc/", given)
        .status_code,
        here.post(f"/dot/{other}/bai-hoc/", given).status_code,
    ]

    assert (codes, Lesson.objects.filter(settled_on__isnull=False).count()) == ([403, 403, 404], 0)
