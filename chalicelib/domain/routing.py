"""Routing (分办): which category, place and unit a letter belongs to, by the city's rules and words, with the reasons.

Hand-written rules come first, then the subject by its words, the place by choice or name, and the unit competent for
that subject at that place. What is not sure is left to the intake clerk, with the best suggestion.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.city import Area, Category, City, Rule, Unit
from chalicelib.domain.events import Reason
from chalicelib.domain.gazetteer import Gazetteer
from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.opinions import Heard, joined
from chalicelib.domain.places import Placed, Sense, place_names, place_of
from chalicelib.domain.risks import RiskReader, RiskSeen
from chalicelib.domain.subjects import Sign, Subject, subject_of, subject_words
from chalicelib.domain.words import Kind, Level

GENERAL = "general"  # the function of an office that answers for everything in its area
_OPENING = 40  # characters in which a letter says to whom it is addressed
_GROUNDS = ("reason.words", "reason.place_chosen", "reason.place_named", "reason.place_of_mailbox")
_HEIGHT = {Level.TOWNSHIP: 0, Level.COUNTY: 1, Level.CITY: 2}


class RoutedLetter(Struct, frozen=True):
    """What routing reads of a submission: never who wrote it."""

    mailbox: str
    kind: Kind
    title: str
    text: str
    area: str | None  # code of the area the citizen chose
    place: str  # free text
    category: str = ""  # id of the one that the citizen chose


class Routing(Struct, frozen=True):
    """Ids of category and unit, code of the area; ``sure``: may be dispatched without the clerk."""

    category: str | None
    area: str | None
    unit: str | None
    sure: bool
    urgent: bool
    reasons: tuple[Reason, ...]
    place: str = ""  # by which the area was found, as the gazetteer names it


def route(letter: RoutedLetter, city: City, gazetteer: Gazetteer = (), heard: Heard | None = None) -> Routing:
    """Where ``letter`` should go in ``city``, and why. ``gazetteer``: the city's places, finer than its areas.
    ``heard``: what the city's model says of it, where one is at work; of an accusation nothing is asked of it.
    """
    rules = [rule for rule in city.rules if _applies(rule, letter)]
    if letter.kind is Kind.ACCUSATION:
        return _sealed(letter, rules, city)
    compass = _compass_of(city, gazetteer)
    keeper = _local_keeper(letter.mailbox, city)
    placed = place_of(
        letter.area, (letter.place, letter.title, letter.text), _area_of(keeper, city), compass.places, city
    )
    named = _named_functions(letter, compass)
    subject = _subject(letter, rules, named, compass, city, heard)
    suggestion = _unit_for(subject.category, placed, compass, city)
    directing = next((rule for rule in rules if rule.unit or rule.hold), None)
    urgent = any(rule.urgent for rule in rules)
    doubts = (*subject.doubts, *_doubts(subject.category, placed, suggestion, named, city))
    reasons = (*(_by_rule(rule) for rule in rules), *subject.grounds, *placed.grounds)
    unit, sure = suggestion, not doubts
    if directing is not None:
        unit, sure = city.unit(directing.unit) or suggestion, not directing.hold
        doubts = doubts if directing.hold else ()
    elif doubts and keeper is not None and not placed.doubts:
        unit, sure, doubts = keeper, True, (Reason("reason.keeper", _names(keeper)),)
    if unit is not None and unit is suggestion:
        reasons = (*reasons, Reason("reason.competent", _names(unit)))
    category = subject.category.id if subject.category else None
    unit_id = unit.id if unit else None
    return Routing(category, placed.area, unit_id, sure, urgent, (*reasons, *doubts), placed.place)


def places_of(city: City, gazetteer: Gazetteer) -> Lexicon[Sense]:
    """Every name by which a letter may call a place of ``city``."""
    return _compass_of(city, gazetteer).places


def risks_in(city: City, *passages: str) -> tuple[RiskSeen, ...]:
    """The city's risks that what somebody wrote shows, of whatever kind it is."""
    return _compass_of(city, None).risks.read(*passages)


def _sealed(letter: RoutedLetter, rules: list[Rule], city: City) -> Routing:
    """An accusation goes to the discipline line and nowhere else. Its words are told to nobody, not even as reasons or
    by their category: of the rules only those without words speak.
    """
    wordless = [rule for rule in rules if not rule.any_words]
    category = next((rule.category for rule in wordless if city.category(rule.category)), None)
    mailbox = city.mailbox(letter.mailbox)
    meant = [rule.unit for rule in wordless] + ([mailbox.keeper] if mailbox is not None else [])
    line = [unit.id for unit in city.discipline_line]
    unit = next((unit for unit in meant if unit in line), line[0] if len(line) == 1 else None)
    sure = unit is not None and not any(rule.hold for rule in wordless)
    urgent = any(rule.urgent for rule in rules)
    return Routing(category, letter.area, unit, sure, urgent, tuple(_by_rule(rule) for rule in wordless))


class _Compass(Struct, frozen=True):
    """A city's words, made ready for reading."""

    places: Lexicon[Sense]
    risks: RiskReader
    subjects: Lexicon[Sign]
    functions: Lexicon[str]
    by_function: dict[str, tuple[Unit, ...]]  # the nearest level first


_latest: tuple[City, Gazetteer, _Compass] | None = None


def _compass_of(city: City, gazetteer: Gazetteer | None) -> _Compass:
    """The city's words: made once for a city, again when an office has changed it. None: whatever its places are."""
    global _latest
    if _latest is not None and _same(_latest[0], city) and (gazetteer is None or _same(_latest[1], gazetteer)):
        return _latest[2]
    places = gazetteer or ()
    _latest = (city, places, _make_compass(city, places))
    return _latest[2]


def _same(one: object, other: object) -> bool:
    return one is other or one == other


def _make_compass(city: City, gazetteer: Gazetteer) -> _Compass:
    departments = [unit for unit in city.units if GENERAL not in unit.functions and unit.id != city.desk_unit]
    by_function: dict[str, tuple[Unit, ...]] = {}
    for unit in sorted(city.units, key=lambda unit: _HEIGHT[unit.level]):
        for function in unit.functions:
            by_function[function] = (*by_function.get(function, ()), unit)
    return _Compass(
        places=place_names(city, gazetteer),
        risks=RiskReader(city.risks),
        subjects=subject_words(city),
        functions=Lexicon(
            (name, function)
            for unit in departments
            for name in (unit.name.zh, *unit.aliases)
            for function in unit.functions
        ),
        by_function=by_function,
    )


def _applies(rule: Rule, letter: RoutedLetter) -> bool:
    """Whether every condition that ``rule`` sets holds."""
    if rule.mailboxes and letter.mailbox not in rule.mailboxes:
        return False
    if rule.kinds and letter.kind not in rule.kinds:
        return False
    if rule.areas and letter.area not in rule.areas:
        return False
    return not rule.any_words or any(word in letter.title or word in letter.text for word in rule.any_words)


def _local_keeper(mailbox_id: str, city: City) -> Unit | None:
    """Whoever keeps the mailbox, where that is a county or a town: its letters stay there."""
    mailbox = city.mailbox(mailbox_id)
    keeper = city.unit(mailbox.keeper) if mailbox else None
    return keeper if keeper is not None and keeper.level is not Level.CITY else None


def _area_of(unit: Unit | None, city: City) -> Area | None:
    return city.area(unit.area) if unit else None


class _Named(Struct, frozen=True):
    """The functions of the units that a letter names: in its title or opening, and anywhere."""

    addressed: frozenset[str]
    mentioned: frozenset[str]
    words: tuple[str, ...]  # by which the title or opening names them


def _named_functions(letter: RoutedLetter, compass: _Compass) -> _Named:
    opening = [*compass.functions.find(letter.title), *compass.functions.find(letter.text[:_OPENING])]
    addressed = frozenset(function for found in opening for function in found.meanings)
    rest = frozenset(function for found in compass.functions.find(letter.text) for function in found.meanings)
    return _Named(addressed, addressed | rest, tuple(dict.fromkeys(found.word for found in opening)))


def _subject(
    letter: RoutedLetter, rules: list[Rule], named: _Named, compass: _Compass, city: City, heard: Heard | None
) -> Subject:
    ruled = next((category for rule in rules if (category := city.category(rule.category))), None)
    if ruled is not None:
        return Subject(ruled, (), ())
    chosen, read = city.category(letter.category), (letter.title, letter.text, named.addressed, named.mentioned)

    def among(ids: frozenset[str] | None) -> Subject:
        return subject_of(*read, compass.subjects, city, among=ids)

    if chosen is None:
        by_words = among(None)
        return by_words if heard is None else joined(by_words, among, heard, city)
    ground = Reason("reason.category_chosen", _named(chosen))
    if chosen.function and not chosen.matters:
        return Subject(chosen, (ground,), ())
    inside = subject_of(*read, compass.subjects, city, within=chosen.id)
    if chosen.function:  # her choice stands; her words say at most which of its matters it is
        exactly = inside.category or chosen
        return Subject(exactly, (ground,), inside.doubts if _elsewhere(exactly, chosen) else ())
    return Subject(inside.category, (ground, *inside.grounds), inside.doubts)


def _elsewhere(one: Category, other: Category) -> bool:
    return (one.function, one.level) != (other.function, other.level)


def likeliest_by_words(title: str, text: str, among: frozenset[str], city: City) -> Category | None:
    """Which category of ``among`` the words of a letter show best; None where they show none of them."""
    read = (title, text, frozenset[str](), frozenset[str]())
    return subject_of(*read, _compass_of(city, None).subjects, city, among=among).category


def _named(category: Category) -> dict[str, str]:
    return {"category_zh": category.name.zh, "category_en": category.name.en}


def _unit_for(category: Category | None, placed: Placed, compass: _Compass, city: City) -> Unit | None:
    """The unit with the category's function whose area covers the place, at the nearest level that is competent."""
    if category is None:
        return None
    place = placed.area or next(area.code for area in city.areas if area.parent is None)
    return next(
        (
            unit
            for unit in compass.by_function.get(category.function, ())
            if _HEIGHT[unit.level] >= _HEIGHT[category.level] and city.within(place, unit.area)
        ),
        None,
    )


def competent(category: str | None, area: str | None, city: City) -> str | None:
    """The id of the unit that ``city`` suggests for a subject at a place; None where there is none."""
    compass = _compass_of(city, None)
    unit = _unit_for(city.category(category), Placed(area, (), ()), compass, city)
    return None if unit is None else unit.id


def _doubts(
    category: Category | None, placed: Placed, unit: Unit | None, named: _Named, city: City
) -> Iterator[Reason]:
    if category is None:
        return
    if unit is None:
        yield Reason("reason.no_unit", _named(category))
        return
    if category.level is not Level.CITY:  # otherwise there is one unit for it, wherever the place
        yield from placed.doubts or _place_doubts(placed, city)
    if named.addressed and category.function not in named.addressed:
        yield Reason("reason.named_unit_differs", {"words": "、".join(named.words), **_names(unit)})


def _place_doubts(placed: Placed, city: City) -> Iterator[Reason]:
    """A county's or a town's matter needs at least the county."""
    area = city.area(placed.area)
    if area is None:
        yield Reason("reason.no_place", {})
    elif area.level is Level.CITY:
        yield Reason("reason.place_too_wide", {"area_zh": area.name.zh, "area_en": area.name.en})


def _by_rule(rule: Rule) -> Reason:
    return Reason("reason.rule", {"rule_zh": rule.reason.zh, "rule_en": rule.reason.en})


def keeper_route(decided: Routing, mailbox_id: str, city: City) -> Routing:
    """Where a test letter of the keepers' exam goes, whatever it speaks of: to the keeper of its mailbox, at once.

    ``decided``: where any other letter like it would go; of the reasons those stay that say nothing against the keeper.
    The desk keeps its own mailboxes by its clerks: what comes to these waits for them.
    """
    mailbox = city.mailbox(mailbox_id)
    keeper = city.unit(mailbox.keeper) if mailbox is not None else None
    if keeper is None:
        return replace(decided, sure=False)
    at_the_desk = keeper.id == city.desk_unit
    if not at_the_desk and decided.sure and decided.unit == keeper.id:
        return decided
    grounds = (reason for reason in decided.reasons if reason.code in _GROUNDS)
    reasons = (*grounds, Reason("reason.keeper", _names(keeper)))
    return replace(decided, unit=None if at_the_desk else keeper.id, sure=not at_the_desk, reasons=reasons)


def _names(unit: Unit) -> dict[str, str]:
    return {"unit_zh": unit.name.zh, "unit_en": unit.name.en}
