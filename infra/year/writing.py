"""What the letters of the year say, and by whom: invented sentences with a place and two numbers in them."""

from functools import cache
from pathlib import Path
from random import Random

import msgspec

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.submission import Form, read_form
from chalicelib.domain.words import Kind
from infra.year.city import (
    MAYOR_BOX,
    SECRETARY_BOX,
    boxes_of,
    bureaus_of,
    city_of_the_year,
    county_code,
    departments,
    towns_of,
)
from infra.year.plan import Box, Letter

MAYORS = 0.3  # of the letters to the city's other mailboxes
MAY_PUBLISH = 0.6


class Words(msgspec.Struct, frozen=True):
    """Everything that is said in the year. Of each letter: title, text, and the reply it gets."""

    letters: dict[Kind, list[tuple[str, str, str]]]
    families: str
    given: list[str]
    notes: list[str]
    grounds: list[str]
    delays: list[str]
    praise: list[str]
    complaints: list[str]
    calls: list[str]
    redo: list[str]
    redone: str


class Written(msgspec.Struct, frozen=True):
    """A letter as it came, and the reply that it will get. ``town``: the town it speaks of."""

    form: Form
    reply: str
    town: str


@cache
def words() -> Words:
    """The sentences of the year."""
    return msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=Words)


def write(letter: Letter, seed: int) -> Written:
    """The form that the citizen sends; the same for the same letter and seed."""
    lots = Random(f"write {seed} {letter.number}")
    city, town = city_of_the_year(), lots.choice(towns_of(letter.place))
    area = city.area(town)
    assert area is not None  # the city is complete
    title, text, reply = lots.choice(words().letters[letter.kind])
    said = {"place": area.name.zh, "n": lots.randint(2, 60), "days": lots.randint(3, 90)}
    writer = Random(f"person {seed} {letter.person}")
    form = {
        "key": f"year-{seed:04}-{letter.number:012}",
        "mailbox": _mailbox(letter, town, lots),
        "kind": letter.kind.value,
        "title": title.format_map(said),
        "text": text.format_map(said),
        "area": town if lots.random() < 0.8 else county_code(letter.place),
        "place": f"{area.name.zh}{lots.randint(1, 30)}号附近",
        "name": writer.choice(words().families) + writer.choice(words().given),
        "phone": f"199{letter.person:08}",
        "keep_name_from_unit": lots.random() < 0.2,
        "may_publish": lots.random() < MAY_PUBLISH,
    }
    day = letter.filed_at.astimezone(SHANGHAI).date()
    return Written(read_form(form, city, "zh", day), reply.format_map(said), town)


def _mailbox(letter: Letter, town: str, lots: Random) -> str:
    match letter.box:
        case Box.SECRETARY:
            return SECRETARY_BOX
        case Box.CITY:
            return MAYOR_BOX if lots.random() < MAYORS else lots.choice(boxes_of(lots.choice(departments())))
        case Box.COUNTY:
            return lots.choice(boxes_of(lots.choice(bureaus_of(letter.place))))
        case Box.TOWNSHIP:
            return lots.choice(boxes_of(f"town-{town}"))
