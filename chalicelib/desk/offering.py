"""Before a letter is sent: what is public of the same matter, for its writer to judge. What she wrote is not kept."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.case import Case
from chalicelib.domain.deciding import Matter
from chalicelib.domain.duplicates import Letter, trails
from chalicelib.domain.errors import SlowDown
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.offering import offered
from chalicelib.domain.routing import RoutedLetter
from chalicelib.domain.routing import route as decide_route
from chalicelib.domain.words import Kind
from chalicelib.storage import alike, cases, published, throttle

LATEST = 20  # of its subject
ASKED_AN_HOUR = 120  # from one address: a quarter's telephones may share it, and a letter asks twice
MOST_FOUND = 10  # cases whose letters are alike by their words


class Offer(Struct, frozen=True):
    """A public matter that may be hers, and how it stands."""

    matter: Matter
    case: Case


class Asked(Struct, frozen=True):
    """What she is about to send."""

    title: str
    text: str
    kind: Kind | None
    mailbox: str
    area: str | None


def alike_public(raw: Mapping[str, object], address: str, at: datetime) -> list[Offer]:
    """At most three public matters that may be that of ``raw``. Six reads at most; of an accusation nothing is asked.

    Raises Invalid naming the fields, SlowDown when too much was asked from ``address``.
    """
    scope = throttle.Scope(f"alike-from#{address}", ASKED_AN_HOUR)
    if pause := throttle.locked_for([scope], at):
        raise SlowDown(pause)
    asked = _read(raw)
    throttle.count([scope], at)
    return [] if asked.kind is Kind.ACCUSATION else _offers(asked)


def _read(raw: Mapping[str, object]) -> Asked:
    reader = FieldReader(raw)
    title = reader.text("title", required=True)
    text = reader.text("text", required=True, many_lines=True)
    kind = reader.choice("kind", Kind) if raw.get("kind") else None
    mailbox, area = reader.text("mailbox", longest=64), reader.text("area", longest=20)
    reader.raise_errors()
    return Asked(title, text, kind, mailbox, area or None)


def _offers(asked: Asked) -> list[Offer]:
    """By what was written in nearly the same words, and by what was published last on the same subject."""
    letter = Letter(asked.title, asked.text, asked.area, None)
    met = alike.cases_of(alike.sharing(trails(letter)))[:MOST_FOUND]
    routed = decide_route(
        RoutedLetter(asked.mailbox, asked.kind or Kind.APPEAL, asked.title, asked.text, asked.area, "", ""),
        cities.known(),
    )
    latest = {one.decision.case_id: one for one in published.latest(routed.category, LATEST)}
    near = offered(asked.title, asked.text, asked.area, latest.values())
    standing = cases.load_all({*met, *(one.decision.case_id for one in near)})
    public = {key: case for key, case in standing.items() if case.published is not None and not case.sealed}
    others = published.of_cases(case for key, case in public.items() if key not in latest)
    found = offered(asked.title, asked.text, asked.area, [*near, *others])
    return [Offer(one, public[one.decision.case_id]) for one in found if one.decision.case_id in public]
