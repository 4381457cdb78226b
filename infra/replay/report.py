"""The report of a replay: one HTML file that needs nothing beside it."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.domain.calendar import SHANGHAI
from infra.replay import drawing, tables
from infra.replay.figures import Figures
from infra.replay.playing import Replayed
from infra.replay.words import Words

_HERE = Path(__file__).parent


def write_report(path: Path, name: str, figures: Figures, replayed: Replayed, language: str) -> None:
    """Write the report to ``path``. ``name``: of the file that was replayed; ``language``: "zh" or "en"."""
    words = Words(language)
    pages = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = pages.get_template("report.html").render(
        t=words,
        name=name,
        figures=figures,
        period=_period(replayed),
        charts={key: Markup(svg) for key, svg in drawing.charts(figures, replayed, words).items()},
        months=tables.latest_months(figures, replayed.city, language),
        voices=tables.most_voices(replayed, language),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _period(replayed: Replayed) -> tuple[str, str]:
    """The first and the last day on which a letter came; empty where none did."""
    filed = [letter.filed_at for letter in replayed.letters]
    return (_day(min(filed)), _day(max(filed))) if filed else ("—", "—")


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
