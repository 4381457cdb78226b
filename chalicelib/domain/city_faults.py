"""What does not fit together in what an office set: everything is found before any of it is in force."""

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.domain.city import DISCIPLINE, Agency, Application, City
from chalicelib.domain.words import Kind


def faults_of(city: City) -> list[str]:
    """Each fault in one line, "where: what"; empty for a city that holds together."""
    return [*_twice(city), *_missing(city), *_unreachable(city)]


def _twice(city: City) -> Iterator[str]:
    ids: dict[str, Iterable[str]] = {
        "areas": (area.code for area in city.areas),
        "units": (unit.id for unit in city.units),
        "mailboxes": (box.id for box in city.mailboxes),
        "categories": (category.id for category in city.categories),
        "rules": (rule.id for rule in city.rules),
    }
    for where, found in ids.items():
        for one, times in Counter(found).items():
            if times > 1:
                yield f"{where}: {one} is there {times} times"


def _missing(city: City) -> Iterator[str]:
    """What is referred to and is not there."""
    if city.unit(city.desk_unit) is None:
        yield f"city: the desk's unit {city.desk_unit} is not among the units"
    for area in city.areas:
        if area.parent is not None and city.area(area.parent) is None:
            yield f"areas: {area.code} lies in {area.parent}, which is not among the areas"
    for unit in city.units:
        if city.area(unit.area) is None:
            yield f"units: {unit.id} answers for {unit.area}, which is not among the areas"
    for box in city.mailboxes:
        if city.unit(box.keeper) is None:
            yield f"mailboxes: {box.id} is kept by {box.keeper}, which is not among the units"
    hands_in: dict[str, tuple[Agency, ...] | tuple[Application, ...]] = {
        "agencies": city.agencies,
        "applications": city.applications,
    }
    for where, others in hands_in.items():
        for one in others:
            if city.mailbox(one.mailbox) is None:
                yield f"{where}: {one.name.zh} hands in to {one.mailbox}, which is not among the mailboxes"
    for rule in city.rules:
        if rule.unit is not None and city.unit(rule.unit) is None:
            yield f"rules: {rule.id} dispatches to {rule.unit}, which is not among the units"
        if rule.category is not None and city.category(rule.category) is None:
            yield f"rules: {rule.id} names {rule.category}, which is not among the categories"
        yield from (
            f"rules: {rule.id} asks for {box}, which is not among the mailboxes"
            for box in rule.mailboxes
            if city.mailbox(box) is None
        )
        yield from (
            f"rules: {rule.id} asks for {code}, which is not among the areas"
            for code in rule.areas
            if city.area(code) is None
        )


def _unreachable(city: City) -> Iterator[str]:
    """What nobody can write to, or be made responsible for."""
    if not any(box.kinds for box in city.mailboxes):
        yield "mailboxes: there is none that takes letters"
    if not city.discipline_line and any(Kind.ACCUSATION in box.kinds for box in city.mailboxes):
        yield f"mailboxes: one takes accusations, and no unit has the function {DISCIPLINE}"
    held = {function for unit in city.units for function in unit.functions}
    for category in city.categories:
        if category.function not in held:
            yield f"categories: nobody is competent for {category.function}, which {category.id} asks for"
    for where in _circles(city):
        yield f"areas: {where} lies within itself"


def _circles(city: City) -> Iterator[str]:
    for area in city.areas:
        seen, above = {area.code}, city.area(area.parent)
        while above is not None and above.code not in seen:
            seen.add(above.code)
            above = city.area(above.parent)
        if above is not None and above.code == area.code:
            yield area.code
