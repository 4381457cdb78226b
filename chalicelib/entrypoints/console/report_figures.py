"""The tables of a report in words and numbers: the same on the page, in the paper and in the spreadsheet."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from chalicelib.desk.reporting import Report
from chalicelib.domain.city import City
from chalicelib.domain.papers import PaperTable
from chalicelib.domain.periods import Period, Span
from chalicelib.domain.report_tables import NOWHERE, by_class, by_group, county_table, group_names, percent
from chalicelib.domain.reports import Counts, Measure, Table, Totals
from chalicelib.domain.trends import Budding, Topic, budding, change, hot, topics
from chalicelib.domain.words import UnitClass
from chalicelib.web.messages import say

MAIN = (
    Measure.ARRIVED, Measure.FIRST, Measure.REPEATED, Measure.JOINT, Measure.PEOPLE, Measure.HANDLED, Measure.TOLD,
    Measure.JOINED, Measure.DECLINED, Measure.REFERRED, Measure.WITHDRAWN,
)  # fmt: skip
OF_UNITS = (
    Measure.RECEIVED, Measure.RETURNED, Measure.EXTENDED, Measure.ANSWERED, Measure.DUE, Measure.ON_TIME,
    Measure.OVERDUE, Measure.LEVEL_1, Measure.LEVEL_2, Measure.LEVEL_3, Measure.REWORKED, Measure.ADOPTED,
)  # fmt: skip
OF_CITIZENS = (
    Measure.RATED, Measure.SOLVED_YES, Measure.SOLVED_PARTLY, Measure.SOLVED_NO, Measure.SATISFIED, Measure.FAIRLY,
    Measure.UNSATISFIED, Measure.STOOD, Measure.CAME_AGAIN,
)  # fmt: skip
MOST_ROWS = 15  # of a table on a page and in a paper; a spreadsheet has them all


class Speaker(Struct, frozen=True):
    """Who writes the tables: of which city, in which language."""

    city: City
    language: str

    def say(self, key: str, **params: str) -> str:
        """A message."""
        return say(key, self.language, **params)

    def area(self, code: str) -> str:
        """A place's name; what has none lies in no county."""
        found = self.city.area(code)
        return found.name.within(self.language) if found is not None else code or self.say("report.no_place")

    def category(self, category: str) -> str:
        """A subject's name."""
        found = self.city.category(category)
        return found.name.within(self.language) if found is not None else category or self.say("report.no_category")

    def unit(self, unit: str) -> str:
        """A unit's name."""
        found = self.city.unit(unit)
        return found.name.within(self.language) if found is not None else unit or self.say("clearing.of_desk")

    def mailbox(self, mailbox: str) -> str:
        """A mailbox's name."""
        found = self.city.mailbox(mailbox)
        return found.name.within(self.language) if found is not None else mailbox

    def period(self, period: Period) -> str:
        """2026年10月, 2026年第四季度, 2026年."""
        return self.say(
            f"report.period.{period.span}",
            year=str(period.first.year),
            month=str(period.first.month),
            quarter=self.say(f"report.quarter.{period.quarter}"),
        )


def share(part: int, whole: int) -> str:
    """``part`` of ``whole`` as it is read: 31.0%; a dash of nothing."""
    found = percent(part, whole)
    return "—" if found is None else f"{found:.1f}%"


def exact(rate: Decimal | None) -> str:
    """A rate to its two places; a dash where there is none."""
    return "—" if rate is None else f"{rate}%"


def grown(measure: Measure, now: Counts, before: Counts | None) -> str:
    """+12.3%; a dash where there is nothing to compare with, or it was nought."""
    ratio = change(measure, now, before).ratio
    return "—" if ratio is None else f"{float(ratio):+.1%}".replace("-", "−")


def main_table(report: Report, speaker: Speaker) -> PaperTable:
    """The period's figures beside those of the period before and of the year before."""
    return _beside(speaker.say("report.table.main"), report, speaker, lambda totals: totals.all)


def unit_table(report: Report, unit: str, speaker: Speaker) -> PaperTable:
    """The same of one unit."""
    return _beside(speaker.say("report.table.unit"), report, speaker, lambda totals: totals.unit(unit), of_unit=True)


def _beside(
    caption: str, report: Report, speaker: Speaker, of: Callable[[Totals], Counts], *, of_unit: bool = False
) -> PaperTable:
    now = of(report.totals)
    before = None if report.before is None else of(report.before)
    earlier = None if report.year_before is None else of(report.year_before)
    yearly = report.period.span is Span.YEAR  # the year before is the period before
    header = ["measure", "now", *([] if yearly else ["before", "change"]), "year_before", "year_change"]
    rows = []
    for measure in (*(() if of_unit else MAIN), *OF_UNITS, *OF_CITIZENS):
        if not any((now.get(measure), (before or {}).get(measure), (earlier or {}).get(measure))):
            continue  # nothing of the kind, then or now
        row = [speaker.say(f"measure.{measure}"), f"{now.get(measure, 0):,}"]
        for other in (earlier,) if yearly else (before, earlier):
            row += ["—" if other is None else f"{other.get(measure, 0):,}", grown(measure, now, other)]
        rows.append(tuple(row))
    return PaperTable(caption, tuple(speaker.say(f"report.column.{name}") for name in header), tuple(rows))


def divided(report: Report, speaker: Speaker, table: Table) -> PaperTable:
    """What came, by kind, channel, mailbox or place: the most first."""
    names: Mapping[Table, Callable[[str], str]] = {
        Table.KIND: lambda key: speaker.say(f"kind.{key}"),
        Table.CHANNEL: lambda key: speaker.say(f"channel.{key}"),
        Table.MAILBOX: speaker.mailbox,
        Table.AREA: speaker.area,
        Table.CATEGORY: speaker.category,
    }
    return _shares(report, speaker, f"report.table.{table}", names[table], lambda totals: totals.of(table))


def groups_table(report: Report, speaker: Speaker) -> PaperTable:
    """What came, by the groups of subjects."""
    names = group_names(speaker.city)

    def name(key: str) -> str:
        return names[key].within(speaker.language) if key in names else key or speaker.say("report.no_category")

    return _shares(report, speaker, "report.table.group", name, lambda totals: by_group(totals, speaker.city))


def _shares(
    report: Report,
    speaker: Speaker,
    caption: str,
    name: Callable[[str], str],
    of: Callable[[Totals], Mapping[str, Counts]],
) -> PaperTable:
    now = of(report.totals)
    before = None if report.before is None else of(report.before)
    earlier = None if report.year_before is None else of(report.year_before)
    whole = report.totals.all.get(Measure.ARRIVED, 0)
    came = {key: counts.get(Measure.ARRIVED, 0) for key, counts in now.items() if counts.get(Measure.ARRIVED)}
    rows = [
        (
            name(key),
            f"{number:,}",
            share(number, whole),
            grown(Measure.ARRIVED, now[key], None if before is None else before.get(key, {})),
            grown(Measure.ARRIVED, now[key], None if earlier is None else earlier.get(key, {})),
        )
        for key, number in sorted(came.items(), key=lambda one: (-one[1], one[0]))[:MOST_ROWS]
    ]
    header = tuple(speaker.say(f"report.column.{one}") for one in ("name", "arrived", "share", "change", "year_change"))
    return PaperTable(speaker.say(caption), header, tuple(rows))


def counties(report: Report, speaker: Speaker) -> PaperTable:
    """受理、办结 by county."""
    rows = [
        (
            speaker.area(row.area) if row.area != NOWHERE else speaker.say("report.no_county"),
            f"{row.received:,}",
            f"{row.handled:,}",
            exact(row.rate),
        )
        for row in county_table(report.totals, speaker.city)
    ]
    header = tuple(speaker.say(f"report.column.{one}") for one in ("county", "arrived", "handled", "rate"))
    return PaperTable(speaker.say("report.table.county"), header, tuple(rows))


def hot_topics(report: Report, speaker: Speaker) -> tuple[Topic, ...]:
    """热点."""
    return hot(topics(report.totals, speaker.city))


def budding_topics(report: Report, speaker: Speaker) -> tuple[Budding, ...]:
    """苗头."""
    before = None if report.usual is None else topics(report.usual, speaker.city)
    return budding(topics(report.totals, speaker.city), len(report.period.months), before)


def hot_table(report: Report, speaker: Speaker) -> PaperTable:
    """What most people wrote about."""
    rows = tuple(
        (topic_name(topic, speaker), f"{topic.people:,}", f"{topic.cases:,}") for topic in hot_topics(report, speaker)
    )
    header = tuple(speaker.say(f"report.column.{one}") for one in ("topic", "people", "arrived"))
    return PaperTable(speaker.say("report.table.hot"), header, rows)


def budding_table(report: Report, speaker: Speaker) -> PaperTable:
    """What grows fastest."""
    rows = tuple(
        (
            topic_name(one.topic, speaker),
            f"{float(one.monthly):.1f}",
            f"{float(one.usual):.1f}",
            speaker.say("report.new") if one.times is None else f"{float(one.times):.1f}",
        )
        for one in budding_topics(report, speaker)
    )
    header = tuple(speaker.say(f"report.column.{one}") for one in ("topic", "monthly", "usual", "times"))
    return PaperTable(speaker.say("report.table.budding"), header, rows)


def topic_name(topic: Topic, speaker: Speaker) -> str:
    """临江县·拖欠工资."""
    place = speaker.area(topic.area) if topic.area else speaker.say("report.no_county")
    return f"{place}·{speaker.category(topic.category)}"


def classes_table(report: Report, speaker: Speaker) -> PaperTable:
    """What units did, by their classes."""
    rows = by_class(report.totals, speaker.city)
    named = {one.value: speaker.say(f"unit_class.{one}") for one in UnitClass}
    known = [(named[key], rows[key]) for key in named if key in rows]
    return _done("report.table.class", known, speaker)


def units_table(report: Report, speaker: Speaker) -> PaperTable:
    """What each unit did: those with most overdue first, then those that received most."""

    def order(one: tuple[str, Counts]) -> tuple[int, int, str]:
        return -one[1].get(Measure.OVERDUE, 0), -one[1].get(Measure.RECEIVED, 0), one[0]

    worst = sorted(report.totals.of(Table.UNIT).items(), key=order)[:MOST_ROWS]
    return _done("report.table.units", [(speaker.unit(unit), counts) for unit, counts in worst], speaker)


def _done(caption: str, lines: Iterable[tuple[str, Counts]], speaker: Speaker) -> PaperTable:
    rows = tuple(
        (
            name,
            f"{counts.get(Measure.RECEIVED, 0):,}",
            f"{counts.get(Measure.ANSWERED, 0):,}",
            share(counts.get(Measure.ON_TIME, 0), counts.get(Measure.DUE, 0)),
            f"{counts.get(Measure.OVERDUE, 0):,}",
            f"{sum(counts.get(Measure(f'level_{level}'), 0) for level in (1, 2, 3)):,}",
            f"{counts.get(Measure.REWORKED, 0):,}",
            share(counts.get(Measure.SATISFIED, 0) + counts.get(Measure.FAIRLY, 0), counts.get(Measure.RATED, 0)),
        )
        for name, counts in lines
    )
    columns = ("name", "received", "answered", "on_time", "overdue", "supervised", "reworked", "satisfied")
    return PaperTable(speaker.say(caption), tuple(speaker.say(f"report.column.{one}") for one in columns), rows)
