"""A small corps of lecturers, what communes asked for, who was sent: invented people, through the commands."""

from datetime import datetime, timedelta

from quantriet.lecturers.assignment import completed, explained
from quantriet.lecturers.choices import Corps, Language, Subject
from quantriet.lecturers.commands import bulletins, corps, lectures, programme, talks, trainings
from quantriet.lecturers.commands.corps import Appointment, Decision, Skills
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.commands.programme import Month
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.commands.trainings import Attended, Course
from quantriet.lecturers.models import Lecture, Lecturer
from quantriet.lecturers.queries import problems
from quantriet.org.models import Unit, UnitKind
from quantriet.web.demonstration import accounts
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.tree import PROVINCE

PROVINCIAL, OF_THE_TOWN, ASKING = 24, 6, 9

TITLES: tuple[tuple[str, Subject], ...] = (
    ("Thời sự quốc tế và chủ quyền biển, đảo", Subject.DEFENCE),
    ("Nghị quyết số 12-NQ/TU: những điểm mới", Subject.PARTY),
    ("Chuyển đổi số ở cơ sở: làm gì trước", Subject.SCIENCE),
    ("Tình hình kinh tế, xã hội của tỉnh", Subject.ECONOMY),
    ("Công tác dân vận vùng đồng bào dân tộc", Subject.PEOPLE),
)


def serve(ground: Ground) -> None:
    """Appoint the corps of the province and of the town, then let communes ask, some answered and some not yet."""
    province, town = ground.units[PROVINCE], accounts.town(ground)
    _appoint(ground, province, ground.of_kinds(UnitKind.COMMUNE)[:PROVINCIAL], at=2)
    _appoint(ground, town, accounts.cells_of_the_day(ground) * (OF_THE_TOWN // 3), at=3)
    own = _of_the_account(ground, town)
    asked = [_asked(ground, unit, province, at) for at, unit in enumerate(_asking(ground, town))]
    _answer(ground, province, asked)
    first = _asked(ground, town, town, 1, ahead=4)
    lectures.choose(first, own, by=ground.by)
    lectures.send([first], by=ground.by)
    _asked(ground, town, town, 2, ahead=9)
    _year_of(ground, province, town)


def _asking(ground: Ground, town: Unit) -> list[Unit]:
    return [town, *(unit for unit in ground.of_kinds(UnitKind.COMMUNE) if unit != town)][:ASKING]


def _appoint(ground: Ground, unit: Unit, homes: list[Unit], *, at: int) -> None:
    """One person of each unit of ``homes`` into the corps of ``unit``."""
    chance = ground.chance(f"corps:{unit.code}")
    subjects, languages = list(Subject), [Language.KHMER, Language.CHAM]
    people = {}
    for number, home in enumerate(homes):
        souls = ground.souls.get(home.pk, ())
        if souls:  # a commune's own roll has few people, a cell's more
            person_id = souls[min(at + number % 2, len(souls) - 1)].person_id
            known = Skills(
                tuple(one.value for one in chance.sample(subjects, 3)),
                tuple(one.value for one in languages if chance.random() < 0.2),
                most_a_month=chance.choice((2, 3, 4)),
            )
            kind = Corps.LECTURER if number % 4 else Corps.COMMUNICATOR
            people[person_id] = Appointment(
                person_id, kind if unit.kind == UnitKind.COMMUNE else Corps.LECTURER, known
            )
    decision = Decision(f"{100 + at}-QĐ/BTGDV", ground.day(200))
    corps.appoint(unit, list(people.values()), decision=decision, by=ground.by)


def _of_the_account(ground: Ground, town: Unit) -> Lecturer:
    """The lecturer whose account the demonstration has."""
    seat = next(one for one in accounts.seats(ground) if one.role == "lecturer")
    person_id = ground.souls[seat.unit.pk][seat.person or 0].person_id
    skills = Skills(tuple(one.value for one in Subject), (Language.KHMER.value,))
    decision = Decision("118-QĐ/ĐU", ground.day(150))
    corps.appoint(town, [Appointment(person_id, Corps.LECTURER, skills)], decision=decision, by=ground.by)
    return Lecturer.objects.select_related("person").get(person=person_id, unit=town, dismissed_on=None)


def _asked(ground: Ground, unit: Unit, to_unit: Unit, at: int, *, ahead: int = 0) -> Lecture:
    title, subject = TITLES[at % len(TITLES)]
    begins: datetime = ground.moment(-(ahead or 6 + at * 2), 8 if at % 2 else 14)
    wanted = Wanted(
        title=title,
        subject=subject.value,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        place=f"Hội trường {unit.short_name or unit.name}",
        language=Language.KHMER.value if subject is Subject.PEOPLE else "",
        audience="Cán bộ, đảng viên, người có uy tín",
        expected=60 + 15 * at,
    )
    return lectures.ask(unit, to_unit, wanted, key=f"demonstration:{unit.code}:{at}", by=ground.by)


def _answer(ground: Ground, province: Unit, asked: list[Lecture]) -> None:
    """A plan for all, two thirds sent, one refused; the rest wait with a proposal.

    The plan is the one that takes each lecture in turn: the demonstration loads without the long search.
    """
    problem = problems.problem(province)
    choices = explained(problem, completed(problem, {}))
    lectures.propose(province, choices, by=ground.by)
    proposed = {one.slot_id for one in choices if one.teacher_id}
    lectures.send([one for one in asked[: len(asked) * 2 // 3] if one.pk in proposed], by=ground.by)
    left = [one for one in asked if one.pk not in proposed]
    if left:
        lectures.refuse(left[0], reason="Chưa có người nói được ngôn ngữ này trong tháng", by=ground.by)


THEMES = (
    "Mừng Đảng, mừng Xuân; kết quả phát triển kinh tế, xã hội năm qua",
    "Kỷ niệm ngày thành lập Đảng Cộng sản Việt Nam",
    "Chuyển đổi số trong cơ quan đảng và ở cơ sở",
)


def _year_of(ground: Ground, province: Unit, town: Unit) -> None:
    """The year's programme, an orientation that some have confirmed, sessions of the town's own, a course."""
    by, today = ground.by, ground.day(0)
    months = [Month(at, THEMES[at % len(THEMES)], 2 + at % 3) for at in range(1, 13)]
    planned = programme.plan(province, today.year, months, paper="12-CTr/BTGDV", by=by)
    programme.publish(planned, by=by)
    plan = bulletins.Plan("orientation", "Định hướng tuyên truyền tháng", "monthly", today)
    words = "Một. Tình hình.\n\nHai. Trọng tâm tuyên truyền."
    text = bulletins.Text(today, "Định hướng tuyên truyền tháng này", words)
    issue = bulletins.publish(bulletins.write(bulletins.begin(province, plan, by=by), text, by=by), by=by)
    for unit in ground.of_kinds(UnitKind.COMMUNE)[::2]:
        if unit != town:
            bulletins.receive(issue, unit, by=by)
    for at, ago in enumerate((20, 6)):
        title, subject = TITLES[at]
        listeners = Listeners(42 + at, 15, "05-BB/ĐU" if at else "")
        talk = Talk(title, subject.value, ground.day(ago), listeners, speaker="Báo cáo viên cấp tỉnh")
        talks.record(town, talk, key=f"demonstration:{at}", by=by)
    begins = ground.day(30)
    course = Course("Bồi dưỡng nghiệp vụ báo cáo viên", begins, begins + timedelta(days=1), 2)
    held = trainings.hold(province, course, by=by)
    serving = Lecturer.objects.filter(unit=province, dismissed_on=None).order_by("pk")
    attended = [
        Attended(pk, f"{at:03d}/GCN") for at, pk in enumerate(serving.values_list("pk", flat=True), 1)
    ]
    trainings.keep_attendance(held, attended[: len(attended) * 2 // 3], by=by)
