"""The pictures of a report, and the tables of what they show."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.desk.reporting import InMonth
from chalicelib.domain.papers import PaperTable
from chalicelib.domain.reports import Measure
from chalicelib.entrypoints.console.report_figures import Speaker, share
from chalicelib.web import charts
from chalicelib.web.charts import Point


class Picture(Struct, frozen=True):
    """A chart with what it shows. Its figures stand in one of the tables beside it."""

    label: str
    svg: str


def months_picture(series: Sequence[InMonth], measure: Measure, label: str) -> Picture:
    """A measure over the months."""
    points = [Point(_month(one), None if one.counts is None else one.counts.get(measure, 0)) for one in series]
    return Picture(label, charts.columns(points, label))


def shares_picture(table: PaperTable, label: str) -> Picture:
    """The lines of a table of shares."""
    rows = [(row[0], float(row[1].replace(",", "")), f"{row[1]}（{row[2]}）") for row in table.rows]
    return Picture(label, charts.bars([Point(*row) for row in rows], label))


def months_table(series: Sequence[InMonth], said: Sequence[str], label: str, speaker: Speaker) -> PaperTable:
    """A chart of months as a table; a dash where nothing is known."""
    rows = tuple((f"{one.month:%Y-%m}", number or "—") for one, number in zip(series, said, strict=True))
    return PaperTable(label, (speaker.say("report.column.month"), speaker.say("report.column.number")), rows)


def numbers(series: Sequence[InMonth], measure: Measure) -> list[str]:
    """A measure over the months, as it is read; "" where nothing is known."""
    return ["" if one.counts is None else f"{one.counts.get(measure, 0):,}" for one in series]


def _month(one: InMonth) -> str:
    """The month's number; with its year where a year begins."""
    return f"{one.month:%Y-%m}" if one.month.month == 1 else f"{one.month.month}"


def on_time(one: InMonth) -> Point:
    """The share of a month's answers that were given in time."""
    due = one.counts.get(Measure.DUE, 0) if one.counts is not None else 0
    if one.counts is None or not due:
        return Point(_month(one), None)
    return Point(_month(one), one.counts.get(Measure.ON_TIME, 0) / due, share(one.counts.get(Measure.ON_TIME, 0), due))


def counties_picture(table: PaperTable, label: str) -> Picture:
    """What came from each county."""
    points = [Point(row[0], float(row[1].replace(",", "")), row[1]) for row in table.rows]
    return Picture(label, charts.bars(points, label))


def on_time_picture(series: Sequence[InMonth], label: str) -> Picture:
    """The rate of answers in time over the months."""
    return Picture(label, charts.line([on_time(one) for one in series], label))
