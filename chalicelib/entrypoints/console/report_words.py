"""A report in plain sentences, made from its figures: what the page says, and what a paper proposes to its editor."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from chalicelib.desk.reporting import InMonth, Report
from chalicelib.domain.papers import PaperSection, PaperTable
from chalicelib.domain.periods import Span
from chalicelib.domain.report_tables import NOWHERE, by_group, county_table, group_names
from chalicelib.domain.reports import Counts, Measure, Table, Totals
from chalicelib.domain.trends import FEWEST, GROWN, Change, change
from chalicelib.entrypoints.console import report_figures as figures
from chalicelib.entrypoints.console.report_figures import Speaker, exact, share
from chalicelib.entrypoints.console.report_pictures import (
    Picture,
    counties_picture,
    months_picture,
    months_table,
    numbers,
    on_time,
    on_time_picture,
    shares_picture,
)
from chalicelib.web.papers import numeral

NAMED = 3  # of the most, in a sentence


class Told(Struct, frozen=True):
    """One part of a report: its heading, its sentences, its tables and pictures. ``key`` names it on the page."""

    key: str
    heading: str
    sentences: tuple[str, ...]
    tables: tuple[PaperTable, ...] = ()
    pictures: tuple[Picture, ...] = ()
    behind: tuple[PaperTable, ...] = ()  # the figures of a picture that are in no other table


def told(report: Report, speaker: Speaker) -> tuple[Told, ...]:
    """The whole report."""
    return (
        _volume(report, speaker),
        _kinds(report, speaker),
        _places(report, speaker),
        _topics(report, speaker),
        _repeated(report, speaker),
        _handling(report, speaker),
        _satisfaction(report, speaker),
    )


def told_of_unit(report: Report, unit: str, series: Sequence[InMonth], speaker: Speaker) -> tuple[Told, ...]:
    """A unit's own part of it, for its head."""
    now = report.totals.unit(unit)
    answered = _compared(report, Measure.ANSWERED, lambda totals: totals.unit(unit), speaker)
    sentence = speaker.say(
        "report.say.unit",
        unit=speaker.unit(unit),
        received=_number(now, Measure.RECEIVED),
        answered=_number(now, Measure.ANSWERED),
        compared=answered,
        on_time=share(now.get(Measure.ON_TIME, 0), now.get(Measure.DUE, 0)),
        overdue=_number(now, Measure.OVERDUE),
    )
    picture = months_picture(series, Measure.ANSWERED, speaker.say("report.chart.answered"))
    months = months_table(series, numbers(series, Measure.ANSWERED), picture.label, speaker)
    tables = (figures.unit_table(report, unit, speaker),)
    return (Told("unit", speaker.say("report.part.unit"), (sentence,), tables, (picture,), (months,)),)


def sections(report: Report, speaker: Speaker) -> tuple[PaperSection, ...]:
    """The sections of a paper: the report's parts under numbered headings, and what is proposed to be done."""
    parts = [(one.heading, "\n".join(one.sentences), one.tables) for one in told(report, speaker)]
    parts.append((speaker.say("report.part.proposals"), "\n".join(_proposals(report, speaker)), ()))
    return tuple(
        PaperSection(f"{numeral(number)}、{heading}", text, tables)
        for number, (heading, text, tables) in enumerate(parts, 1)
    )


def _volume(report: Report, speaker: Speaker) -> Told:
    now = report.totals.all
    came = speaker.say(
        "report.say.volume",
        period=speaker.period(report.period),
        number=_number(now, Measure.ARRIVED),
        people=_number(now, Measure.PEOPLE),
        compared=_compared(report, Measure.ARRIVED, lambda totals: totals.all, speaker),
    )
    ends = speaker.say(
        "report.say.handled",
        handled=_number(now, Measure.HANDLED),
        compared=_compared(report, Measure.HANDLED, lambda totals: totals.all, speaker),
        joined=_number(now, Measure.JOINED),
        declined=_number(now, Measure.DECLINED),
        referred=_number(now, Measure.REFERRED),
        withdrawn=_number(now, Measure.WITHDRAWN),
    )
    picture = months_picture(report.series, Measure.ARRIVED, speaker.say("report.chart.arrived"))
    months = months_table(report.series, numbers(report.series, Measure.ARRIVED), picture.label, speaker)
    tables = (figures.main_table(report, speaker),)
    return Told("volume", speaker.say("report.part.volume"), (came, ends), tables, (picture,), (months,))


def _number(counts: Counts, measure: Measure) -> str:
    return f"{counts.get(measure, 0):,}"


def _compared(report: Report, measure: Measure, of: Callable[[Totals], Counts], speaker: Speaker) -> str:
    """In words how a figure stands against the period before and the year before; a running one against none."""
    if report.provisional:
        return speaker.say("report.compare.running")
    now, span = of(report.totals), report.period.span
    said = []
    for way, other in (("before", report.before), ("year", report.year_before)):
        if span is Span.YEAR and way == "before":
            continue  # the same year
        found = change(measure, now, None if other is None else of(other))
        said.append(_change_words(found, way, speaker.say(f"report.reference.{way}.{span}"), speaker))
    return speaker.say("report.compare.comma").join(said)


def _change_words(found: Change, way: str, reference: str, speaker: Speaker) -> str:
    if found.before is None:
        return speaker.say("report.compare.unknown", reference=reference)
    ratio = found.ratio
    if ratio is None:
        return speaker.say("report.compare.from_nought", reference=reference)
    how = "up" if ratio > 0 else "down" if ratio < 0 else "same"
    percent = f"{abs(float(ratio)):.1%}"
    return speaker.say(f"report.compare.{way}.{how}", reference=reference, percent=percent, before=f"{found.before:,}")


def _kinds(report: Report, speaker: Speaker) -> Told:
    tables = tuple(figures.divided(report, speaker, table) for table in (Table.KIND, Table.CHANNEL, Table.MAILBOX))
    most = speaker.say("report.say.kinds", most=_most(tables[0], speaker), channels=_most(tables[1], speaker))
    picture = shares_picture(tables[0], speaker.say("report.chart.kinds"))
    return Told("kinds", speaker.say("report.part.kinds"), (_if_any(report, most, speaker),), tables, (picture,))


def _if_any(report: Report, sentence: str, speaker: Speaker) -> str:
    return sentence if report.totals.all.get(Measure.ARRIVED) else speaker.say("report.say.nothing_came")


def _most(table: PaperTable, speaker: Speaker) -> str:
    """The first lines of a table of shares: 求决900件，占74.8%；…"""
    lines = [speaker.say("report.say.share", name=row[0], number=row[1], share=row[2]) for row in table.rows[:NAMED]]
    return speaker.say("report.compare.semicolon").join(lines)


def _places(report: Report, speaker: Speaker) -> Told:
    table = figures.counties(report, speaker)
    rows = [row for row in county_table(report.totals, speaker.city) if row.area != NOWHERE and row.received]
    most = sorted(rows, key=lambda row: -row.received)[:NAMED]
    named = speaker.say("report.compare.semicolon").join(
        speaker.say("report.say.county", name=speaker.area(row.area), number=f"{row.received:,}", rate=exact(row.rate))
        for row in most
    )
    sentence = speaker.say("report.say.places", most=named) if most else speaker.say("report.say.no_places")
    picture = counties_picture(table, speaker.say("report.chart.places"))
    tables = (table, figures.divided(report, speaker, Table.AREA))
    return Told("places", speaker.say("report.part.places"), (sentence,), tables, (picture,))


def _topics(report: Report, speaker: Speaker) -> Told:
    groups = figures.groups_table(report, speaker)
    sentences = [_if_any(report, speaker.say("report.say.groups", most=_most(groups, speaker)), speaker)]
    hot = figures.hot_topics(report, speaker)
    if hot:
        names = [
            speaker.say("report.say.topic", name=figures.topic_name(topic, speaker), people=f"{topic.people:,}")
            for topic in hot[:NAMED]
        ]
        sentences.append(speaker.say("report.say.hot", topics=speaker.say("report.compare.semicolon").join(names)))
    sentences.append(_budding(report, speaker))
    tables = (groups, figures.hot_table(report, speaker), figures.budding_table(report, speaker))
    return Told("topics", speaker.say("report.part.topics"), tuple(sentences), tables)


def _budding(report: Report, speaker: Speaker) -> str:
    """What is budding, and by which rule; where the months before are not known, that."""
    rule = speaker.say("report.budding.rule", fewest=str(FEWEST), times=f"{float(GROWN):g}")
    if report.provisional:
        return f"{rule}{speaker.say('report.compare.running')}{speaker.say('report.compare.stop')}"
    if report.usual is None:
        return f"{rule}{speaker.say('report.budding.unknown')}"
    names = [figures.topic_name(one.topic, speaker) for one in figures.budding_topics(report, speaker)]
    if not names:
        return f"{rule}{speaker.say('report.budding.none')}"
    return f"{rule}{speaker.say('report.budding.some', topics=speaker.say('report.compare.enumerate').join(names))}"


def _repeated(report: Report, speaker: Speaker) -> Told:
    now = report.totals.all
    sentence = speaker.say(
        "report.say.repeated",
        number=_number(now, Measure.REPEATED),
        share=share(now.get(Measure.REPEATED, 0), now.get(Measure.ARRIVED, 0)),
        compared=_compared(report, Measure.REPEATED, lambda totals: totals.all, speaker),
        joint=_number(now, Measure.JOINT),
    )
    return Told("repeated", speaker.say("report.part.repeated"), (sentence,))


def _handling(report: Report, speaker: Speaker) -> Told:
    now = report.totals.all
    answered = speaker.say(
        "report.say.answered",
        answered=_number(now, Measure.ANSWERED),
        on_time=share(now.get(Measure.ON_TIME, 0), now.get(Measure.DUE, 0)),
        returned=_number(now, Measure.RETURNED),
        extended=_number(now, Measure.EXTENDED),
        reworked=_number(now, Measure.REWORKED),
    )
    overdue = speaker.say(
        "report.say.overdue",
        overdue=_number(now, Measure.OVERDUE),
        compared=_compared(report, Measure.OVERDUE, lambda totals: totals.all, speaker),
        **{f"level_{level}": _number(now, Measure(f"level_{level}")) for level in (1, 2, 3)},
    )
    picture = on_time_picture(report.series, speaker.say("report.chart.on_time"))
    rates = [on_time(one).said for one in report.series]
    months = months_table(report.series, rates, picture.label, speaker)
    tables = (figures.units_table(report, speaker), figures.classes_table(report, speaker))
    return Told("handling", speaker.say("report.part.handling"), (answered, overdue), tables, (picture,), (months,))


def _satisfaction(report: Report, speaker: Speaker) -> Told:
    now = report.totals.all
    rated = now.get(Measure.RATED, 0)
    heading = speaker.say("report.part.satisfaction")
    adopted = speaker.say("report.say.adopted", number=_number(now, Measure.ADOPTED))
    if not rated:
        return Told("satisfaction", heading, (speaker.say("report.say.unrated"), adopted))
    sentence = speaker.say(
        "report.say.rated",
        rated=f"{rated:,}",
        satisfied=share(now.get(Measure.SATISFIED, 0), rated),
        fairly=share(now.get(Measure.FAIRLY, 0), rated),
        not_satisfied=share(now.get(Measure.UNSATISFIED, 0), rated),
        solved=share(now.get(Measure.SOLVED_YES, 0), rated),
        partly=share(now.get(Measure.SOLVED_PARTLY, 0), rated),
    )
    return Told("satisfaction", heading, (sentence, adopted))


def _proposals(report: Report, speaker: Speaker) -> list[str]:
    """What follows from the figures: whose overdue matters, which topics. The editor may strike it out."""
    found = []
    late = [
        (unit, counts.get(Measure.OVERDUE, 0))
        for unit, counts in report.totals.of(Table.UNIT).items()
        if counts.get(Measure.OVERDUE)
    ]
    if late:
        worst = sorted(late, key=lambda one: (-one[1], one[0]))[:NAMED]
        names = [speaker.say("report.say.late_unit", unit=speaker.unit(unit), number=str(n)) for unit, n in worst]
        found.append(speaker.say("report.propose.overdue", units=speaker.say("report.compare.enumerate").join(names)))
    names = [figures.topic_name(one.topic, speaker) for one in figures.budding_topics(report, speaker)[:NAMED]]
    if names:
        found.append(speaker.say("report.propose.budding", topics=speaker.say("report.compare.enumerate").join(names)))
    groups = by_group(report.totals, speaker.city)
    known = group_names(speaker.city)
    named = {key: counts for key, counts in groups.items() if key in known and counts.get(Measure.ARRIVED)}
    if named:
        first = max(sorted(named), key=lambda key: named[key].get(Measure.ARRIVED, 0))
        found.append(speaker.say("report.propose.group", group=known[first].within(speaker.language)))
    if report.totals.all.get(Measure.UNSATISFIED):
        found.append(speaker.say("report.propose.unsatisfied", number=_number(report.totals.all, Measure.UNSATISFIED)))
    return found or [speaker.say("report.propose.nothing")]
