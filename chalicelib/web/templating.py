"""Templates: escaped by default, strict about what is missing, and the trade's words at hand."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import worst_light
from chalicelib.domain.receipts import spoken
from chalicelib.domain.subject_list import classes_of
from chalicelib.domain.words import Light
from chalicelib.web.messages import say

if TYPE_CHECKING:
    from jinja2 import Environment

_ROOT = Path(__file__).resolve().parents[2]
FOLDER = next((place for place in (_ROOT / "templates", _ROOT / "vendor" / "templates") if place.is_dir()), _ROOT)
"""Beside ``chalicelib`` in the checkout and in the package alike: Chalice lays ``vendor`` at the package's root."""


@cache
def environment() -> "Environment":
    """The templates' environment. HTML is escaped; a name that is missing is an error, never a gap on the page."""
    from jinja2 import (
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )  # 120 ms, pages and notices only

    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"on_paper": on_paper, "day": day, "spoken": spoken}
    made.globals |= {"say": say, "left_words": left_words, "light_now": light_now, "classes_of": classes_of}
    return made


def render(template: str, **values: object) -> str:
    """``template``, by its path under ``templates/``, filled with ``values``."""
    return environment().get_template(template).render(**values)


def on_paper(at: datetime) -> str:
    """A moment as people in Shanghai read it: 2026-03-02 09:00."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def left_words(due_at: datetime, now: datetime, language: str) -> str:
    """How many days are left, by Shanghai's calendar, or how many it is late."""
    last = datetime.fromtimestamp(due_at.timestamp() - 1, UTC).astimezone(SHANGHAI).date()
    left = (last - now.astimezone(SHANGHAI).date()).days
    if left < 0:
        return say("left.late", language, number=str(-left))
    return say("left.days", language, number=str(left)) if left else say("left.today", language)


def light_now(case: Case, now: datetime) -> Light | None:
    """The light as it is now, also where the sweep has not passed yet."""
    return worst_light(case.clocks, now)


def day(at: datetime) -> str:
    """The last day of a term that ends at ``at``: one that ends at midnight ends with the day before."""
    local = datetime.fromtimestamp(at.timestamp() - 1, UTC).astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d")
