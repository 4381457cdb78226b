"""The room of the gazetteer: names proposed from what clerks corrected, places looked up, entered and taken out."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.desk import aliases, cities, gazetteers
from chalicelib.domain.errors import Refused
from chalicelib.domain.gazetteer import LONGEST, Place, PlaceKind, matching
from chalicelib.domain.place_hints import FEWEST_CHOICES, State
from chalicelib.entrypoints.console.fields import chosen, number, unknown
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

places = Blueprint(__name__)
ROOM, PLACE = "places", "/console/places"
SHOWN = 50  # places of one search
DECIDED = 20  # decisions that are shown, the latest first
BETWEEN = "、"


@places.route("/places", methods=["GET"])
def gazetteer() -> Response:
    """What is proposed, and what was looked for."""
    return seated(places, ROOM, _shown)


@places.route("/places", methods=["POST"], content_types=FORM)
def add() -> Response:
    """A place entered by hand."""

    def work(visit: Visit) -> None:
        names = [one.strip() for one in visit.form.get("aliases", "").replace(",", BETWEEN).split(BETWEEN)]
        areas = tuple(one for one in (_area(visit), _area(visit, "area_2", required=False)) if one)
        place = Place(
            visit.form.get("name", "").strip(),
            chosen(PlaceKind, "kind", visit),
            tuple(dict.fromkeys(areas)),
            tuple(dict.fromkeys(one for one in names if one)),
            by_hand=True,
        )
        aliases.add_place(place)

    return _taken(work, "place", "places_added")


@places.route("/places/removal", methods=["POST"], content_types=FORM)
def remove() -> Response:
    """A place is in the gazetteer no more."""

    def work(visit: Visit) -> None:
        areas = tuple(one for one in visit.form.get("areas", "").split(",") if one)
        aliases.remove_place(visit.form.get("name", ""), areas)

    return _taken(work, "removal", "places_removed")


@places.route("/places/proposals/{verdict}", methods=["POST"], content_types=FORM)
def decide(verdict: str) -> Response:
    """A proposal is accepted as a place of its own (``place``) or as another name (``alias``), or rejected
    (``rejection``); or what was decided is taken back (``undoing``).
    """

    def work(visit: Visit) -> None:
        name, area, by = visit.form.get("proposal", ""), _area(visit), visit.seat.staff
        if verdict == "place":
            aliases.accept_as_new(area, name, chosen(PlaceKind, "kind", visit), by, visit.now)
        elif verdict == "alias":
            aliases.accept_as_alias(area, name, visit.form.get("place", "").strip(), by, visit.now)
        elif verdict == "rejection":
            aliases.reject(area, name, by, visit.now)
        elif verdict == "undoing":
            aliases.take_back(area, name, visit.now)
        else:
            raise unknown("verdict")

    return _taken(work, "proposal", "places_undone" if verdict == "undoing" else "places_decided")


@places.route("/places/letters", methods=["POST"], content_types=FORM)
def ask_for() -> Response:
    """How many people's letters must agree."""
    return _taken(lambda visit: aliases.ask_for(number("letters", visit)), "letters", "places_letters")


def _taken(work: Callable[[Visit], None], form: str, told: str) -> Response:
    def answer(visit: Visit) -> Response:
        try:
            work(visit)
        except Refused as refused:
            return _shown(visit, refused, form)
        return done(PLACE, told)

    return seated(places, ROOM, answer)


def _area(visit: Visit, field: str = "area", required: bool = True) -> str:
    code = visit.form.get(field, "")
    if (code or required) and cities.current().area(code) is None:
        raise unknown(field)
    return code


def _shown(visit: Visit, refused: Refused | None = None, form: str = "") -> Response:
    """The page. Reads: the proposals. The gazetteer is the one that routing has in hand."""
    city = cities.current()
    known, wanted = gazetteers.of(city), visit.query.get("q", "").strip()[:LONGEST]
    found, number_found = matching(known, wanted, SHOWN) if wanted else ((), 0)
    proposed = aliases.proposals()
    decided = sorted((one for one in proposed if one.state is not State.OPEN), key=lambda one: one.at, reverse=True)
    return page(
        visit,
        "places",
        refused=refused,
        refused_form=form,
        kinds=list(PlaceKind),
        total=len(known),
        wanted=wanted,
        found=found,
        number_found=number_found,
        proposals=[one for one in proposed if one.state is State.OPEN],
        decided=decided[:DECIDED],
        letters=city.alias_letters,
        choices=FEWEST_CHOICES,
    )
