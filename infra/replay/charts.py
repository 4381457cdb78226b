"""The charts of the report: each a small Vega-Lite picture, drawn here into SVG."""

from collections.abc import Sequence
from typing import Any

import vl_convert

Rows = list[dict[str, object]]
Spec = dict[str, Any]

FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'
INK, FAINT, LINE = "#26323f", "#66727f", "#e4e7eb"
BLUE, PALE_BLUE, GOLD = "#2f5d8a", "#a9c3dc", "#c08a2e"
GREEN, YELLOW, RED = "#4f9d6e", "#e2b23c", "#c4432f"
WIDE, HALF = 860, 250
_CONFIG: Spec = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": FAINT,
        "titleColor": FAINT,
        "gridColor": LINE,
        "domainColor": "#b8c0c8",
        "tickColor": "#b8c0c8",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": INK, "labelFontSize": 13, "title": None, "orient": "top", "symbolType": "square"},
}


def stacked_by_month(rows: Rows, lines: Rows, colours: Sequence[tuple[str, str]], line: tuple[str, str]) -> str:
    """Bars of ``rows`` (month, kind, count) with the ``lines`` (month, kind, count) over them."""
    colour = _colour([*colours, line])
    month: Spec = {"field": "month", "type": "temporal", "title": None, "axis": {"format": "%Y-%m", "grid": False}}
    bars: Spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "width": {"band": 0.85}},
        "encoding": {
            "x": {**month, "timeUnit": "utcyearmonth"},
            "y": {"field": "count", "type": "quantitative", "title": None, "axis": {"domain": False, "ticks": False}},
            "color": colour,
            "order": {"field": "order"},
        },
    }
    over: Spec = {
        "data": {"values": lines},
        "mark": {"type": "line", "strokeWidth": 2, "interpolate": "linear", "strokeJoin": "round"},
        "encoding": {
            "x": {**month, "timeUnit": "utcyearmonth"},
            "y": {"field": "count", "type": "quantitative"},
            "color": colour,
        },
    }
    return _drawn({"width": WIDE, "height": 240, "layer": [bars, over]})


def histogram(rows: Rows, colours: Sequence[tuple[str, str]], titles: tuple[str, str], mark: Rows, over: Rows) -> str:
    """Bars of ``rows`` (start, end, kind, count), a dashed line at each of ``mark`` (at, label), and words above bars
    at each of ``over`` (at, count, label).
    """
    bars: Spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "binSpacing": 1},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "bin": {"binned": True},
                "title": titles[0],
                "axis": {"grid": False, "tickCount": 12},
            },
            "x2": {"field": "end"},
            "y": {
                "field": "count",
                "type": "quantitative",
                "title": titles[1],
                "axis": {"domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "right", "titleY": -6},
            },
            "color": _colour(colours),
        },
    }
    rule: Spec = {
        "data": {"values": mark},
        "mark": {"type": "rule", "strokeDash": [5, 4], "color": RED, "strokeWidth": 1.5},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }
    words: Spec = {
        "data": {"values": mark},
        "mark": {"type": "text", "align": "left", "dx": 6, "dy": 8, "color": RED, "fontSize": 13, "baseline": "top"},
        "encoding": {
            "x": {"field": "at", "type": "quantitative"},
            "y": {"value": 0},
            "text": {"field": "label"},
        },
    }
    above: Spec = {
        "data": {"values": over},
        "mark": {"type": "text", "dy": -8, "color": FAINT, "fontSize": 13},
        "encoding": {
            "x": {"field": "at", "type": "quantitative"},
            "y": {"field": "count", "type": "quantitative"},
            "text": {"field": "label"},
        },
    }
    layers = [bars, *([rule, words] if mark else []), *([above] if over else [])]
    return _drawn({"width": WIDE, "height": 240, "layer": layers})


def shares(rows: Rows, colours: Sequence[tuple[str, str]]) -> str:
    """Lying bars of ``rows`` (kind, count), one a kind, each with its number."""
    return _lying(rows, {"field": "count"}, _colour(colours, legend=False), HALF, [kind for kind, _ in colours])


def lying_percent(rows: Rows, colour: str) -> str:
    """Lying bars of ``rows`` (kind, share, label), in their order."""
    kinds = [str(row["kind"]) for row in rows]
    return _lying(rows, {"field": "share", "axis": {"format": "%"}}, {"value": colour}, WIDE - 190, kinds)


def _lying(rows: Rows, value: Spec, colour: Spec, width: int, order: list[str]) -> str:
    axis = {"domain": False, "ticks": False, "tickCount": 5, **value.get("axis", {})}
    kind: Spec = {
        "field": "kind",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"labelColor": INK, "domain": False, "ticks": False, "labelLimit": 260, "labelPadding": 8},
    }
    length: Spec = {**value, "type": "quantitative", "title": None, "axis": axis}
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.68}, "cornerRadiusEnd": 2},
        "encoding": {"y": kind, "x": length, "color": colour},
    }
    words: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 13, "color": INK},
        "encoding": {"y": kind, "x": length, "text": {"field": "label"}},
    }
    return _drawn({"width": width, "height": {"step": 30}, "data": {"values": rows}, "layer": [bars, words]})


def columns(rows: Rows, colours: Sequence[tuple[str, str]], width: int) -> str:
    """Standing bars of ``rows`` (year, kind, count), stacked."""
    return _drawn(
        {
            "width": width,
            "height": 180,
            "data": {"values": rows},
            "mark": {"type": "bar", "width": {"band": 0.6}},
            "encoding": {
                "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0, "ticks": False}},
                "y": {
                    "field": "count",
                    "type": "quantitative",
                    "title": None,
                    "axis": {"domain": False, "ticks": False, "tickCount": 5},
                },
                "color": _colour(colours),
                "order": {"field": "order"},
            },
        }
    )


def _colour(colours: Sequence[tuple[str, str]], *, legend: bool = True) -> Spec:
    scale = {"domain": [name for name, _ in colours], "range": [colour for _, colour in colours]}
    spec: Spec = {"field": "kind", "type": "nominal", "scale": scale}
    return spec if legend else {**spec, "legend": None}


def _drawn(spec: Spec) -> str:
    svg: str = vl_convert.vegalite_to_svg({**spec, "config": _CONFIG, "padding": 2}, vl_version="5.20")
    return svg
