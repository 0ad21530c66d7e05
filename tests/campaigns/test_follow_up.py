"""Following a document up: what is written, what figures stand beside targets, who sees which unit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.campaigns.baselines import BaselineLine, Result
from quantriet.campaigns.commands import follow_up
from quantriet.campaigns.commands.follow_up import Declared, Paper, Wish
from quantriet.campaigns.models import Baseline, Direction, Review, Target
from quantriet.campaigns.queries import follow_up as queries
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.documents.models import Clause, Document
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import AuditEvent, Unit
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

pytestmark = pytest.mark.django_db

SHARE = Wish("Học tập đầy đủ", Decimal(98), date(2026, 12, 31), indicator="present")
PAPER = Paper("plan", "12-KH/ĐU", date(2026, 2, 1), "Kế hoạch thực hiện")
LINE = BaselineLine(2, 0, "present", 2020, 2025, Result(low=Decimal(95), high=Decimal(97)), "Báo cáo 9-BC/TU")


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province)


@pytest.fixture
def document(province: Unit) -> Document:
    return made.document(province)


def acts() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="follow_up")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_each_write_again_is_one_row_and_corrects_it(document: Document, commune: Unit) -> None:
    with access.acting(operator()) as by:
        for about in ("Kế hoạch", "Kế hoạch thực hiện"):
            follow_up.direct(document, commune, replace(PAPER, about=about), by=by)
        for wanted in (Decimal(97), Decimal(98)):
            follow_up.set_target(document, commune, replace(SHARE, wanted=wanted), by=by)
        for _time in range(2):
            review = follow_up.plan_review(document, commune, kind="interim", due_on=date(2026, 6, 30), by=by)
            follow_up.hold_review(review, on=date(2026, 7, 2), decision="30-BC/ĐU", by=by)

    assert [row.about for row in Direction.objects.all()] == ["Kế hoạch thực hiện"]
    assert [row.wanted for row in Target.objects.all()] == [Decimal(98)]
    assert [(row.held_on, row.decision) for row in Review.objects.all()] == [(date(2026, 7, 2), "30-BC/ĐU")]
    assert acts().count("follow_up.plan_review") == acts().count("follow_up.hold_review") == 1


def test_a_target_is_dropped_once(document: Document, commune: Unit) -> None:
    with access.acting(operator()) as by:
        target = follow_up.set_target(document, commune, SHARE, by=by)
        follow_up.drop_target(target, by=by)
        follow_up.drop_target(target, by=by)

    assert Target.objects.count() == 0
    assert acts() == ["follow_up.target", "follow_up.drop_target"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(SHARE, indicator="la"), "follow_up.indicator"),
        (replace(SHARE, measured_in="người"), "follow_up.measured"),
        (replace(SHARE, indicator=""), "follow_up.measured"),
        (replace(SHARE, wanted=Decimal(101)), "follow_up.measured"),
        (replace(SHARE, due_on=date(2026, 1, 1)), "follow_up.too_early"),
    ],
)
def test_a_target_that_cannot_be_is_refused(document: Document, commune: Unit, wish: Wish, code: str) -> None:
    with access.acting(operator()) as by, pytest.raises(DomainError) as refusal:
        follow_up.set_target(document, commune, wish, by=by)

    assert refusal.value.code == code
    assert Target.objects.count() == 0


def test_the_clause_of_another_document_sets_no_target(document: Document, commune: Unit) -> None:
    other = made.document(commune)
    with access.acting(operator()) as by:
        foreign, own = (
            Clause.objects.create(document=one, position=1, kind="item", path="1", text="x", folded="x")
            for one in (other, document)
        )
        with pytest.raises(DomainError) as refusal:
            follow_up.set_target(document, commune, replace(SHARE, clause_id=foreign.pk), by=by)
        kept = follow_up.set_target(document, commune, replace(SHARE, clause_id=own.pk), by=by)

    assert refusal.value.code == "follow_up.foreign_clause"
    assert kept.clause_id == own.pk


def test_who_may_not_manage_sets_nothing_but_records_his_own_papers(
    document: Document, commune: Unit
) -> None:
    by = factories.actor("clerk", commune)
    with access.acting(by):
        follow_up.direct(document, commune, PAPER, by=by)
        with pytest.raises(ForbiddenError):
            follow_up.set_target(document, commune, SHARE, by=by)
        with pytest.raises(ForbiddenError):
            follow_up.plan_review(document, commune, kind="final", due_on=date(2026, 6, 30), by=by)
        with pytest.raises(ForbiddenError):
            follow_up.declare_baselines(document, [replace(LINE, unit_id=commune.pk)], by=by)

    assert (Direction.objects.count(), Target.objects.count(), Baseline.objects.count()) == (1, 0, 0)


def test_baselines_are_declared_all_or_none_and_corrected(document: Document, commune: Unit) -> None:
    line = replace(LINE, unit_id=commune.pk)
    better = replace(line, result=Result(part=95, whole=100))
    with access.acting(operator()) as by:
        done = [follow_up.declare_baselines(document, [one], by=by) for one in (line, line, better)]

    assert done == [Declared(1, 0, 0), Declared(0, 0, 1), Declared(0, 1, 0)]
    [row] = Baseline.objects.all()
    assert (row.low, row.high, row.part, row.whole) == (None, None, 95, 100)


def test_the_database_takes_no_baseline_that_is_neither_share_nor_counts(
    document: Document, commune: Unit
) -> None:
    row = Baseline(
        document=document,
        unit=commune,
        indicator="present",
        from_year=2020,
        to_year=2020,
        source="x",
        actor="x",
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_targets_stand_beside_the_figures_of_campaigns_and_baselines_never_enter_them(
    document: Document, commune: Unit
) -> None:
    people = [factories.person(commune, f"Người {number}") for number in range(4)]
    campaign = made.started(commune, [document])
    made.study(campaign, people[:3], [document], key="buổi 1")
    with access.acting(operator()) as by:
        follow_up.set_target(document, commune, replace(SHARE, wanted=Decimal(75)), by=by)
        follow_up.set_target(document, commune, replace(SHARE, title="Cao hơn", wanted=Decimal(76)), by=by)
        follow_up.declare_baselines(document, [replace(LINE, unit_id=commune.pk)], by=by)
        rows = queries.targets(document, commune, by)
        assert campaign.book_id is not None
        counted = figures.read(campaign.book_id, on=date.today()).below(commune.pk)  # noqa: DTZ011 - the tree of now

    assert [(row.target.title, row.is_met) for row in rows] == [("Học tập đầy đủ", True), ("Cao hơn", False)]
    assert [(share.part, share.whole) for share in rows[0].shares] == [(3, 4)]
    assert [baseline.high for baseline in rows[0].baselines] == [Decimal(97)]
    assert counted[Measure.PRESENT].total == 3


# --- the page -----------------------------------------------------------------------------------------------


def client_of(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def page_of(document: Document, name: str = "document-follow-up") -> str:
    return reverse(name, args=(document.pk,))


def test_the_page_takes_every_act_and_shows_what_was_written(document: Document, commune: Unit) -> None:
    client = client_of("officer", commune)
    page = page_of(document)
    told = [
        {"act": "direct", "p-kind": "plan", "p-number": "12-KH/ĐU", "p-issued_on": "01/02/2026"},
        {"act": "target", "t-title": "Mô hình hay", "t-wanted": "1.250", "t-measured_in": "mô hình",
         "t-due_on": "31/12/2026"},
        {"act": "review", "r-kind": "final", "r-due_on": "30/06/2026"},
    ]  # fmt: skip
    answers = [client.post(page, one).status_code for one in told]
    review, target = Review.objects.get(), Target.objects.get()
    held = client.post(
        page, {"act": "held", "row": review.pk, "h-held_on": "01/07/2026", "h-decision": "5-BC"}
    )
    shown = client.get(page).content.decode()
    dropped = client.post(page, {"act": "drop", "row": target.pk})

    assert [*answers, held.status_code, dropped.status_code] == [302] * 5
    for words in ("12-KH/ĐU", "Mô hình hay", "1.250 mô hình", "Tổng kết", "01/07/2026", "5-BC"):
        assert words in shown
    assert Target.objects.count() == 0


def test_what_cannot_be_is_said_on_the_page(document: Document, commune: Unit) -> None:
    client = client_of("officer", commune)
    answer = client.post(
        page_of(document), {"act": "target", "t-title": "x", "t-wanted": "98", "t-due_on": "31/12/2026"}
    )

    assert answer.status_code == 422
    assert "Hãy chọn một cách đo" in answer.content.decode()


def test_a_figure_leads_to_its_rows(document: Document, commune: Unit) -> None:
    factories.person(commune, "An")
    campaign = made.started(commune, [document])
    with access.acting(operator()) as by:
        follow_up.set_target(document, commune, SHARE, by=by)
    client = client_of("officer", commune)

    shown = client.get(page_of(document)).content.decode()
    href = f"/dot/{campaign.pk}/so-lieu/present/?don_vi={commune.pk}"

    assert f'href="{href}"' in shown
    assert client.get(href).status_code == 200


def test_what_a_neighbour_directs_and_wants_is_not_shown(
    province: Unit, commune: Unit, document: Document
) -> None:
    beside = factories.commune(province, "Đảng bộ xã Bên Cạnh")
    with access.acting(operator()) as by:
        follow_up.direct(document, beside, replace(PAPER, number="99-KH/KÍN"), by=by)
        follow_up.set_target(document, beside, replace(SHARE, title="Mục tiêu kín"), by=by)
        follow_up.set_target(document, province, replace(SHARE, title="Mục tiêu của tỉnh"), by=by)
        hidden = Target.objects.get(title="Mục tiêu kín")
    client = client_of("officer", commune)

    shown = client.get(page_of(document)).content.decode()
    asked = client.get(f"{page_of(document)}?don_vi={beside.pk}").status_code
    dropped = client.post(page_of(document), {"act": "drop", "row": hidden.pk}).status_code
    above = client_of("officer", province).get(f"{page_of(document)}?don_vi={beside.pk}").content.decode()

    assert ("99-KH/KÍN" in shown, "Mục tiêu kín" in shown, "Mục tiêu của tỉnh" in shown) == (
        False,
        False,
        True,
    )
    assert (asked, dropped, Target.objects.count()) == (404, 404, 2)
    assert ("99-KH/KÍN" in above, "Mục tiêu kín" in above) == (True, True)


def test_queries_do_not_grow_with_units_papers_and_targets(document: Document, province: Unit) -> None:
    client = client_of("officer", province)
    counts = []
    for size in (1, 3):
        for number in range(size):
            cell = factories.commune(province, f"Đảng bộ xã {size} {number}")
            with access.acting(operator()) as by:
                follow_up.direct(document, cell, PAPER, by=by)
                follow_up.set_target(document, province, replace(SHARE, title=f"{size} {number}"), by=by)
                follow_up.plan_review(
                    document, province, kind="final", due_on=date(2026, 3, size * 3 + number), by=by
                )
        client.get(page_of(document))
        with CaptureQueriesContext(connection) as captured:
            client.get(page_of(document))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_document_leads_to_its_follow_up_for_who_reads_campaigns(
    document: Document, commune: Unit
) -> None:
    page = reverse("document", args=(document.pk,))

    seen = [
        page_of(document) in client_of(role, commune).get(page).content.decode()
        for role in ("clerk", "lecturer")
    ]

    assert seen == [True, False]


def test_earlier_figures_come_in_by_a_sheet_after_a_look(document: Document, commune: Unit) -> None:
    client = client_of("officer", commune)
    page = page_of(document, "document-baselines")
    header = "Mã đơn vị,Chỉ tiêu,Giai đoạn,Kết quả,Nguồn\n"

    def drop(line: str) -> object:
        file = SimpleUploadedFile("a.csv", (header + line).encode(), content_type="text/csv")
        return client.post(page, {"sheet": file})

    wrong = drop(f'{commune.code},Đã học,2020-2025,"1.356/1.468, đạt 97,8 %",BC\n')
    looked = drop(f"{commune.code},Đã học,2020-2025,95 % đến 97 %,BC 9\n")
    before = Baseline.objects.count()
    ticket = looked.context["ticket"]  # type: ignore[attr-defined]
    done = [client.post(page, {"ticket": ticket, "act": "do"}).status_code for _time in range(2)]
    shown = client.get(page_of(document)).content.decode()
    template = read_xlsx(client.get(page_of(document, "document-baselines-sheet")).content)

    assert (wrong.status_code, looked.status_code, before, done) == (422, 200, 0, [302, 302])  # type: ignore[attr-defined]
    assert "92,4 %" in wrong.content.decode()  # type: ignore[attr-defined]
    assert Baseline.objects.count() == 1
    assert "95 % đến 97 %" in shown
    assert "tự khai" in shown
    assert template.rows[0].text(0) == "Mã đơn vị"
