"""Pages as people look at them: how long, how much processor in pages and database, how many queries."""

from dataclasses import dataclass

from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.org.models import Unit
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.province import Province
from quantriet.web.bench.serving import Client, Server, processor_seconds
from quantriet.web.demonstration.accounts import PASSWORD

PAGE_MS = 150.0
ROUNDS = 40
WARMED_BY = 6
NAME = "nguyen van an"


def addresses(place: Province, unit: Unit) -> dict[str, str]:
    """Every page that is measured, by its name, looked at from ``unit`` where a page has a place."""
    number, at = place.campaign.pk, f"?don_vi={unit.pk}"
    return {
        "board": f"{reverse('campaign', args=[number])}{at}",
        "drill-down (rows of a figure)": f"{reverse('campaign-figure', args=[number, 'present'])}{at}",
        "missing people": f"{reverse('campaign-missing', args=[number])}{at}",
        "missing units": f"{reverse('campaign-missing', args=[number])}{at}&loai=essays",
        "roll": f"{reverse('campaign-roll', args=[number])}{at}",
        "roll, search by name": f"{reverse('campaign-roll', args=[number])}{at}&q={NAME.replace(' ', '+')}",
        "duties of a unit": f"{reverse('campaign-unit', args=[number])}{at}",
        "conferences": reverse("conferences"),
        "today": reverse("today"),
        "reports to review": reverse("reports-review"),
        "reports of a campaign": f"{reverse('report-campaign', args=[number])}{at}",
        "a unit": reverse("unit", args=[unit.pk]),
        "people of a unit": reverse("unit-people", args=[unit.pk]),
        "people, search by name": f"{reverse('people')}?q={NAME.replace(' ', '+')}",
    }


@dataclass(frozen=True)
class Asked:
    """How many queries a page asks, at the province and at one commune: the same."""

    province: int
    commune: int

    @property
    def words(self) -> str:
        """As it stands beside a page's time."""
        return f"{self.province} queries, one commune {self.commune}"


def queries(place: Province) -> dict[str, Asked]:
    """The queries of each page, asked in this process."""
    client = InProcess(headers={"host": "localhost"})
    client.force_login(place.officer, backend="quantriet.org.sign_in.AccountBackend")
    small = addresses(place, place.ground.subordinates[0])
    return {
        name: Asked(_asked(client, address), _asked(client, small[name]))
        for name, address in addresses(place, place.top).items()
    }


def _asked(client: InProcess, address: str) -> int:
    client.get(address)  # the first look fills what a process keeps
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def pages(place: Province, site: Server, found: Results) -> None:
    """One person looks at one page after another; both processes have seen each page before."""
    asked = queries(place)
    client = Client(site.port)
    client.sign_in("officer", PASSWORD)
    for name, address in addresses(place, place.top).items():
        for _time in range(WARMED_BY):
            answer = client.get(address)
            if answer.status != 200:
                raise RuntimeError(f"{name} answered {answer.status}")
        pages_before, database_before = site.cpu_seconds(), _database_seconds()
        taken = [client.get(address).seconds * 1000 for _time in range(ROUNDS)]
        in_pages = (site.cpu_seconds() - pages_before) * 1000 / ROUNDS
        in_database = (_database_seconds() - database_before) * 1000 / ROUNDS
        found.add(
            f"{name}, p95",
            percentile(taken, 0.95),
            "ms",
            goal=PAGE_MS,
            beside=(
                f"median {percentile(taken, 0.5):.0f} ms; processor: pages {in_pages:.0f} ms, "
                f"database {in_database:.0f} ms; {asked[name].words}"
            ),
        )


def _database_seconds() -> float:
    """Processor time of the database's processes that serve this database, which is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return sum(processor_seconds(int(row[0])) for row in cursor.fetchall())
