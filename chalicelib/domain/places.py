"""Where a matter lies: by the citizen's choice, by the places the letter names, by the mailbox it was written to."""

from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.city import Area, City
from chalicelib.domain.events import Reason
from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.words import Level


class Placed(Struct, frozen=True):
    """The code of the area, None where nothing tells it. ``doubts`` say why it should be looked at."""

    area: str | None
    grounds: tuple[Reason, ...]
    doubts: tuple[Reason, ...]


def place_names(city: City) -> Lexicon[str]:
    """Every name and alias by which a letter may call an area, with the area's code."""
    return Lexicon((name, area.code) for area in city.areas for name in (area.name.zh, *area.aliases))


def place_of(
    chosen: str | None, passages: tuple[str, ...], kept_for: Area | None, names: Lexicon[str], city: City
) -> Placed:
    """The place of a letter.

    ``chosen``: the area the citizen chose. ``passages``: what she wrote, the most telling first: each may narrow the
    place, none may move it. ``kept_for``: the area of the mailbox she wrote to, where that is not the whole city's.
    """
    within = _narrower(chosen, kept_for, city)
    grounds: tuple[Reason, ...] = (_ground(within, chosen),) if within else ()
    elsewhere: list[str] = []
    named_inside = False
    for passage in passages:
        named = _finest(_mentions(passage, names), city)
        inside = [code for code in named if within is None or city.within(code, within.code)]
        if inside:
            found = _named(inside, city)
            if found.doubts:
                return found
            within, grounds, named_inside = city.area(found.area), found.grounds, True
        elif within is not None:
            elsewhere += [code for code in named if not city.within(within.code, code)]
    if within is None:
        return Placed(None, (), ())
    if elsewhere and not named_inside:
        return _contradicted(within, elsewhere, city)
    return Placed(within.code, grounds, ())


def _narrower(chosen: str | None, kept_for: Area | None, city: City) -> Area | None:
    """The citizen's choice, unless the mailbox already says more than she did."""
    area = city.area(chosen)
    if area is None or (kept_for is not None and city.within(kept_for.code, area.code)):
        return kept_for
    return area


def _mentions(passage: str, names: Lexicon[str]) -> list[str]:
    codes = (code for found in names.find(passage) for code in found.meanings)
    return list(dict.fromkeys(codes))


def _finest(codes: list[str], city: City) -> list[str]:
    """Without those in which another of them lies: 青枫县双槐镇 is one place."""
    return [code for code in codes if not any(other != code and city.within(other, code) for other in codes)]


def _named(codes: list[str], city: City) -> Placed:
    shared = _shared(codes, city)
    area = city.area(shared)
    if area is None or (len(codes) > 1 and area.level is Level.CITY):
        named = "、".join(_zh(codes, city))
        params = {"areas_zh": named, "areas_en": ", ".join(_en(codes, city))}
        return Placed(codes[0], (), (Reason("reason.many_places", params),))
    return Placed(area.code, (Reason("reason.place_named", _names(area)),), ())


def _shared(codes: list[str], city: City) -> str | None:
    """The smallest area in which all of ``codes`` lie: two towns of one county are that county's matter."""
    return next((up for up in _upwards(codes[0], city) if all(city.within(code, up) for code in codes)), None)


def _upwards(code: str, city: City) -> Iterator[str]:
    area = city.area(code)
    while area is not None:
        yield area.code
        area = city.area(area.parent)


def _contradicted(within: Area, named: list[str], city: City) -> Placed:
    params = {
        "chosen_zh": within.name.zh,
        "chosen_en": within.name.en,
        "areas_zh": "、".join(_zh(named, city)),
        "areas_en": ", ".join(_en(named, city)),
    }
    return Placed(within.code, (), (Reason("reason.place_contradiction", params),))


def _ground(within: Area, chosen: str | None) -> Reason:
    return Reason("reason.place_chosen" if within.code == chosen else "reason.place_of_mailbox", _names(within))


def _names(area: Area) -> dict[str, str]:
    return {"area_zh": area.name.zh, "area_en": area.name.en}


def _zh(codes: list[str], city: City) -> list[str]:
    return [area.name.zh for code in codes if (area := city.area(code))]


def _en(codes: list[str], city: City) -> list[str]:
    return [area.name.en for code in codes if (area := city.area(code))]
