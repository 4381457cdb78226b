"""What does not fit together in what an office set: everything is found before any of it is in force."""

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.domain.city import DISCIPLINE, Agency, Application, City
from chalicelib.domain.lexicon import SHORTEST
from chalicelib.domain.subject_list import SUBJECT_PARTS, class_id, every_level
from chalicelib.domain.words import Kind


def faults_of(city: City) -> list[str]:
    """Each fault in one line, "where: what"; empty for a city that holds together."""
    return [*_twice(city), *_missing(city), *_misplaced(city), *_unreadable(city), *_unreachable(city)]


def _twice(city: City) -> Iterator[str]:
    ids: dict[str, Iterable[str]] = {
        "areas": (area.code for area in city.areas),
        "units": (unit.id for unit in city.units),
        "mailboxes": (box.id for box in city.mailboxes),
        "categories": (one.id for one in every_level(city.categories)),
        "risks": (risk.id for risk in city.risks),
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


def _misplaced(city: City) -> Iterator[str]:
    """Subjects whose ids do not show where they stand in the list: figures roll up by the ids."""
    called: dict[str, str] = {}
    for category in city.categories:
        if category.id.count(".") >= SUBJECT_PARTS:
            yield f"categories: {category.id} has more than two parts, as only a matter has"
        if category.matters and category.id.count(".") != SUBJECT_PARTS - 1:
            yield f"categories: {category.id} has matters, so its id must be class.subject"
        for matter in category.matters:
            subject, _, own = matter.id.rpartition(".")
            if subject != category.id or not own:
                yield f"categories: {matter.id} stands in {category.id}, so its id must begin with that and a dot"
        if "." in category.id and category.group is not None:
            first = called.setdefault(class_id(category.id), category.group.zh)
            if first != category.group.zh:
                yield f"categories: {category.id} is of the class {category.group.zh}, others of its kind of {first}"


def _unreadable(city: City) -> Iterator[str]:
    """Words that no letter can be searched for."""
    words = [
        *(("areas", area.code, name) for area in city.areas for name in (area.name.zh, *area.aliases)),
        *(("units", unit.id, name) for unit in city.units for name in (unit.name.zh, *unit.aliases)),
        *(
            ("categories", one.id, word)
            for one in every_level(city.categories)
            for word in (*one.words, *one.strong_words)
        ),
        *(("risks", risk.id, word) for risk in city.risks for word in risk.all_words),
    ]
    for where, one, word in words:
        if len(word) < SHORTEST:
            yield f"{where}: {one} has the word {word!r}, and a word has at least two characters"
    for risk in city.risks:
        if not (risk.words or risk.pairs or risk.counts):
            yield f"risks: {risk.id} has no words by which it is found"


def _unreachable(city: City) -> Iterator[str]:
    """What nobody can write to, or be made responsible for."""
    if not any(box.kinds for box in city.mailboxes):
        yield "mailboxes: there is none that takes letters"
    if not city.discipline_line and any(Kind.ACCUSATION in box.kinds for box in city.mailboxes):
        yield f"mailboxes: one takes accusations, and no unit has the function {DISCIPLINE}"
    held = {function for unit in city.units for function in unit.functions}
    for category in every_level(city.categories):
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
