"""Where a matter lies: by the citizen's choice, by the places the letter names, by the mailbox it was written to."""

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from chalicelib.domain.city import Area, City
from chalicelib.domain.events import Reason
from chalicelib.domain.gazetteer import Gazetteer
from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.words import Level


class Placed(Struct, frozen=True):
    """The code of the area, None where nothing tells it. ``doubts`` say why it should be looked at; ``place``: the
    name in the gazetteer of the place by which it was found, "" for none.
    """

    area: str | None
    grounds: tuple[Reason, ...]
    doubts: tuple[Reason, ...]
    place: str = ""


class Sense(Struct, frozen=True):
    """What a name may stand for. ``place``: the gazetteer's name for it, "" for the area itself."""

    area: str
    place: str = ""


class _Mention(Struct, frozen=True):
    """A name in a letter. Several areas: a road that crosses them, or places of one name; any one of them is meant."""

    areas: tuple[str, ...]
    place: str

    def inside(self, within: Area | None, city: City) -> tuple[str, ...]:
        """Those of its areas that lie in ``within``."""
        return tuple(code for code in self.areas if within is None or city.within(code, within.code))


def place_names(city: City, gazetteer: Gazetteer = ()) -> Lexicon[Sense]:
    """Every name by which a letter may call an area, or a place of the gazetteer, with the codes of the areas."""
    areas = ((name, Sense(area.code)) for area in city.areas for name in (area.name.zh, *area.aliases))
    places = ((name, Sense(code, one.name)) for one in gazetteer for name in one.names for code in one.areas)
    return Lexicon(chain(areas, places))


def place_of(
    chosen: str | None, passages: tuple[str, ...], kept_for: Area | None, names: Lexicon[Sense], city: City
) -> Placed:
    """The place of a letter.

    ``chosen``: the area the citizen chose. ``passages``: what she wrote, the most telling first: each may narrow the
    place, none may move it. ``kept_for``: the area of the mailbox she wrote to, where that is not the whole city's.
    """
    within = _narrower(chosen, kept_for, city)
    grounds: tuple[Reason, ...] = (_ground(within, chosen),) if within else ()
    elsewhere: list[str] = []
    named_inside, place = False, ""
    for passage in passages:
        mentions = _mentions(passage, names)
        inside = _decided([one for one in mentions if one.inside(within, city)], within, city)
        if inside:
            found = _named(_finest(inside, city), city)
            if found.doubts:
                return found
            within, grounds, named_inside = city.area(found.area), found.grounds, True
            place = place or _called(mentions, within, city)
        elif within is not None:
            elsewhere += _outside(mentions, within, city)
    if within is None:
        return Placed(None, (), ())
    if elsewhere and not named_inside:
        return _contradicted(within, elsewhere, city)
    return Placed(within.code, grounds, (), place)


def _decided(mentions: list[_Mention], within: Area | None, city: City) -> list[str]:
    """The areas that ``mentions`` mean. A name of several areas leaves it to the others which of them it means, if
    they say so; else it means them all.
    """
    plain = [code for one in mentions if len(codes := one.inside(within, city)) == 1 for code in codes]
    found, said = list(plain), _finest(plain, city)
    for one in mentions:
        several = one.inside(within, city)
        if len(several) > 1:
            agreed = [code for code in several if any(city.within(code, at) or city.within(at, code) for at in said)]
            found += agreed or several
    return list(dict.fromkeys(found))


def _called(mentions: list[_Mention], within: Area | None, city: City) -> str:
    """The first name of the gazetteer among ``mentions`` that lies in ``within``."""
    return next((one.place for one in mentions if one.place and one.inside(within, city)), "")


def _outside(mentions: list[_Mention], within: Area, city: City) -> list[str]:
    """What is named beyond ``within``; a road that leads on into it names nothing beyond."""
    beyond = [one.areas for one in mentions if not any(city.within(within.code, code) for code in one.areas)]
    return _finest([code for codes in beyond for code in codes], city)


def _narrower(chosen: str | None, kept_for: Area | None, city: City) -> Area | None:
    """The citizen's choice, unless the mailbox already says more than she did."""
    area = city.area(chosen)
    if area is None or (kept_for is not None and city.within(kept_for.code, area.code)):
        return kept_for
    return area


def _mentions(passage: str, names: Lexicon[Sense]) -> list[_Mention]:
    found = (found.meanings for found in names.find(passage))
    mentions = (
        _Mention(
            tuple(dict.fromkeys(sense.area for sense in senses)),
            next((sense.place for sense in senses if sense.place), ""),
        )
        for senses in found
    )
    return list(dict.fromkeys(mentions))


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
