"""The file (案卷) of a case on one page that can be printed: letters, steps, orders with what came of them, replies."""

from chalice.app import Blueprint, Response

from chalicelib.desk import working
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.events import Event, Filed, Replied, ReviewDecided, Supervised
from chalicelib.domain.texts import texts_of
from chalicelib.entrypoints.console.orders import FOLLOWING, inspections_of, stories_of
from chalicelib.entrypoints.console.visits import Visit, page, seated

case_file = Blueprint(__name__)
REPLIES = (Replied, ReviewDecided)
ELSEWHERE = (*REPLIES, Filed, Supervised, *FOLLOWING)  # among the replies, the letters and the orders


@case_file.route("/cases/{case_id}/file", methods=["GET"])
def look(case_id: str) -> Response:
    """The file, for whoever may read the case; of a sealed one the look is on record."""

    def work(visit: Visit) -> Response:
        dossier = working.dossier(visit.seat.staff, case_id, visit.now)
        if not dossier.readable:
            raise NotAllowed(action="file")
        hidden = working.veiled(dossier)
        return page(
            visit,
            "file",
            dossier=hidden,
            case=hidden.case,
            orders=stories_of(hidden.events),
            inspections=inspections_of(hidden.events),
            replies=[event for event in hidden.events if isinstance(event.payload, REPLIES)],
            steps=[(event, _texts(event)) for event in hidden.events],
        )

    return seated(case_file, "queue", work)


def _texts(event: Event) -> list[str]:
    """What was typed at a step, but for what stands elsewhere in the file."""
    return [] if isinstance(event.payload, ELSEWHERE) else list(texts_of(event.payload).values())
