"""What is written down for a keepers' exam: the plan, and the points of an answer. Read field by field."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.city import City, Mailbox
from chalicelib.domain.exam import MOST_LETTERS, TELLS, ExamLetter, Plan, Slip, Window, deal, moment_of, neighbourhood
from chalicelib.domain.exam_marks import FULL, Criterion, Rubric
from chalicelib.domain.fields import LONGEST, FieldReader
from chalicelib.domain.reception_forms import read_number
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.terms import working_days
from chalicelib.domain.words import Kind

LONGEST_NAME = 60
MOST_DAYS = 31  # of the window, calendar days
LONGEST_TERM = 30  # working days
LONGEST_READING = 720  # hours
SHORTEST_WINDOW = timedelta(hours=1)  # of a day
SAMPLE = 12  # mailboxes that a preview names
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Draft(Struct, frozen=True):
    """What a form says, checked. ``left_out``: mailboxes that were meant with others and take none of the letters."""

    name: str
    window: Window
    plan: Plan
    left_out: tuple[Mailbox, ...]
    neighbours: tuple[Slip, ...]  # the first slips, neighbour by neighbour

    @property
    def telling(self) -> tuple[int, ...]:
        """The letters, from 0, that give the exam away by their words."""
        letters = enumerate(self.plan.letters)
        return tuple(number for number, letter in letters if TELLS in letter.title or TELLS in letter.text)

    def first_and_last(self, at: datetime) -> tuple[datetime, datetime]:
        """When the first and the last letter would be sent, were it started at ``at``."""
        number = len(self.plan.slips)
        return moment_of(self.window, at, 0, number), moment_of(self.window, at, number - 1, number)

    def copies(self, letter: int) -> int:
        """How many mailboxes get a letter."""
        return sum(slip.letter == letter for slip in self.plan.slips)


def read_draft(raw: Mapping[str, object], city: City, calendar: WorkingCalendar, at: datetime, lot: str) -> Draft:
    """The exam that ``raw`` holds. Raises Invalid naming every field that is wrong.

    ``raw``: ``name``; ``all`` = "yes", ``class.CLASS`` = "yes" or ``box.ID`` = "yes" for the mailboxes; ``kind.N``,
    ``title.N``, ``text.N`` of up to five letters; ``from_day``, ``to_day`` (YYYY-MM-DD), ``opens``, ``closes`` (HH:MM);
    ``term`` (working days), ``read_within`` (hours), ``points.read``, ``points.answered``, ``points.CRITERION``,
    ``passes``.
    """
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    letters = _read_letters(reader)
    window = _read_window(reader, calendar, at)
    term = read_number(reader, "term", 1, LONGEST_TERM)
    rubric = _read_rubric(reader)
    ticked, meant = _read_mailboxes(reader, city)
    unfit = [box for box in meant if not any(letter.kind in box.kinds for letter in letters)]
    if letters and any(box in ticked for box in unfit):
        names = "、".join(box.name.zh for box in unfit if box in ticked)
        reader.refuse("mailboxes", "exam.kind_not_here", mailboxes=names)
    elif letters and meant and len(unfit) == len(meant):
        reader.refuse("mailboxes", "exam.no_mailboxes")
    reader.raise_errors()
    slips = deal(meant, letters, city, lot)
    plan = Plan(letters, slips, working_days(term), rubric)
    return Draft(name, window, plan, tuple(unfit), _sample(meant, slips, city))


def _read_letters(reader: FieldReader) -> tuple[ExamLetter, ...]:
    """The letters that were begun; each must be whole, and the first must be there."""
    letters = []
    for number in range(1, MOST_LETTERS + 1):
        title, text = f"title.{number}", f"text.{number}"
        begun = number == 1 or any(str(reader.raw.get(field) or "").strip() for field in (title, text))
        if not begun:
            continue
        kind = reader.choice(f"kind.{number}", Kind)
        if kind is Kind.ACCUSATION:
            reader.refuse(f"kind.{number}", "exam.no_accusation")
        said = reader.text(title, required=True, longest=LONGEST["title"])
        words = reader.text(text, required=True, longest=LONGEST["text"], many_lines=True)
        letters.append(ExamLetter(kind or Kind.CONSULTATION, said, words))
    return tuple(letters)


def _read_window(reader: FieldReader, calendar: WorkingCalendar, at: datetime) -> Window:
    first, last = reader.day("from_day", latest=date.max), reader.day("to_day", latest=date.max)
    opens, closes = reader.matching("opens", _TIME), reader.matching("closes", _TIME)
    for field, day in (("from_day", first), ("to_day", last)):
        if day is None:
            reader.refuse(field, "field.empty")
    if first is not None and first < day_in_shanghai(at):
        reader.refuse("from_day", "reception.past")
    if first is None or last is None or not _TIME.fullmatch(opens) or not _TIME.fullmatch(closes):
        return Window((), time(), time())
    if not first <= last < first + timedelta(days=MOST_DAYS):
        reader.refuse("to_day", "exam.window_days", most=str(MOST_DAYS))
        return Window((), time(), time())
    window = Window(tuple(_working(first, last, calendar)), time.fromisoformat(opens), time.fromisoformat(closes))
    if datetime.combine(first, window.closes) - datetime.combine(first, window.opens) < SHORTEST_WINDOW:
        reader.refuse("closes", "exam.window_hours")
    elif not window.days:
        reader.refuse("to_day", "exam.no_working_day")
    elif not window.spans(at):
        reader.refuse("closes", "exam.window_over")
    return window


def _working(first: date, last: date, calendar: WorkingCalendar) -> Iterator[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in days if calendar.is_working_day(day))


def _read_rubric(reader: FieldReader) -> Rubric:
    points = {one: read_number(reader, f"points.{one}", 0, FULL) for one in Criterion}
    rubric = Rubric(
        read_within=read_number(reader, "read_within", 1, LONGEST_READING),
        read=read_number(reader, "points.read", 0, FULL),
        answered=read_number(reader, "points.answered", 0, FULL),
        criteria=points,
        passes=read_number(reader, "passes", 1, FULL),
    )
    if rubric.full != FULL:
        reader.refuse("points.read", "exam.not_full", full=str(FULL), points=str(rubric.full))
    return rubric


def _read_mailboxes(reader: FieldReader, city: City) -> tuple[list[Mailbox], list[Mailbox]]:
    """The mailboxes that were ticked one by one, and all that are meant."""
    ticked = [box for box in city.mailboxes if reader.raw.get(f"box.{box.id}") == "yes"]
    meant = [box for box in city.mailboxes if box in ticked or _meant_with_others(reader, box, city)]
    if not meant:
        reader.refuse("mailboxes", "exam.no_mailboxes")
    return ticked, meant


def _meant_with_others(reader: FieldReader, box: Mailbox, city: City) -> bool:
    keeper = city.unit(box.keeper)
    of_class = keeper is not None and reader.raw.get(f"class.{keeper.unit_class}") == "yes"
    return of_class or reader.raw.get("all") == "yes"


def _sample(meant: list[Mailbox], slips: tuple[Slip, ...], city: City) -> tuple[Slip, ...]:
    """The first slips as neighbours would compare them."""
    by_mailbox = {slip.mailbox: slip for slip in slips}
    ordered = sorted(meant, key=lambda box: neighbourhood(box, city))
    return tuple(by_mailbox[box.id] for box in ordered if box.id in by_mailbox)[:SAMPLE]


def read_points(raw: Mapping[str, object]) -> dict[Criterion, int]:
    """What a marker gave: ``points.CRITERION``. Raises Invalid naming each that is no number of points."""
    reader = FieldReader(raw)
    points = {one: read_number(reader, f"points.{one}", 0, FULL) for one in Criterion}
    reader.raise_errors()
    return points
