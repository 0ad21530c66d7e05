"""The folder: one word to listeners for sites and figures together, none when nothing changed."""

import argparse

import psycopg
import pytest

from quantriet.conferences.commands import sites
from quantriet.ledger.commands import CHANNEL
from quantriet.org import access
from quantriet.web import live
from quantriet.web.cli import fold
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator


def fold_once() -> None:
    fold.COMMANDS["fold"].run(argparse.Namespace(once=True))


@pytest.mark.django_db(transaction=True)
def test_sites_and_figures_are_told_together_and_nothing_is_told_of_nothing() -> None:
    province = factories.province()
    an = factories.person(factories.cell(factories.commune(province)))
    hub = made.hub(made.called(province, campaigns_made.started(province)))
    by = operator()
    fold_once()

    with psycopg.connect(live._address(), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        with access.acting(by):
            sites.report(hub, state="ready", by=by)
        fold_once()  # no figure changed, the site did
        made.mark(hub, [an])
        fold_once()  # both changed
        fold_once()  # nothing did
        ear.execute("SELECT pg_notify(%s, 'the end')", [CHANNEL])
        told: list[str] = []
        for notice in ear.notifies(timeout=60):
            told.append(notice.payload)
            if notice.payload == "the end":
                break

    assert (len(told), told[0].isdecimal(), told[1].isdecimal(), told[-1]) == (3, True, True, "the end")
