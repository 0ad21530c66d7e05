"""Halls of the communes, what some of them asked for, what the province's conferences cost: through the commands."""

from quantriet.conferences.commands import costs
from quantriet.conferences.commands.costs import Cost, Purse
from quantriet.conferences.models import Conference, CostLine, Site
from quantriet.org.commands import facilities, facility_requests
from quantriet.org.commands.facilities import FacilityFacts
from quantriet.org.models import FacilityRequest, Unit
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.tree import PROVINCE

WITH_A_HALL, WITH_A_SCREEN, WITH_A_SECOND_LINE = 0.9, 0.85, 0.3
COUNTED_SITES = 12

ASKED = (
    (FacilityRequest.Need.SCREEN, "1 màn hình lớn cho hội trường, máy chiếu cũ đã hỏng"),
    (FacilityRequest.Need.LINE, "Nâng đường truyền lên 100 Mbit/s, hình hay bị giật"),
    (FacilityRequest.Need.SEATS, "60 ghế: hội nghị toàn xã phải ngồi hai phòng"),
    (FacilityRequest.Need.POWER, "Máy phát điện: mùa mưa hay mất điện"),
)


def equip(ground: Ground) -> None:
    """Enter the halls of the units below the province and let the first of them ask for what they lack."""
    chance = ground.chance("halls")
    top = ground.units[PROVINCE]
    _enter(
        ground, top, FacilityFacts("Hội trường Tỉnh ủy", "phường Rạch Giá", 400, True, "cáp quang", 500, True)
    )
    for unit in ground.subordinates:
        seats = chance.choice((60, 80, 120, 150, 200))
        has_screen, has_second = chance.random() < WITH_A_SCREEN, chance.random() < WITH_A_SECOND_LINE
        facts = FacilityFacts(
            "Hội trường Đảng ủy",
            "",
            seats,
            has_screen,
            "cáp quang",
            chance.choice((50, 100, 200)),
            has_second,
        )
        if chance.random() < WITH_A_HALL:
            _enter(ground, unit, facts)
    _ask(ground)


def _enter(ground: Ground, unit: Unit, facts: FacilityFacts) -> None:
    facilities.add(unit, facts, by=ground.acting_for(unit))


def _ask(ground: Ground) -> None:
    """One is granted, one refused, the others wait."""
    by = ground.acting_for(ground.units[PROVINCE])
    asked = [
        facility_requests.ask(unit, need, text=text, by=ground.acting_for(unit))
        for unit, (need, text) in zip(ground.subordinates, ASKED, strict=False)
    ]
    if len(asked) < len(ASKED):
        return
    facility_requests.grant(asked[0], answer="Mua trong quý I năm sau", by=by)
    facility_requests.refuse(asked[2], reason="Chưa bố trí được kinh phí; mượn ghế của trường học", by=by)


def pay(conference: Conference, *, ground: Ground) -> None:
    """What a conference of the province cost it, and some of its sites."""
    item, money = CostLine.Item, CostLine.Money
    whole = [
        Cost(item.HALL, "Trang trí, âm thanh", money.PARTY, 18_000_000, 17_400_000),
        Cost(item.LINE, "Truyền đến các xã", money.STATE, 45_000_000, 45_000_000),
        Cost(item.PAPERS, "Tài liệu cho điểm trung tâm", money.PARTY, 12_500_000, 13_150_000),
        Cost(item.LECTURER, "", money.PARTY, 6_000_000),
    ]
    _keep(Purse(conference), whole, ground)
    chance = ground.chance(f"costs:{conference.title}")
    rows = Site.objects.filter(conference=conference, is_hub=False).select_related("unit")
    for site in rows.order_by("unit__code", "pk")[:COUNTED_SITES]:
        planned = chance.randrange(1_500_000, 4_000_000, 100_000)
        _keep(Purse(conference, site), [Cost(item.SERVICE, "", money.UNIT, planned, planned)], ground)


def _keep(purse: Purse, lines: list[Cost], ground: Ground) -> None:
    unit = purse.conference.unit if purse.site is None else purse.site.unit
    costs.keep(purse, lines, seen=costs.version(purse.standing()), by=ground.acting_for(unit))
