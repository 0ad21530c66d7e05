"""Write, add, split, merge, remove: order and addresses stay whole, a retry does nothing twice."""

import pytest

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from quantriet.documents.commands import clauses
from quantriet.documents.commands.clauses import ClauseText, fingerprint
from quantriet.documents.models import Clause, Document
from quantriet.org import access
from tests import factories
from tests.documents.conftest import Place


def rows(document: Document) -> list[tuple[int, str, str]]:
    return list(
        Clause.objects.filter(document=document).order_by("position").values_list("position", "path", "text")
    )


def clause(document: Document, path: str) -> Clause:
    return Clause.objects.select_related("document").get(document=document, path=path)


def test_write_changes_words_and_search(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.2")
        said = ClauseText("I.2", "2", "Hạn chế, tồn tại", "Thiếu máy.")
        clauses.write(shown, said, seen=fingerprint(shown), by=place.officer)
        kept = clauses.write(shown, said, seen=fingerprint(shown), by=place.officer)

        assert (kept.heading, kept.text, kept.folded) == (
            "Hạn chế, tồn tại",
            "Thiếu máy.",
            "han che, ton tai thieu may.",
        )
        draft.refresh_from_db()
        assert draft.version == 2


def test_second_writer_is_told_with_both_texts(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.2")
        seen = fingerprint(shown)
        clauses.write(shown, ClauseText("I.2", "2", "", "Bản một."), seen=seen, by=place.officer)
        with pytest.raises(ConflictError) as refused:
            clauses.write(shown, ClauseText("I.2", "2", "", "Bản hai."), seen=seen, by=place.officer)

    assert (refused.value.context["yours"], refused.value.context["theirs"]) == ("Bản hai.", "Bản một.")


def test_split_then_retry_is_told_and_nothing_is_cut_twice(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.1")
        seen = fingerprint(shown)
        clauses.split(shown, at=len("Câu thứ nhất."), seen=seen, by=place.officer)
        with pytest.raises(ConflictError):
            clauses.split(shown, at=len("Câu thứ nhất."), seen=seen, by=place.officer)

        assert rows(draft) == [
            (1, "I", ""), (2, "I.1", "Câu thứ nhất."), (3, "I.1-2", "Câu thứ hai."), (4, "I.2", "Còn thiếu cán bộ."),
        ]  # fmt: skip


def test_merge_joins_to_the_clause_above_and_keeps_every_word(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.2")
        clauses.merge(shown, seen=fingerprint(shown), by=place.officer)
        with pytest.raises(NotFoundError):
            clauses.merge(shown, seen=fingerprint(shown), by=place.officer)

        assert rows(draft) == [
            (1, "I", ""), (2, "I.1", "Câu thứ nhất. Câu thứ hai.\n2. Hạn chế\nCòn thiếu cán bộ."),
        ]  # fmt: skip


def test_first_clause_has_nothing_above(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        first = clause(draft, "I")
        with pytest.raises(DomainError) as refused:
            clauses.merge(first, seen=fingerprint(first), by=place.officer)

    assert refused.value.code == "clause.first"


def test_add_and_remove_keep_the_order(place: Place, draft: Document) -> None:
    said = ClauseText("I.1.a", "a", "", "Điểm mới.")
    with access.acting(place.officer):
        after = clause(draft, "I.1")
        made = clauses.add(draft, said, kind="letter", after=after, by=place.officer)
        again = clauses.add(draft, said, kind="letter", after=after, by=place.officer)
        assert made.pk == again.pk
        assert [row[:2] for row in rows(draft)] == [(1, "I"), (2, "I.1"), (3, "I.1.a"), (4, "I.2")]
        shown = clause(draft, "I.1.a")
        clauses.remove(shown, seen=fingerprint(shown), by=place.officer)
        clauses.remove(shown, seen=fingerprint(shown), by=place.officer)
        assert [row[:2] for row in rows(draft)] == [(1, "I"), (2, "I.1"), (3, "I.2")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (ClauseText("I.1", "2", "", "x"), "clause.path_taken"),
        (ClauseText("", "2", "", "x"), "clause.empty"),
        (ClauseText("I.2", "2", " ", "\n"), "clause.empty"),
    ],
)
def test_faults_are_refused(place: Place, draft: Document, said: ClauseText, code: str) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.2")
        with pytest.raises(DomainError) as refused:
            clauses.write(shown, said, seen=fingerprint(shown), by=place.officer)

        assert refused.value.code == code


def test_split_at_the_edge_is_refused(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        shown = clause(draft, "I.1")
        with pytest.raises(DomainError) as refused:
            clauses.split(shown, at=10_000, seen=fingerprint(shown), by=place.officer)

    assert refused.value.code == "clause.split_place"


def test_only_managers_of_the_owner_change_clauses(place: Place, published: Document) -> None:
    below = factories.actor("officer", place.commune)
    with access.acting(below):
        shown = clause(published, "I.1")
        for act in (
            lambda: clauses.merge(shown, seen=fingerprint(shown), by=below),
            lambda: clauses.remove(shown, seen=fingerprint(shown), by=below),
            lambda: clauses.split(shown, at=5, seen=fingerprint(shown), by=below),
            lambda: clauses.write(shown, ClauseText("I.9", "9", "", "x"), seen=fingerprint(shown), by=below),
            lambda: clauses.add(
                published, ClauseText("I.9", "9", "", "x"), kind="point", after=None, by=below
            ),
        ):
            with pytest.raises(ForbiddenError):
                act()
