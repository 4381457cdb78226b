"""并排比对: two letters that may be of one matter, where they differ, and what can be done about them."""

from collections.abc import Sequence

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import side_by_side
from chalicelib.desk.side_by_side import SideBySide
from chalicelib.domain.differences import Piece, Side
from chalicelib.domain.words import Role
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

alike = Blueprint(__name__)
LIKENESS = ((0.95, "same"), (0.8, "nearly"), (0.6, "much"), (0.4, "partly"), (0.0, "little"))


class Stretch(Struct, frozen=True):
    """A stretch of one letter. ``number``: of the difference that it is, the same on both sides; 0 where they agree."""

    text: str
    number: int


@alike.route("/cases/{case_id}/alike/{other_id}", methods=["GET"])
def compare(case_id: str, other_id: str) -> Response:
    """The two letters."""

    def work(visit: Visit) -> Response:
        found = side_by_side.side_by_side(visit.seat.staff, case_id, other_id, visit.now)
        return page(
            visit,
            "alike",
            found=found,
            near=next(word for least, word in LIKENESS if found.likely.similarity >= least),
            decides=visit.role is Role.CLERK,
            sides=_sides(found),
        )

    return seated(alike, "queue", work)


@alike.route("/cases/{case_id}/alike/{other_id}/difference", methods=["POST"], content_types=FORM)
def find_apart(case_id: str, other_id: str) -> Response:
    """They are two matters: neither is offered beside the other again."""

    def work(visit: Visit) -> Response:
        side_by_side.find_apart(visit.seat.staff, case_id, other_id, visit.now)
        return done(f"/console/cases/{case_id}/alike/{other_id}", "difference")

    return seated(alike, "queue", work)


@alike.route("/cases/{case_id}/alike/{other_id}/difference-end", methods=["POST"], content_types=FORM)
def find_open(case_id: str, other_id: str) -> Response:
    """That finding is taken back."""

    def work(visit: Visit) -> Response:
        side_by_side.find_open(visit.seat.staff, case_id, other_id, visit.now)
        return done(f"/console/cases/{case_id}/alike/{other_id}", "difference-end")

    return seated(alike, "queue", work)


def _sides(found: SideBySide) -> list[dict[str, object]]:
    titles = _stretches(found.title, 0)
    texts = _stretches(found.text, max((one.number for one in titles[0]), default=0))
    pages = (found.here, found.there)
    return [
        {"case": one.case, "voice": one.voice, "title": titles[place], "text": texts[place]}
        for place, one in enumerate(pages)
    ]


def _stretches(pieces: Sequence[Piece], number: int) -> tuple[list[Stretch], list[Stretch]]:
    """Each side's own text, the differences numbered after ``number``; an empty stretch where only the other side has
    something.
    """
    here: list[Stretch] = []
    there: list[Stretch] = []
    before = Side.BOTH
    for piece in pieces:
        if piece.side is Side.BOTH:
            here.append(Stretch(piece.text, 0))
            there.append(Stretch(piece.text, 0))
        elif piece.side is Side.THERE and before is Side.HERE:  # what stands there instead
            there[-1] = Stretch(piece.text, number)
        else:
            number += 1
            here.append(Stretch(piece.text if piece.side is Side.HERE else "", number))
            there.append(Stretch(piece.text if piece.side is Side.THERE else "", number))
        before = piece.side
    return here, there
