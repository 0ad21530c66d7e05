"""Questions from sites to the hub: what each may do, what each sees, one at a time, and into the minutes."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from quantriet.conferences.commands import conferences, questions
from quantriet.conferences.models import Conference, Question, Site, SiteChange
from quantriet.conferences.queries import questions as found
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.office.documents_in import read_docx
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_conferences as made
from tests.factories import operator
from tests.racing import PATIENCE_S, acted, held_before_writing, until_waiting

State = Question.State


class House:
    """A conference of a province with a site in each of two communes, and the clerks of all three."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.communes = [factories.commune(self.province, f"Đảng bộ xã {name}") for name in ("Một", "Hai")]
        self.conference: Conference = made.called(self.province)
        self.sites = [made.site(self.conference, commune) for commune in self.communes]
        self.hub_clerk = factories.account("secretary", self.province)
        self.clerks = [factories.account("secretary", commune) for commune in self.communes]

    def ask(self, at: int, text: str, *, key: str = "", speaker: str = "") -> Question:
        by = operator()
        with access.acting(by):
            return questions.ask(self.sites[at], text=text, speaker=speaker, key=key or text, by=by)


@pytest.fixture
def house(db: None) -> House:
    return House()


def acting_as(clerk: int | str, house: House) -> Actor:
    account = house.hub_clerk if clerk == "hub" else house.clerks[int(clerk)]
    by = access.actor(account)
    assert by is not None
    return by


def states(house: House) -> dict[str, str]:
    with factories.looking_everywhere():
        return dict(Question.objects.filter(conference=house.conference).values_list("text", "state"))


def test_a_question_sent_twice_is_one(house: House) -> None:
    first, again = (
        house.ask(0, "Khi nào có hướng dẫn?", key="k"),
        house.ask(0, "Khi nào có hướng dẫn?", key="k"),
    )

    with factories.looking_everywhere():
        assert (first.pk, Question.objects.count()) == (again.pk, 1)


def test_what_was_merged_shares_the_fate_of_the_one_it_was_merged_into(house: House) -> None:
    main, other = house.ask(0, "Bao giờ?"), house.ask(1, "Lúc nào?")
    by = acting_as("hub", house)
    with access.acting(by):
        merged = questions.merge(main, [other.pk], by=by)
        again = questions.merge(main, [other.pk], by=by)
        questions.answer(other, text="Trong tháng 12.", by=by)  # whichever of the two is answered
        table = found.table(house.conference)

    seen = []
    for clerk, site in zip(("0", "1"), house.sites, strict=True):
        reader = acting_as(clerk, house)
        with access.acting(reader):
            seen.append([(row.text, row.state, row.answer) for row in Question.objects.all()])
            assert [row.pk for row in found.of_site(site)] == [main.pk if clerk == "0" else other.pk]

    assert (merged, again, [row.pk for row in table.decided]) == (1, 0, [main.pk])
    assert seen == [
        [("Bao giờ?", State.ANSWERED, "Trong tháng 12.")],
        [("Lúc nào?", State.ANSWERED, "Trong tháng 12.")],
    ]


def test_the_speaking_list_keeps_its_order_and_one_speaks_at_a_time(house: House) -> None:
    first, second, third = (house.ask(at, text) for at, text in ((0, "A"), (1, "B"), (0, "C")))
    by = acting_as("hub", house)
    with access.acting(by):
        for question in (first, second, third, second):  # a second tap changes nothing
            questions.enlist(question, by=by)
        questions.bring_forward(third, by=by)
        questions.bring_forward(third, by=by)
        questions.bring_forward(third, by=by)  # it is the first already
        order = [row.text for row in questions.speakers(house.conference.pk)]
        questions.call(third, by=by)
        questions.call(first, by=by)
        after = [row.text for row in questions.speakers(house.conference.pk)]
        questions.finish(first, by=by)
        questions.finish(first, by=by)

    assert (order, after) == (["C", "A", "B"], ["B"])
    assert states(house) == {"A": State.DONE, "B": State.LISTED, "C": State.DONE}


def test_control_the_database_itself_lets_one_speak(house: House) -> None:
    first, second = house.ask(0, "A"), house.ask(1, "B")
    with factories.looking_everywhere():
        Question.objects.filter(pk=first.pk).update(state=State.CALLED)
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(pk=second.pk).update(state=State.CALLED)


def test_what_is_set_aside_says_why_and_may_be_taken_up_again(house: House) -> None:
    question = house.ask(0, "Ngoài nội dung")
    by = acting_as("hub", house)
    with access.acting(by):
        with pytest.raises(DomainError) as refused:
            questions.set_aside(question, reason=" ", by=by)
        questions.set_aside(question, reason="Không thuộc nội dung hội nghị", by=by)
        aside = found.of_site(house.sites[0]).get()
        reopened = questions.reopen(question, by=by)

    assert refused.value.code == "question.reason"
    assert (aside.state, aside.reason) == (State.SET_ASIDE, "Không thuộc nội dung hội nghị")
    assert (reopened.state, reopened.reason) == (State.WAITING, "")


def test_a_decision_of_another_moderator_is_not_overwritten(house: House) -> None:
    question = house.ask(0, "A")
    by = acting_as("hub", house)
    with access.acting(by):
        questions.answer(question, text="Rồi.", by=by)
        with pytest.raises(ConflictError) as refused:
            questions.call(question, by=by)

    assert (refused.value.code, states(house)) == ("question.decided", {"A": State.ANSWERED})


def test_sites_ask_for_themselves_and_only_the_hub_decides(house: House) -> None:
    own = house.ask(0, "A")
    clerk = acting_as("0", house)
    with access.acting(clerk):
        with pytest.raises(ForbiddenError):
            questions.ask(house.sites[1], text="B", key="b", by=clerk)
        with pytest.raises(ForbiddenError):
            questions.call(Question.objects.select_related("conference").get(pk=own.pk), by=clerk)

    assert states(house) == {"A": State.WAITING}


def test_nothing_is_asked_when_it_is_over_or_too_much_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_WAITING", 1)
    house.ask(0, "A")
    by = operator()
    with access.acting(by):
        with pytest.raises(DomainError) as too_many:
            questions.ask(house.sites[0], text="B", key="b", by=by)
        conferences.cancel(house.conference, reason="Hoãn", by=by)
        over_site = Site.objects.select_related("conference").get(pk=house.sites[1].pk)
        with pytest.raises(DomainError) as over:
            questions.ask(over_site, text="C", key="c", by=by)

    assert (too_many.value.code, over.value.code) == ("question.too_many", "conference.over")


def test_every_step_is_news_of_the_site(house: House) -> None:
    question = house.ask(0, "A")
    by = acting_as("hub", house)
    SiteChange.objects.all().delete()

    with access.acting(by):
        questions.answer(question, text="Rồi.", by=by)

    assert set(SiteChange.objects.values_list("site_id", flat=True)) == {house.sites[0].pk}


@pytest.mark.parametrize(
    ("turns", "places"), [("in turn", [1, 2]), ("control: no turns", [1, 1])], ids=["turns", "control"]
)
def test_two_who_fill_the_list_at_the_same_moment_give_two_places(
    transactional_db: None,
    embedded_postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
    turns: str,
    places: list[int],
) -> None:
    house = House()
    asked = [house.ask(0, "A"), house.ask(1, "B")]
    if turns.startswith("control"):
        monkeypatch.setattr(questions, "_turn", lambda question, _by: Question.objects.get(pk=question.pk))

    with (
        ThreadPoolExecutor(2) as pool,
        held_before_writing(embedded_postgres, "conferences_question") as let_go,
    ):
        both = [pool.submit(acted, partial(questions.enlist, one, by=operator())) for one in asked]
        until_waiting(2, *both)
        let_go()
        for one in both:
            one.result(timeout=PATIENCE_S)

    with factories.looking_everywhere():
        assert list(Question.objects.order_by("place").values_list("place", flat=True)) == places


# --- pages ----------------------------------------------------------------------------------------------------


def test_asked_at_a_site_answered_at_the_hub_and_in_the_minutes(house: House, client: Client) -> None:
    at_site = reverse("site-questions", args=[house.sites[0].pk])
    at_hub = reverse("conference-questions", args=[house.conference.pk])
    client.force_login(house.clerks[0])
    asked = client.post(at_site, {"text": "Bao giờ có hướng dẫn?", "speaker": "Đồng chí Năm", "key": "k"})
    empty = client.post(at_site, {"text": " ", "key": "l"})
    with factories.looking_everywhere():
        pk = Question.objects.get().pk

    client.force_login(house.hub_clerk)
    waiting = client.get(at_hub).content.decode()
    opened = client.get(f"{at_hub}?cau={pk}").content.decode()
    taps = [client.post(at_hub, {"act": f"{verb}-{pk}"}).status_code for verb in ("enlist", "call", "finish")]
    hub = made.hub(house.conference)
    paper = str(read_docx(client.get(reverse("site-minutes-paper", args=[hub.pk])).content))
    client.force_login(house.clerks[0])
    back = client.get(at_site).content.decode()

    assert (asked.status_code, empty.status_code, taps) == (302, 422, [302, 302, 302])
    assert "Đồng chí Năm xin phát biểu" in waiting
    assert f'value="answer-{pk}"' in opened
    assert "Đảng bộ xã Một (Đồng chí Năm): Bao giờ có hướng dẫn? Đã phát biểu tại hội nghị." in paper
    assert "Đã phát biểu" in back


def test_the_table_is_the_hubs_and_a_question_its_conferences(house: House, client: Client) -> None:
    at_hub = reverse("conference-questions", args=[house.conference.pk])
    question = house.ask(0, "A")
    elsewhere = made.called(house.province)
    client.force_login(house.clerks[0])
    stranger = client.get(at_hub).status_code
    client.force_login(house.hub_clerk)

    wrong = [
        client.post(
            reverse("conference-questions", args=[elsewhere.pk]), {"act": f"call-{question.pk}"}
        ).status_code,
        client.post(at_hub, {"act": f"burn-{question.pk}"}).status_code,
        client.post(at_hub, {"act": "call-x"}).status_code,
        client.post(at_hub, {}).status_code,
    ]

    assert (stranger, wrong, states(house)) == (404, [404] * 4, {"A": State.WAITING})


def test_both_pages_answer_nothing_while_nothing_is_new(house: House, client: Client) -> None:
    house.ask(0, "A")
    client.force_login(house.hub_clerk)
    for address in (
        reverse("conference-questions", args=[house.conference.pk]),
        reverse("site-questions", args=[house.sites[0].pk]),
    ):
        page = client.get(address).content.decode()
        news = page.split('id="questions"')[1].split('hx-get="')[1].split('"')[0]
        quiet = client.get(news)
        house.ask(0, f"Thêm {address}")
        fresh = client.get(news)
        assert (quiet.status_code, fresh.status_code, "Thêm" in fresh.content.decode()) == (204, 200, True)
        assert "<html" not in fresh.content.decode()
