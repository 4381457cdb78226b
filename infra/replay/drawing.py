"""What the charts show: the rows behind each picture."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.words import Light
from infra.replay.charts import (
    BLUE,
    GOLD,
    GREEN,
    PALE_BLUE,
    RED,
    WIDE,
    YELLOW,
    Rows,
    columns,
    histogram,
    lying_percent,
    shares,
    stacked_by_month,
)
from infra.replay.figures import LEVELS, Figures
from infra.replay.playing import Replayed
from infra.replay.tables import unit_name
from infra.replay.words import Words

LEAST_REPLIES = 5  # of a unit whose share of late replies is compared
MOST_UNITS = 12
MOST_BARS = 40
BAR_WIDTHS = (1, 2, 5, 10, 20, 30, 60, 120, 365)  # days


def charts(figures: Figures, replayed: Replayed, t: Words) -> dict[str, str]:
    """Every chart of the report as SVG; a chart without anything to show is ""."""
    if not replayed.letters:
        return dict.fromkeys(("volume", "days", "lights", "supervision", "hands", "late_units"), "")
    return {
        "volume": _volume(replayed, t),
        "days": _days(figures, replayed, t),
        "lights": _lights(replayed, t),
        "supervision": _supervision(figures, t),
        "hands": _hands(replayed, t),
        "late_units": _late_units(replayed, t),
    }


def _volume(replayed: Replayed, t: Words) -> str:
    opened = {told.case.voices[0].receipt for told in replayed.told}
    voices = [voice for told in replayed.told for voice in told.case.voices]
    own = Counter(_month(voice.filed_at) for voice in voices if voice.receipt in opened)
    joined = Counter(_month(voice.filed_at) for voice in voices if voice.receipt not in opened)
    replied = Counter(_month(voice.answered_at) for voice in voices if voice.answered_at)
    bars: Rows = [{"month": month, "kind": t("own_case"), "count": own[month], "order": 0} for month in sorted(own)]
    bars += [{"month": month, "kind": t("joined"), "count": joined[month], "order": 1} for month in sorted(joined)]
    line: Rows = [{"month": month, "kind": t("replies"), "count": replied[month]} for month in _without_gaps(replied)]
    return stacked_by_month(bars, line, [(t("own_case"), BLUE), (t("joined"), PALE_BLUE)], (t("replies"), GOLD))


def _without_gaps(months: Iterable[str]) -> list[str]:
    """Every month from the first to the last: one without a reply is a nought, not a slope."""
    first, last = min(months, default=""), max(months, default="")
    every = [first] if first else []
    while every and every[-1] < last:
        year, month, _ = map(int, every[-1].split("-"))
        every.append(f"{year + month // 12}-{month % 12 + 1:02}-01")
    return every


def _days(figures: Figures, replayed: Replayed, t: Words) -> str:
    answered = [
        (submission.days, submission.in_time)
        for told in replayed.told
        for submission in told.submissions
        if submission.days is not None
    ]
    if not answered:
        return ""
    # the few that took longest share the last bar; the term is always in the picture
    usual = sorted(days for days, _ in answered)[int(len(answered) * 0.97)]
    reach = max(usual, (figures.term_days or 0) * 1.5, 1.0)
    width = next((width for width in BAR_WIDTHS if reach / width <= MOST_BARS), BAR_WIDTHS[-1])
    last = int(reach // width)
    counted = Counter((min(int(days // width), last), in_time is not False) for days, in_time in answered)
    kinds = {True: t("in_time"), False: t("late")}
    rows: Rows = [
        {"start": bar * width, "end": (bar + 1) * width, "kind": kinds[in_time], "count": count}
        for (bar, in_time), count in sorted(counted.items())
    ]
    mark: Rows = [{"at": figures.term_days, "label": t("term")}] if figures.term_days else []
    longer = counted[last, True] + counted[last, False]
    over: Rows = [{"at": (last + 0.5) * width, "count": longer, "label": f"≥ {last * width}"}] if longer else []
    return histogram(rows, [(t("in_time"), BLUE), (t("late"), RED)], (t("days_axis"), t("letters_axis")), mark, over)


def _lights(replayed: Replayed, t: Words) -> str:
    counted = Counter(told.worst for told in replayed.told)
    colours = {Light.GREEN: GREEN, Light.YELLOW: YELLOW, Light.RED: RED}
    named = [(t(f"light_{light}"), colour) for light, colour in colours.items()]
    return shares(_counted({t(f"light_{light}"): counted[light] for light in colours}), named)


def _supervision(figures: Figures, t: Words) -> str:
    counted = {t(f"level_{level}"): figures.supervision[str(level)] for level in LEVELS}
    return shares(_counted(counted), list(zip(counted, ("#dd9a55", "#cf6a3a", RED), strict=True)))


def _counted(counts: dict[str, int]) -> Rows:
    return [{"kind": kind, "count": count, "label": f"{count:,}"} for kind, count in counts.items()]


def _hands(replayed: Replayed, t: Words) -> str:
    counted = Counter((told.case.opened_at.astimezone(SHANGHAI).year, told.by_rule) for told in replayed.told)
    kinds = {True: t("by_rule"), False: t("by_clerk")}
    rows: Rows = [
        {"year": str(year), "kind": kinds[by_rule], "count": count, "order": int(not by_rule)}
        for (year, by_rule), count in sorted(counted.items())
    ]
    return columns(rows, [(t("by_rule"), BLUE), (t("by_clerk"), PALE_BLUE)], WIDE)


def _late_units(replayed: Replayed, t: Words) -> str:
    answered: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for told in replayed.told:
        for submission in told.submissions:
            if submission.answered_at is not None and submission.unit is not None:
                answered[submission.unit] += 1
                late[submission.unit] += submission.in_time is False
    worst = [unit for unit in answered if late[unit] and answered[unit] >= LEAST_REPLIES]
    worst.sort(key=lambda unit: (-late[unit] / answered[unit], -answered[unit]))
    rows: Rows = [
        {
            "kind": unit_name(unit, replayed.city, t.language),
            "share": late[unit] / answered[unit],
            "label": f"{late[unit]} / {answered[unit]}",
        }
        for unit in worst[:MOST_UNITS]
    ]
    return lying_percent(rows, RED) if rows else ""


def _month(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m}-01"
