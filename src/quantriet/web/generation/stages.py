"""What is made in which order. A stage is a list of steps that may run side by side; each step is one transaction
with a name of its own, so that it is done once however often the generation is started.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quantriet.campaigns.commands import campaigns
from quantriet.ledger import commands as ledger
from quantriet.org.access import Actor
from quantriet.org.commands import units
from quantriet.org.models import Unit
from quantriet.web.generation import drive, folk, logbook, mergers, returns, seats, tree, turnout
from quantriet.web.generation.scales import Wanted, in_groups

COMMUNES_A_STEP = 8


@dataclass(frozen=True)
class Step:
    """One transaction: its name, its stage, the province and the communes it is about, how long it may take
    compared with others.
    """

    name: str
    stage: str
    province: str = ""
    codes: tuple[str, ...] = ()
    weight: float = 1.0


Act = Callable[[Wanted, Step, Actor], int]


@dataclass(frozen=True)
class Stage:
    """``fresh``: the planner must look at the tables anew afterwards."""

    code: str
    title: str
    act: Act
    steps: Callable[["Stage", Wanted], list[Step]]
    side_by_side: bool = True
    weight: float = 1.0
    fresh: bool = False


def _once(stage: Stage, wanted: Wanted) -> list[Step]:
    del wanted
    return [Step(stage.code, stage.code, weight=stage.weight)]


def _by_province(stage: Stage, wanted: Wanted) -> list[Step]:
    """Weighted by people: ``weight`` is that of a thousand of them."""
    counts = folk.how_many(wanted)
    return [
        Step(
            f"{stage.code}:{province.code}",
            stage.code,
            province.code,
            weight=stage.weight * sum(counts[code] for code in folk.tops(province)) / 1000,
        )
        for province in tree.provinces(wanted)
    ]


def _by_communes(stage: Stage, wanted: Wanted) -> list[Step]:
    counts = folk.how_many(wanted)
    return [
        Step(
            f"{stage.code}:{codes[0]}",
            stage.code,
            province.code,
            tuple(codes),
            stage.weight * sum(counts[code] for code in codes) / 1000,
        )
        for province in tree.provinces(wanted)
        for codes in in_groups(folk.tops(province), COMMUNES_A_STEP)
    ]


def _province(wanted: Wanted, step: Step) -> tree.Province:
    return next(one for one in tree.provinces(wanted) if one.code == step.province)


def _root(wanted: Wanted, step: Step, by: Actor) -> int:
    del step
    made = units.found(tree.top_specs(), by=by)
    logbook.begin(wanted, made[0], by=by)
    return len(made)


def _units(wanted: Wanted, step: Step, by: Actor) -> int:
    return len(units.found(tree.province_specs(wanted, _province(wanted, step)), by=by))


def _people(wanted: Wanted, step: Step, by: Actor) -> int:
    return folk.settle(wanted, step.codes, by=by)


def _heads(wanted: Wanted, step: Step, by: Actor) -> int:
    return folk.settle_heads(wanted, _province(wanted, step), by=by)


def _begin(wanted: Wanted, step: Step, by: Actor) -> int:
    del step
    return drive.begin(wanted, by=by).obligations.count()


def _roll(wanted: Wanted, step: Step, by: Actor) -> int:
    del wanted
    unit = Unit.objects.get(code=step.province)
    return campaigns.draw_roll(drive.campaign(), unit.pk, by=by)


def _started(wanted: Wanted, step: Step, by: Actor) -> int:
    del step
    running = campaigns.finish_start(drive.campaign(), by=by)
    return drive.call(wanted, by=by).pk and running.obligations.count()


def _sites(wanted: Wanted, step: Step, by: Actor) -> int:
    return drive.add_sites(_province(wanted, step), by=by)


def _turnout(wanted: Wanted, step: Step, by: Actor) -> int:
    return turnout.record(wanted, _province(wanted, step), step.codes, by=by)


def _of_the_day(wanted: Wanted, step: Step, by: Actor) -> int:
    return turnout.of_the_day(wanted, _province(wanted, step), by=by)


def _study(wanted: Wanted, step: Step, by: Actor) -> int:
    return returns.study(wanted, _province(wanted, step), step.codes, by=by)


def _supply(wanted: Wanted, step: Step, by: Actor) -> int:
    return returns.supply(wanted, _province(wanted, step), by=by)


def _close(wanted: Wanted, step: Step, by: Actor) -> int:
    del wanted, step
    return drive.close(by=by)


def _merge(wanted: Wanted, step: Step, by: Actor) -> int:
    return mergers.merge(wanted, _province(wanted, step), by=by)


def _seats(wanted: Wanted, step: Step, by: Actor) -> int:
    del step
    return seats.open_all(wanted, by=by)


def _fold(wanted: Wanted, step: Step, by: Actor) -> int:
    del wanted, step, by
    return ledger.fold()


STAGES: Sequence[Stage] = (
    Stage("root", "Gốc của cây", _root, _once, side_by_side=False),
    Stage("units", "Đơn vị", _units, _by_province, weight=0.01, fresh=True),
    Stage("people", "Người", _people, _by_communes, weight=0.12),
    Stage("heads", "Người đứng đầu tỉnh", _heads, _by_province, weight=0.001, fresh=True),
    Stage("campaign", "Đợt triển khai, việc của từng đơn vị", _begin, _once, side_by_side=False),
    Stage("roll", "Danh sách triệu tập", _roll, _by_province, weight=0.055),
    Stage("started", "Giao xuống, triệu tập hội nghị", _started, _once, side_by_side=False),
    Stage("sites", "Điểm cầu", _sites, _by_province, side_by_side=False, weight=0.005, fresh=True),
    Stage("turnout", "Điểm danh", _turnout, _by_communes, weight=0.15),
    Stage("fold-turnout", "Gộp số liệu", _fold, _once, side_by_side=False, fresh=True),
    Stage("of-the-day", "Trùng điểm, học bù, sinh hoạt chi bộ", _of_the_day, _by_province, weight=0.02),
    Stage("study", "Số khai của chi bộ, bài thu hoạch", _study, _by_communes, weight=0.02),
    Stage("supply", "Tài liệu, chương trình, báo cáo, tuyên truyền", _supply, _by_province, weight=0.01),
    Stage("close", "Kết thúc hội nghị", _close, _once, side_by_side=False),
    Stage("merged", "Sáp nhập chi bộ", _merge, _by_province, side_by_side=False, weight=0.002),
    Stage("fold", "Gộp số liệu", _fold, _once, side_by_side=False),
    Stage("seats", "Tài khoản", _seats, _once, side_by_side=False, fresh=True),
)


def steps_of(stage: Stage, wanted: Wanted) -> list[Step]:
    """The steps of a stage, in their order."""
    return stage.steps(stage, wanted)
