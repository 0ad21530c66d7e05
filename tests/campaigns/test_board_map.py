"""The map of a board: each commune in its place with its figure, and the rest of the units beside it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quantriet.org import access, outlines
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator

pytestmark = pytest.mark.django_db

PLACE = re.compile(
    r'<a href="([^"]+)" id="map-units-(\d+)"><title>([^<]+)</title><path class="([\w-]+)" d="([^"]+)"'
)
BINH_DUC, MY_THOI, LONG_XUYEN = "30292", "30301", "30307"


def placed(unit: Unit, code: str) -> None:
    """Give the unit its administrative code."""
    with access.acting(operator()):
        Unit.objects.filter(pk=unit.pk).update(admin_code=code)


def body(made_world: World, query: str = "", *, at: Unit | None = None) -> str:
    answer = made_world.client("officer", at or made_world.top).get(f"/dot/{made_world.campaign.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_commune_stands_in_its_place_with_its_figure_and_its_colour() -> None:
    made_world = world()
    placed(made_world.here, BINH_DUC)
    placed(made_world.beside, MY_THOI)
    made.study(made_world.campaign, made_world.people, [made_world.document], key="s")

    shown = body(made_world)

    paths = outlines.sheets()["91"].paths
    found = {int(pk): (words, step, path) for _href, pk, words, step, path in PLACE.findall(shown)}
    assert found == {
        made_world.here.pk: ("Xã Gần: 100\u00a0% (2/2)", "step-5", paths[BINH_DUC]),
        made_world.beside.pk: ("Xã Bên: chưa báo cáo", "step-none", paths[MY_THOI]),
    }
    assert shown.count('<path class="blank"') == len(paths) - 2
    assert all(f"don_vi={pk}" in href for href, pk, *_rest in PLACE.findall(shown))


def test_units_without_a_place_stand_beside_the_map() -> None:
    made_world = world()
    placed(made_world.here, BINH_DUC)
    placed(made_world.beside, MY_THOI)
    factories.commune(made_world.top, "Đảng bộ Công an tỉnh")
    same_place = factories.commune(made_world.top, "Đảng bộ xã Trùng Mã")
    placed(same_place, BINH_DUC)

    shown = body(made_world)

    beside = re.findall(r'<ul class="chart-key beside-map">.*?</ul>', shown, re.DOTALL)
    names = re.findall(r">([^<>:]+): ", beside[0])
    assert names == ["Công an tỉnh", "Xã Trùng Mã"]
    assert len(PLACE.findall(shown)) == 2


def test_fewer_than_two_places_are_no_map() -> None:
    made_world = world()
    placed(made_world.here, BINH_DUC)

    assert 'id="map-units"' not in body(made_world)
    assert 'id="map-units"' not in body(made_world, f"?don_vi={made_world.here.pk}")


def test_the_map_asks_no_more_of_the_database_for_more_communes() -> None:
    made_world = world()
    client = made_world.client("officer", made_world.top)
    path = f"/dot/{made_world.campaign.pk}/"

    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        return len(seen)

    without = asked()
    placed(made_world.here, BINH_DUC)
    placed(made_world.beside, MY_THOI)
    with_two = asked()
    placed(factories.commune(made_world.top, "Đảng bộ phường Long Xuyên"), LONG_XUYEN)

    assert (with_two, asked()) == (without, without)
