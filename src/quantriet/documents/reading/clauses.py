"""Splitting the text of a paper into its numbered clauses.

A number opens a clause only where it is due: first of its level, or the next after its elder sibling. So a
line that happens to begin with "15." stays text. Paths are what people cite: ``II.3.a``, ``Đ7.2.a`` (articles
run through chapters), ``P1.II``, ``PL1`` for annexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from quantriet.documents.choices import ClauseKind
from quantriet.documents.reading import marks
from quantriet.documents.reading.marks import Opening

RANK = {
    ClauseKind.PART: 0,
    ClauseKind.CHAPTER: 1,
    ClauseKind.SECTION: 2,
    ClauseKind.ROMAN: 3,
    ClauseKind.ARTICLE: 4,
    ClauseKind.POINT: 5,
    ClauseKind.LETTER: 9,
}
LONG = 2500  # letters of an unnumbered run that is split into its paragraphs
HEADING = 220  # letters of the longest heading
GAP = 2  # numbers that may be missing between two siblings (a letter đ, a slip of the writer)


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause as read; the fields are those of ``models.Clause``."""

    kind: str
    path: str
    depth: int
    label: str
    heading: str
    text: str


@dataclass(slots=True)
class _Open:
    """A clause being read."""

    kind: ClauseKind
    rank: int
    step: str
    number: int
    label: str
    heading: str = ""
    lines: list[str] = field(default_factory=list)
    path: str = ""
    depth: int = 1


class _Splitter:
    """Goes through the paragraphs with the stack of open clauses."""

    def __init__(self) -> None:
        self.done: list[_Open] = []
        self.stack: list[_Open] = []
        self.paths: set[str] = set()
        self.doubled: list[str] = []
        self.opening = _Open(ClauseKind.OPENING, -1, "0", 0, "")

    def take(self, text: str) -> None:
        found = marks.opening(text)
        rank = self._rank(found) if found else None
        if found is None or rank is None:
            self._append(text)
            return
        while self.stack and self.stack[-1].rank >= rank:
            self.stack.pop()
        self._open(found, rank)

    def _rank(self, found: Opening) -> int | None:
        """The rank of an opening, or ``None`` where its number is not due."""
        rank = RANK[found.kind] + (len(found.numbers) - 1 if found.kind is ClauseKind.POINT else 0)
        number = found.numbers[-1]
        elder = next((one for one in reversed(self.stack) if one.rank <= rank), None)
        if found.kind is ClauseKind.ARTICLE:  # articles run on through chapters
            elder = next((one for one in reversed(self.done) if one.kind is ClauseKind.ARTICLE), None)
            return rank if elder is None or 0 <= number - elder.number <= GAP + 1 else None
        if found.kind is ClauseKind.LETTER and not self.stack:
            return None
        if len(found.numbers) > 1 and not self._inside(found.numbers[:-1]):
            return None
        if elder is None or elder.rank < rank:
            return rank if number == 1 or found.kind is ClauseKind.PART else None
        return rank if 0 <= number - elder.number <= GAP + 1 else self._again(found, rank)

    @staticmethod
    def _again(found: Opening, rank: int) -> int | None:
        """A list of points that starts again under a plain paragraph stays text; a part may be an annex."""
        return rank if found.kind is ClauseKind.PART else None

    def _inside(self, numbers: tuple[int, ...]) -> bool:
        """Whether ``1.2`` of ``1.2.3`` is open; a Roman heading may stand for the first number."""
        elders = [one for one in self.stack if one.rank < RANK[ClauseKind.POINT] + len(numbers)]
        return bool(elders) and elders[-1].number in {numbers[-1], *numbers}

    def _open(self, found: Opening, rank: int) -> None:
        step = found.name.split(".")[-1] if found.kind is ClauseKind.POINT else found.name
        one = _Open(found.kind, rank, step, found.numbers[-1], found.label)
        above = self.stack[-1] if self.stack else None
        one.depth = above.depth + 1 if above else 1
        rests_on_itself = above is None or found.kind is ClauseKind.ARTICLE
        one.path = self._free_path(step if rests_on_itself or above is None else f"{above.path}.{step}")
        if is_heading(found.rest, found.kind):
            one.heading = found.rest
        elif found.rest:
            one.lines.append(found.rest)
        self.stack.append(one)
        self.done.append(one)

    def _free_path(self, path: str) -> str:
        free, times = path, 1
        while free in self.paths:
            times += 1
            free = f"{path}-{times}"
        if free != path:
            self.doubled.append(path)
        self.paths.add(free)
        return free

    def _append(self, text: str) -> None:
        one = self.stack[-1] if self.stack else self.opening
        wants_title = one.kind in {ClauseKind.PART, ClauseKind.CHAPTER, ClauseKind.SECTION}
        if (
            wants_title
            and not one.lines
            and len(one.heading) + len(text) <= HEADING
            and (not one.heading or (marks.is_capitals(text) and marks.is_capitals(one.heading)))
        ):
            one.heading = f"{one.heading} {text}".strip()
            return
        one.lines.append(text)

    def result(self) -> list[_Open]:
        first = [replace(self.opening, path="0")] if self.opening.lines else []
        return first + self.done


def is_heading(text: str, kind: ClauseKind) -> bool:
    """Whether what stands behind the number is a title: short, no end of a sentence, no colon inside."""
    if not text or len(text) > HEADING or text.endswith((";", ",", ":")):
        return False
    if kind in {
        ClauseKind.PART,
        ClauseKind.CHAPTER,
        ClauseKind.SECTION,
        ClauseKind.ROMAN,
        ClauseKind.ARTICLE,
    }:
        return marks.is_capitals(text) or not text.endswith(".") or len(text) <= 90
    return len(text) <= 140 and not text.endswith(".") and ":" not in text and ";" not in text


def split(paragraphs: Sequence[str]) -> tuple[tuple[ReadClause, ...], tuple[str, ...]]:
    """The clauses of a text in reading order, and the paths whose number was printed twice.

    A text without any number is split into its paragraphs; a long run of them within a clause too.
    """
    splitter = _Splitter()
    for text in paragraphs:
        splitter.take(text)
    found: list[ReadClause] = []
    for one in splitter.result():
        found.extend(_finished(one, is_only=not splitter.done))
    return tuple(found), tuple(splitter.doubled)


def _finished(one: _Open, *, is_only: bool) -> list[ReadClause]:
    """A clause with its text; its paragraphs as clauses of their own where they are long.

    Their steps (``II.đ1``) cannot meet those of numbered points (``II.1``).
    """
    whole = "\n".join(one.lines)
    clause = ReadClause(one.kind.value, one.path, one.depth, one.label, one.heading, whole)
    if len(one.lines) < 2 or not (is_only or len(whole) > LONG):
        return [clause]
    paragraphs = enumerate(_bullets_kept(one.lines), start=1)
    kind = ClauseKind.PARAGRAPH.value
    if is_only:
        return [ReadClause(kind, str(at), 1, "", "", text) for at, text in paragraphs]
    below = [ReadClause(kind, f"{one.path}.đ{at}", one.depth + 1, "", "", text) for at, text in paragraphs]
    return [replace(clause, text=""), *below]


def _bullets_kept(lines: Sequence[str]) -> list[str]:
    """Paragraphs, with the items of an unnumbered list kept to the paragraph above them."""
    kept: list[str] = []
    for line in lines:
        if kept and marks.is_bullet(line):
            kept[-1] += f"\n{line}"
        else:
            kept.append(line)
    return kept
