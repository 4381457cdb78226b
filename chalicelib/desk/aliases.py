"""Names of places learnt from what clerks correct: seen, proposed, and decided by a person, who can take it back."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from chalicelib.desk import cities, gazetteers, kinship
from chalicelib.desk.written import words_of
from chalicelib.domain import gazetteer
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotFound
from chalicelib.domain.gazetteer import Gazetteer, Place, PlaceKind
from chalicelib.domain.people import Staff
from chalicelib.domain.place_hints import FEWEST_CHOICES, Proposal, Sighting, State, Witness, agreed, hints_in
from chalicelib.domain.routing import places_of
from chalicelib.domain.submission import Submission
from chalicelib.storage import aliases
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import Work, commit


def heeded(case: Case, area: str, at: datetime) -> Iterator[DeskItem]:
    """What is kept of a case that a clerk put into ``area``: the unknown names in the letter that opened it.

    At most four reads, whatever is stored. Whoever left no name and number is nobody who could agree with others.
    """
    receipt, city = case.voices[0].receipt, cities.current()
    submission, person = load_submission(receipt), kinship.person_of(receipt)
    names = _hints(submission, city) if person is not None and case.counted else ()
    if person is None or not names:
        return
    before = aliases.sightings(area, names)
    witness = Witness(person, case.case_id)
    seen = [before.get(name, Sighting(name, area, ())).with_one(witness) for name in names]
    yield from (aliases.sighting_item(one, at) for one in seen)
    enough = agreed(seen, city.alias_letters)
    known = aliases.proposed(area, [one.name for one in enough])
    for one in enough:
        if one.name not in known or known[one.name].state is State.OPEN:
            yield aliases.proposal_item(Proposal(one.name, area, tuple(seen.case_id for seen in one.seen), at))


def _hints(submission: Submission, city: City) -> tuple[str, ...]:
    return hints_in(words_of(submission), places_of(city, gazetteers.of(city)))


def forget(submission: Submission, area: str | None, at: datetime) -> None:
    """A letter that is erased agrees with no others any more."""
    names = _hints(submission, cities.current()) if area is not None else ()
    if area is None or not names:
        return
    for one in aliases.sightings(area, names).values():
        rest = tuple(witness for witness in one.seen if witness.case_id != submission.case_id)
        item = aliases.sighting_item(replace(one, seen=rest), at)
        commit(Work(at, kept=[item]) if rest else Work(at, gone=[item]))


def proposals() -> list[Proposal]:
    """What was proposed, whatever became of it. One query."""
    return aliases.proposals()


def accept_as_new(area: str, name: str, kind: PlaceKind, by: Staff, at: datetime) -> None:
    """The name is a place of its own from now on. Raises NotFound, Changed for one decided before, Invalid."""
    decided = replace(_open(area, name), state=State.ACCEPTED, at=at, by=by.name, place=name, place_areas=(area,))
    place = Place(name, kind, (area,), by_hand=True)

    def how(city: City, places: Gazetteer) -> Gazetteer:
        return gazetteer.added(places, place, city)

    gazetteers.change(how, beside=[aliases.proposal_item(decided)])


def accept_as_alias(area: str, name: str, place: str, by: Staff, at: datetime) -> None:
    """The name is another one of a place that is known. Raises NotFound, Changed for one decided before, Invalid."""
    known = [one for one in gazetteers.of(cities.refreshed()) if one.name == place and area in one.areas]
    if not known:
        raise Invalid([FieldError("place", "places.not_there")])
    decided = replace(
        _open(area, name), state=State.ACCEPTED, at=at, by=by.name, place=place, place_areas=known[0].areas
    )

    def how(city: City, places: Gazetteer) -> Gazetteer:
        return gazetteer.taught(places, place, known[0].areas, name)

    gazetteers.change(how, beside=[aliases.proposal_item(decided)])


def reject(area: str, name: str, by: Staff, at: datetime) -> None:
    """It is no place, and is not proposed again. Raises NotFound, Changed for one decided before."""
    decided = replace(_open(area, name), state=State.REJECTED, at=at, by=by.name)
    commit(Work(at, kept=[aliases.proposal_item(decided)]))


def take_back(area: str, name: str, at: datetime) -> None:
    """What was decided is open again, and what was accepted is no name any more. Raises NotFound, Changed."""
    decided = _found(area, name)
    if decided.state is State.OPEN:
        raise Changed()
    item = aliases.proposal_item(Proposal(name, area, decided.cases, at))
    if decided.state is State.REJECTED:
        commit(Work(at, kept=[item]))
        return
    gazetteers.change(lambda city, places: gazetteer.untaught(places, name, decided.place_areas), beside=[item])


def _open(area: str, name: str) -> Proposal:
    found = _found(area, name)
    if found.state is not State.OPEN:
        raise Changed()
    return found


def _found(area: str, name: str) -> Proposal:
    found = aliases.load_proposal(area, name)
    if found is None:
        raise NotFound()
    return found


def add_place(place: Place) -> None:
    """A place is entered by hand. Raises Invalid naming the field."""
    gazetteers.change(lambda city, places: gazetteer.added(places, place, city))


def remove_place(name: str, areas: tuple[str, ...]) -> None:
    """A place is taken out. Raises Invalid where it is not there."""
    gazetteers.change(lambda city, places: gazetteer.removed(places, name, areas))


def ask_for(letters: int) -> None:
    """How many people's letters must agree before a name is proposed. Raises Invalid."""
    if letters not in FEWEST_CHOICES:
        span = (("least", str(FEWEST_CHOICES[0])), ("most", str(FEWEST_CHOICES[-1])))
        raise Invalid([FieldError("letters", "places.letters", span)])
    cities.change(lambda city: replace(city, alias_letters=letters))
