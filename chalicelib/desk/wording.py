"""The words of a notice: the office's own where it has set some, else those that are packaged."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.quiet import Quiet
from chalicelib.domain.receipts import spoken
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import NOTICES, QUIET, Words, filled, name_of
from chalicelib.storage import wording as settings
from chalicelib.web.messages import say
from chalicelib.web.templating import day, on_paper, render

Values = Mapping[str, object]
_TO_THE_MINUTE = frozenset({"comes_at", "before_at", "conference_on"})
_SHORT = {"zh": (36, "…"), "en": (90, "...")}  # of what a clerk wrote, in an SMS


class Wording(Struct, frozen=True):
    """What the office has set, read once for all whom a step concerns."""

    words: dict[str, Words]
    quiet: Quiet = Quiet()


def in_force() -> Wording:
    """What the office has set by now."""
    known = settings.in_force()
    words = {name: one.value for name, one in known.items() if isinstance(one.value, Words)}
    quiet = known[QUIET].value if QUIET in known else None
    return Wording(words, quiet if isinstance(quiet, Quiet) else Quiet())


def subject_of(wording: Wording, notice: str, language: str, values: Values) -> str:
    """The subject of a mail."""
    own = wording.words.get(name_of(notice, language, Way.MAIL))
    places = places_of(notice, language, Way.MAIL, values)
    written = filled(own.subject, places) if own is not None and own.subject else None
    return written if written is not None else _packaged_subject(notice, language, values)


def text_of(wording: Wording, notice: str, language: str, way: str, values: Values) -> str:
    """The whole text of a notice. Where the office's own names what this matter has not, the packaged one is sent."""
    own = wording.words.get(name_of(notice, language, way))
    written = None if own is None else worded(own, notice, language, way, values)
    return written if written is not None else packaged(notice, language, way, values)


def worded(own: Words, notice: str, language: str, way: str, values: Values) -> str | None:
    """A notice in the office's own words; None where a place of it stays empty."""
    body = filled(own.text, places_of(notice, language, way, values))
    if body is None or way == Way.SMS:
        return body
    layout = "reception_layout" if NOTICES[notice].reception else "layout"
    return render(
        "messages/office.mail.txt", layout=f"messages/{language}/{layout}.mail.txt", body=body, **values
    ).strip()


def packaged(notice: str, language: str, way: str, values: Values) -> str:
    """A notice in the words that are packaged."""
    return render(f"messages/{language}/{notice}.{way}.txt", **values).strip()


def _packaged_subject(notice: str, language: str, values: Values) -> str:
    number = NOTICES[notice].number
    return say(f"notice.{notice}", language, **{number: spoken(str(values[number]))})


def places_of(notice: str, language: str, way: str, values: Values) -> dict[str, str]:
    """What fills each place of a text, "" where this matter has none."""
    may = NOTICES[notice].may(way)
    return {place: _in_words(value, values.get(value), language, way) for place, value in may.items()}


def _in_words(name: str, value: object, language: str, way: str) -> str:
    if isinstance(value, datetime):
        if name == "known_at":
            return on_paper(value)[:10]
        return on_paper(value) if name in _TO_THE_MINUTE else day(value)
    text = str(value) if value else ""
    if name in ("receipt", "number"):
        return spoken(text)
    longest, more = _SHORT[language]
    if name == "where_to" and way == Way.SMS and len(text) > longest:
        return text[: longest - len(more)] + more
    return text
