"""Charts as SVG, drawn by the server: attributes and classes only, for the console's pages allow no inline style.

They are read in black and white too: what is compared differs in filling, and each bar bears its number. Beside every
chart its page shows the same figures as a table.
"""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

WIDE = 720  # units of the picture; the page scales it to its column
_TOP, _BOTTOM, _SIDE = 26, 30, 12
_STEP = 30  # of lying bars
_LONGEST_NAME = 14  # characters of a lying bar's name


class Point(Struct, frozen=True):
    """One bar, or one place of a line. ``value``: None where nothing is known. ``said``: how it is written."""

    name: str
    value: float | None
    said: str = ""

    @property
    def label(self) -> str:
        """What stands at it."""
        return self.said or ("" if self.value is None else f"{self.value:,.0f}")


def columns(points: Sequence[Point], label: str, height: int = 220) -> str:
    """Standing bars, e.g. the months; the last one is the one that is spoken of."""
    most = max((point.value or 0 for point in points), default=0) or 1
    slot = (WIDE - 2 * _SIDE) / max(1, len(points))
    room = height - _TOP - _BOTTOM
    drawn = [_axis(height)]
    for place, point in enumerate(points):
        middle = _SIDE + slot * (place + 0.5)
        drawn.append(_text(middle, height - 10, point.name, "name"))
        if point.value is None:
            drawn.append(_text(middle, height - _BOTTOM - 6, "—", "name"))
            continue
        tall = room * point.value / most
        kind = "own" if place == len(points) - 1 else "other"
        drawn.append(_rect(middle - slot * 0.34, height - _BOTTOM - tall, slot * 0.68, tall, kind))
        drawn.append(_text(middle, height - _BOTTOM - tall - 6, point.label, "number"))
    return _picture(drawn, height, label)


def little_bars(counts: Sequence[int], wide: int = 120, height: int = 28) -> str:
    """A row of small bars without words, the last the latest; what it shows is said beside it."""
    most = max(counts, default=0) or 1
    slot = wide / max(1, len(counts))
    drawn = [
        _rect(slot * place, height - height * count / most, slot * 0.8, height * count / most, "own")
        for place, count in enumerate(counts)
        if count
    ]
    floor = f'<line class="axis" x1="0" y1="{height}" x2="{wide}" y2="{height}"/>'
    return f'<svg class="spark" viewBox="0 0 {wide} {height}" aria-hidden="true">{"".join(drawn)}{floor}</svg>'


def bars(points: Sequence[Point], label: str) -> str:
    """Lying bars, e.g. kinds or places, each with its number."""
    most = max((point.value or 0 for point in points), default=0) or 1
    name_wide = 15 * min(_LONGEST_NAME, max((len(point.name) for point in points), default=1)) + 16
    room = WIDE - name_wide - 110
    drawn = []
    for place, point in enumerate(points):
        top = place * _STEP + 4
        wide = room * (point.value or 0) / most
        drawn.append(_text(name_wide - 8, top + 16, _short(point.name), "name", "end"))
        drawn.append(_rect(name_wide, top, max(wide, 1), _STEP - 9, "own"))
        drawn.append(_text(name_wide + wide + 7, top + 16, point.label, "number", "start"))
    return _picture(drawn, max(_STEP, len(points) * _STEP), label)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def line(points: Sequence[Point], label: str, height: int = 190) -> str:
    """A line of shares between 0 and 1, e.g. the rate of answers in time; broken where nothing is known."""
    slot = (WIDE - 2 * _SIDE) / max(1, len(points))
    room = height - _TOP - _BOTTOM
    known = [point.value for point in points if point.value is not None]
    low = min([0.9, *known]) if known and min(known) >= 0.5 else 0.0  # a narrow band is shown wide, and said so
    floor = int(low * 10) / 10
    drawn = [_axis(height), _text(_SIDE, height - _BOTTOM - 4, f"{floor:.0%}", "scale", "start")]
    drawn.append(_text(_SIDE, _TOP - 12, "100%", "scale", "start"))
    stretch: list[str] = []
    marks = []
    for place, point in enumerate(points):
        middle = _SIDE + slot * (place + 0.5)
        drawn.append(_text(middle, height - 10, point.name, "name"))
        if point.value is None:
            drawn += _line_through(stretch)
            stretch = []
            continue
        y = _TOP + room * (1 - (point.value - floor) / (1 - floor))
        stretch.append(f"{middle:.1f},{y:.1f}")
        marks.append(f'<circle class="mark" cx="{middle:.1f}" cy="{y:.1f}" r="4"/>')
        marks.append(_text(middle, y - 9, point.label, "number"))
    return _picture([*drawn, *_line_through(stretch), *marks], height, label)


def _line_through(stretch: Sequence[str]) -> list[str]:
    return [f'<polyline class="path" points="{" ".join(stretch)}"/>'] if len(stretch) > 1 else []


def _axis(height: int) -> str:
    y = height - _BOTTOM
    return f'<line class="axis" x1="{_SIDE}" y1="{y}" x2="{WIDE - _SIDE}" y2="{y}"/>'


def _rect(x: float, y: float, wide: float, tall: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _picture(drawn: Sequence[str], height: int, label: str) -> str:
    said = escape(label, quote=True)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE} {height}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{''.join(drawn)}</svg>"
    )
