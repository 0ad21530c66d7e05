"""Papers of a conference say all of it, or that there is more."""

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from quantriet.conferences import papers
from quantriet.conferences.pages import papers as paper_pages
from quantriet.core.office.documents_in import read_docx
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def clerk(town: Town) -> Client:
    return factories.signed_in(factories.account("clerk", town.commune))


def test_a_summons_says_how_many_sites_it_leaves_out(
    town: Town, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.site(town.conference, town.cell)
    made.site(town.conference, town.other_cell)
    address = reverse("conference-summons", args=[town.conference.pk, "docx"])
    whole = read_docx(clerk.get(address).content).text

    monkeypatch.setattr(papers, "SITES_AT_MOST", 2)
    cut = read_docx(clerk.get(address).content).text

    assert [text.count("Chi bộ") for text in (whole, cut)] == [2, 1]
    assert ["Và 1 điểm cầu khác" in text for text in (whole, cut)] == [False, True]


def test_cards_of_a_large_site_come_in_several_files_and_nobody_is_left_out(
    town: Town, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("site-cards", args=[town.site.pk])
    in_one = clerk.get(address)

    monkeypatch.setattr(paper_pages, "CARDS_A_FILE", 2)
    in_several = clerk.get(address)

    assert (in_one["Content-Type"], in_several["Content-Type"]) == ("application/pdf", "application/zip")
    with zipfile.ZipFile(io.BytesIO(in_several.content)) as packed:
        names = packed.namelist()
        assert [packed.read(name)[:5] for name in names] == [b"%PDF-"] * 2
    assert names == [f"the-diem-danh-{town.site.pk}-{number}.pdf" for number in (1, 2)]
