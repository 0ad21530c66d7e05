"""Giving a campaign down in the background: to its end, stopped half-way and taken up again."""

import pytest

from quantriet.campaigns import jobs as campaign_jobs
from quantriet.campaigns.models import Campaign, Obligation, RollLine
from quantriet.core import jobs
from quantriet.core.models import Work
from tests import factories
from tests.campaigns.worlds import world

pytestmark = pytest.mark.django_db(transaction=True)


def counted(campaign: Campaign) -> tuple[str, int, int]:
    """State, obligations and people summoned."""
    campaign.refresh_from_db()
    with factories.looking_everywhere():
        roll = RollLine.objects.filter(campaign=campaign).count()
    return campaign.state, Obligation.objects.filter(campaign=campaign).count(), roll


def test_a_campaign_is_given_down_once_however_often_the_button_is_pressed() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{made_world.campaign.pk}/giao-xuong/"

    targets = {client.post(path).headers["Location"] for _ in range(2)}
    jobs.work_off()
    after = counted(made_world.campaign)
    again = client.post(path).headers["Location"]
    jobs.work_off()

    work = Work.objects.get()
    assert targets == {f"/viec/{work.pk}/"}
    assert (work.state, work.done, work.result) == (
        "done",
        work.total,
        {"href": f"/dot/{made_world.campaign.pk}/"},
    )
    assert again == f"/dot/{made_world.campaign.pk}/"
    assert (after, counted(made_world.campaign)) == (("active", after[1], 4), after)


def test_stopped_half_way_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{made_world.campaign.pk}/giao-xuong/"
    client.post(path)
    work = Work.objects.get()
    seen: list[int] = []
    progress = jobs.Running.progress

    def stop_in_the_first(self: jobs.Running, done: int, total: int, message: str = "") -> None:
        seen.append(done)
        progress(self, done, total, message)
        if len(seen) == 2:
            jobs.cancel(self.id)

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Running, "progress", stop_in_the_first)
        jobs.work_off()
    work.refresh_from_db()
    half = counted(made_world.campaign)
    client.post(path)
    jobs.work_off()

    assert (work.state, half[0], 0 < half[2] < 4) == ("cancelled", "starting", True)
    assert counted(made_world.campaign) == ("active", half[1], 4)


def test_who_lost_the_role_gives_nothing_down() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    client.post(f"/dot/{made_world.campaign.pk}/giao-xuong/")
    made_world.accounts[f"officer@{made_world.top.pk}"].assignments.update(role="secretary")

    jobs.work_off()

    assert (Work.objects.get().state, counted(made_world.campaign)) == ("failed", ("draft", 0, 0))


def test_the_job_is_known_by_its_name() -> None:
    assert jobs.tasks()["campaigns.start_campaign"] == campaign_jobs.start_campaign
