"""考核: a month counted from what happened in it, as often as one likes, and read in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.local import LambdaContext
from msgspec.structs import replace
from pynamodb.exceptions import PutError

from app import assess_month
from chalicelib.desk import assessing, cities
from chalicelib.desk.sheets import COLUMNS, scores
from chalicelib.domain.city import Name
from chalicelib.domain.errors import NotFound
from chalicelib.domain.figures import Ground, Part
from chalicelib.domain.formula import Grade
from chalicelib.domain.people import Staff
from chalicelib.domain.ranking import Assessment, Row
from chalicelib.domain.words import Role, UnitClass
from chalicelib.entrypoints import schedules
from chalicelib.web.messages import LANGUAGES, say
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.telling import tell
from tests.integration.test_console import PEOPLE
from tests.integration.visitor import Visitor, request
from tests.integration.watching import everything, lost

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
COUNTED_AT = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
RUNS = "=+-@\t\r\n\0＝＋－＠"  # what a spreadsheet takes for the beginning of a formula
HEADER = list(COLUMNS)
FIRED = {
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
    "version": "0",
    "account": "",
    "region": "",
    "time": "",
    "id": "",
}
CLASSES = {one: f"class {one}" for one in UnitClass}
GRADES = {one: f"grade {one}" for one in Grade}


def month_of_six(desk: Desk) -> str:
    """The unit of six cases: four solved, two of them rated; one answered late; one never, and under supervision."""
    cases = [desk.signed(**{**UNCLEAR, "title": f"第{n}件", "text": f"{UNCLEAR['text']}{n}"}) for n in range(6)]
    unit = cases[0].unit
    assert unit is not None
    assert {case.unit for case in cases} == {unit}
    for case in cases[:4]:
        desk.answered(case)
    desk.later(hours=1).rated(desk.receipts[0])
    desk.rated(desk.receipts[1], "not")
    assert cases[4].deadline is not None
    desk.now = cases[4].deadline.red_at
    desk.swept()
    desk.answered(desk.case_of(desk.receipts[4]))
    return unit


def row_of(assessment: Assessment, unit: str) -> Row:
    """A unit's line."""
    row = assessment.row(unit)
    assert row is not None
    return row


def lines_of(text: str) -> list[list[str]]:
    """A spreadsheet's lines."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_month_is_counted_from_what_happened_in_it(desk: Desk) -> None:
    unit = month_of_six(desk)
    row = row_of(assessing.assess(MARCH, COUNTED_AT), unit)
    assert (row.received, row.replied, row.on_time, row.due, row.rated) == (6, 5, 4, 6, 2)
    measured = {one.part: (one.good, one.of) for one in row.components}
    assert measured == {
        Part.RESPONSE: ("6", 6),
        Part.TIMELINESS: ("4", 6),
        Part.SOLUTION: ("1", 2),
        Part.SATISFACTION: ("1", 2),
        Part.SETTLEMENT: ("0", 0),
        Part.PARTICIPATION: ("2", 5),
        Part.EXAM: ("0", 0),
        Part.QUALITY: ("4", 5),
    }
    assert {charge.ground: len(charge.cases) for charge in row.charges} == {Ground.LEVEL_1: 2}
    assert row.penalty == 2
    assert row.rank == 1


def test_a_month_counted_again_is_the_same_to_the_byte(desk: Desk) -> None:
    month_of_six(desk)
    first = assessing.assess(MARCH, COUNTED_AT)
    kept = everything()
    assert assessing.assess(MARCH, COUNTED_AT) == first
    later = assessing.assess(MARCH, COUNTED_AT + timedelta(days=300))
    assert later == first, "whoever asks again is told what was counted"
    assert everything() == kept
    assert scores(later, HEADER, CLASSES, GRADES, "zh") == scores(first, HEADER, CLASSES, GRADES, "zh")
    assert assessing.table(MARCH) == first
    assert assessing.months() == [MARCH]


def test_messages_that_come_again_and_sweeps_that_run_again_add_nothing_to_a_month(desk: Desk) -> None:
    month_of_six(desk)
    desk.routed()
    tell(desk)
    first = assessing.assess(MARCH, COUNTED_AT)
    for _ in range(2):
        desk.route_all()
        tell(desk)
        desk.swept()
    assert assessing.assess(MARCH, COUNTED_AT) == first


def test_a_count_whose_table_could_not_be_kept_fails_aloud_and_is_done_again(desk: Desk) -> None:
    desk.dispatched()
    with lost("PutItem"), pytest.raises((PutError, EndpointConnectionError)):
        assessing.assess(MARCH, COUNTED_AT)
    assert assessing.table(MARCH) is None
    assert assessing.assess(MARCH, COUNTED_AT) == assessing.table(MARCH)


def test_a_unit_without_cases_has_no_line_and_a_month_without_any_has_an_empty_table(desk: Desk) -> None:
    unit = desk.dispatched().unit
    counted = assessing.assess(MARCH, COUNTED_AT)
    assert [row.unit for row in counted.rows] == [unit]
    assert all(counted.row(other.id) is None for other in desk.city.units if other.id != unit)
    empty = assessing.assess(date(2026, 2, 1), COUNTED_AT)
    assert empty.rows == ()
    assert lines_of(scores(empty, HEADER, CLASSES, GRADES, "zh")) == [HEADER]
    assert assessing.months() == [MARCH, date(2026, 2, 1)]


def test_what_happens_at_midnight_in_shanghai_is_the_next_months(desk: Desk) -> None:
    desk.now = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    unit = desk.dispatched(**UNCLEAR).unit
    desk.now = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    for number in range(2):
        desk.dispatched(**{**UNCLEAR, "title": f"第{number}件", "text": f"{UNCLEAR['text']}{number}"})
    assert unit is not None
    assert row_of(assessing.assess(MARCH, COUNTED_AT), unit).received == 1
    assert row_of(assessing.assess(APRIL, COUNTED_AT + timedelta(days=30)), unit).received == 2


# The spreadsheet.


def test_a_spreadsheet_of_the_month_opens_with_the_units_names_and_the_pages_numbers(desk: Desk) -> None:
    unit = desk.city.unit(month_of_six(desk))
    assert unit is not None
    assessing.assess(MARCH, COUNTED_AT)
    auditor = Visitor(Staff("auditor", "严督", Role.SUPERVISOR, desk.city.desk_unit)).sign_in()
    for language in LANGUAGES:
        headers = {"Cookie": auditor.cookie, "Accept-Language": language}
        answer = request("GET", "/console/assessment/2026-03.csv", headers=headers)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert 'filename="assessment-2026-03.csv"' in str(answer.headers["Content-Disposition"])
        assert answer.body.startswith(b"\xef\xbb\xbf"), "or Excel reads Chinese as something else"
        header, line = lines_of(answer.body.decode("utf-8"))
        assert header[0] == say("column.unit", language)
        assert line[:2] == [unit.name.within(language), say(f"unit_class.{unit.unit_class}", language)]
        cells = dict(zip(COLUMNS, line, strict=True))
        columns = ("received", "replied", "on_time", "due", "rated", "timeliness", "level_1", "penalty", "rank")
        assert [cells[column] for column in columns] == ["6", "5", "4", "6", "2", "66.67%", "2", "2", "1"]
        assert cells["grade"] == say("grade.passing", language)


@pytest.mark.parametrize("mark", RUNS)
def test_no_unit_name_runs_as_a_formula_in_a_spreadsheet(desk: Desk, mark: str) -> None:
    chosen = desk.dispatched().unit
    name = f'{mark}HYPERLINK("https://evil.example","办"),1'
    units = tuple(replace(unit, name=Name(name, name)) if unit.id == chosen else unit for unit in desk.city.units)
    cities.use(replace(desk.city, version=desk.city.version + 1, units=units))
    line = lines_of(scores(assessing.assess(MARCH, COUNTED_AT), HEADER, CLASSES, GRADES, "zh"))[1]
    assert line[0] == f"'{name}"
    assert len(line) == len(COLUMNS)
    assert not any(cell.startswith(tuple(RUNS)) for cell in line)


# The schedule.


@pytest.mark.parametrize(
    ("runs_at", "month"),
    [
        ("2026-03-31T16:30:00", "2026-03"),
        ("2026-04-01T15:00:00", "2026-03"),  # tried again for most of a day
        ("2026-04-09T02:00:00", "2026-03"),
        ("2026-04-30T15:59:59", "2026-03"),
        ("2026-04-30T16:30:00", "2026-04"),
        ("2026-12-31T16:30:00", "2026-12"),
        ("2028-02-29T16:30:00", "2028-02"),
    ],
)
def test_the_schedule_counts_the_month_that_has_just_ended_in_shanghai_however_late_it_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, runs_at: str, month: str
) -> None:
    class Stopped:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return datetime.fromisoformat(runs_at).replace(tzinfo=zone)

    desk.dispatched()
    monkeypatch.setattr(schedules, "datetime", Stopped)
    for _ in range(2):
        assert assess_month(FIRED, LambdaContext("assess_month", 512, max_runtime_ms=600_000)) == {
            "month": month,
            "counted": True,
        }
    counted = assessing.table(date.fromisoformat(f"{month}-01"))
    assert counted is not None
    assert len(counted.rows) == (1 if month == "2026-03" else 0)
    assert counted.assessed_at == datetime.fromisoformat(runs_at).replace(tzinfo=UTC)
    assert len(assessing.months()) == 1


def test_a_month_that_was_never_counted_is_neither_published_nor_proven(desk: Desk) -> None:
    with pytest.raises(NotFound):
        assessing.publish(MARCH, 1, PEOPLE[Role.LEADER], COUNTED_AT)
    with pytest.raises(NotFound):
        assessing.recount(MARCH, PEOPLE[Role.SUPERVISOR])
    assert assessing.table(MARCH) is None
    assert assessing.months() == []
