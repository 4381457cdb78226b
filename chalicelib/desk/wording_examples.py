"""An example of every notice: what it looks like, and the packaged words as a text with its places to begin from."""

from datetime import UTC, datetime, timedelta

from chalicelib.config import config
from chalicelib.desk import cities, wording
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import NOTICES, SEALED, Words, name_of
from chalicelib.domain.words import Outcome, ReviewLevel
from chalicelib.web.messages import say
from chalicelib.web.templating import environment

RECEIPT, BOOKING = "482710935526", "593821046637"
_DAY = datetime(2026, 3, 20, 16, tzinfo=UTC)  # midnight in Shanghai: a term ends with the day before


def values_of(notice: str, language: str) -> dict[str, object]:
    """What an example matter would say."""
    if NOTICES[notice].reception:
        return _of_reception(language)
    least: dict[str, object] = {
        "title": "",
        "desk": cities.current().name.within(language),
        "receipt": RECEIPT,
        "track": f"{config().public_origin}/track.html",
    }
    return least if notice == SEALED else {**least, **_of_case(notice, language)}


def _of_case(notice: str, language: str) -> dict[str, object]:
    later = (_DAY + timedelta(days=days) for days in range(7, 70, 7))
    return {
        "title": say("wording.example.title", language),
        "kind": "appeal",
        "outcome": say(f"outcome.{Outcome.SOLVED}", language),
        "unit": say("wording.example.unit", language),
        "phone": "0000-1234567",
        "accept_by": next(later),
        "reply_by": next(later),
        "rate_by": next(later),
        "counts": True,
        "known_at": _DAY - timedelta(days=40),
        "known_review_until": next(later),
        "ground": say("ground.other_agency", language),
        "where_to": say("wording.example.where_to", language),
        "agency": say("wording.example.agency", language),
        "answer_by": next(later),
        "days": 15,
        "review": say(f"review.{ReviewLevel.REVIEW}", language),
        "review_by": next(later),
        "upheld": False,
        "review_until": next(later),
        "conference_on": next(later) + timedelta(hours=-7),
        "done_by": next(later) if notice == "replied" else None,
    }


def _of_reception(language: str) -> dict[str, object]:
    return {
        "desk": cities.current().name.within(language),
        "number": BOOKING,
        "before_at": _DAY + timedelta(hours=9),
        "before_place": say("wording.example.before_place", language),
        "comes_at": _DAY + timedelta(days=1, hours=10),
        "place": say("wording.example.place", language),
        "host": say("wording.example.host", language),
        "reason": say("wording.example.reason", language),
        "page": f"{config().public_origin}/receptions.html",
    }


def places_of(notice: str, language: str, way: str) -> dict[str, str]:
    """Each place of a text, with what the example has in it."""
    return wording.places_of(notice, language, way, values_of(notice, language))


def text_of(words: Words | None, notice: str, language: str, way: str) -> str:
    """The example in ``words``, or in the packaged ones."""
    values = values_of(notice, language)
    written = wording.worded(words, notice, language, way, values) if words is not None else None
    return written if written is not None else wording.packaged(notice, language, way, values)


def subject_of(words: Words | None, notice: str, language: str) -> str:
    """The subject of the example's mail."""
    own = wording.Wording({name_of(notice, language, Way.MAIL): words} if words is not None else {})
    return wording.subject_of(own, notice, language, values_of(notice, language))


def to_begin_from(notice: str, language: str, way: str) -> Words:
    """The packaged words of the example, with places where its values stand; of a mail, the body alone."""
    values = values_of(notice, language)
    if way == Way.SMS:
        text = wording.packaged(notice, language, way, values)
        return Words(_with_places(text, places_of(notice, language, way)))
    template = environment().get_template(f"messages/{language}/{notice}.mail.txt")
    body = "".join(template.blocks["body"](template.new_context(values)))
    subject = wording.subject_of(wording.Wording({}), notice, language, values)
    places = places_of(notice, language, way)
    in_subject = {place: places[place] for place in NOTICES[notice].of_subject}
    return Words(_with_places(body.strip(), places), _with_places(subject, in_subject))


def _with_places(text: str, places: dict[str, str]) -> str:
    """The longest first: a short value may stand in a longer one."""
    for place, value in sorted(places.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(value, f"{{{place}}}") if value else text
    return text
