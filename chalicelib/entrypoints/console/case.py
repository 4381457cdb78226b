"""A case: what was written, what happened, and the steps that may be taken now."""

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, working
from chalicelib.domain.errors import Changed, FieldError, Invalid, Refused
from chalicelib.domain.events import LOOKS, Drafted, Event, ExtensionAsked
from chalicelib.domain.people import Petitioner
from chalicelib.domain.words import DeclineGround, Outcome, ReworkGround, Satisfaction, Solved
from chalicelib.entrypoints.answers import refusal_words, status_of
from chalicelib.entrypoints.console.steps import STEPS
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, redirect, seated

case = Blueprint(__name__)


@case.route("/cases/{case_id}", methods=["GET"])
def look(case_id: str) -> Response:
    """The case."""
    return seated(case, "queue", lambda visit: _shown(visit, case_id))


@case.route("/cases/{case_id}/petitioner/{receipt}", methods=["POST"], content_types=FORM)
def petitioner(case_id: str, receipt: str) -> Response:
    """Who wrote it, in full, once: the look is on record."""

    def work(visit: Visit) -> Response:
        person = working.petitioner_of(visit.seat.staff, case_id, receipt, visit.now)
        return _shown(visit, case_id, unmasked={receipt: person})

    return seated(case, "queue", work)


@case.route("/cases/{case_id}/attachments/{receipt}/{number}", methods=["GET"])
def attachment(case_id: str, receipt: str, number: str) -> Response:
    """A checked file, for a few minutes."""

    def work(visit: Visit) -> Response:
        place = int(number) if number.isascii() and number.isdigit() else -1
        return redirect(working.file_of(visit.seat.staff, case_id, receipt, place, visit.now))

    return seated(case, "queue", work)


@case.route("/cases/{case_id}/{step}", methods=["POST"], content_types=FORM)
def take(case_id: str, step: str) -> Response:
    """Take a step. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        if step not in STEPS:
            raise Invalid([FieldError("step", "field.unknown_choice")])
        version = visit.form.get("version", "")
        try:
            after = STEPS[step][1](case_id, int(version) if version.isascii() and version.isdigit() else -1, visit)
        except Refused as refused:
            return _shown(visit, case_id, refused=refused, step=step)
        return done(f"/console/cases/{after.case_id}", step)

    return seated(case, "queue", work)


def _shown(
    visit: Visit,
    case_id: str,
    unmasked: dict[str, Petitioner] | None = None,
    refused: Refused | None = None,
    step: str = "",
) -> Response:
    dossier = working.dossier(visit.seat.staff, case_id, visit.now)
    since = visit.form.get("version", "") if isinstance(refused, Changed) else ""
    return page(
        visit,
        "case",
        status=status_of(refused) if refused else 200,
        dossier=dossier,
        case=dossier.case,
        steps=[(noun, action) for noun, (action, _) in STEPS.items() if action in dossier.actions],
        draft=_last_draft(dossier),
        extension=_extension_asked(dossier),
        unmasked=unmasked or {},
        message=refusal_words(refused, visit.language) if refused else "",
        wrong={error.field for error in refused.errors} if isinstance(refused, Invalid) else set(),
        typed=visit.form if refused else {},
        refused_step=step,
        news=[event for event in dossier.events if since.isdigit() and event.number > int(since) and not _look(event)],
        grounds=list(DeclineGround),
        outcomes=list(Outcome),
        rework_grounds=[ReworkGround.NOT_DONE, ReworkGround.NOT_BY_PROCEDURE],
        all_solved=list(Solved),
        all_satisfaction=list(Satisfaction),
        most_days=cities.current().terms.most_extended - dossier.case.extended,
    )


def _look(event: Event) -> bool:
    return isinstance(event.payload, LOOKS)


def _extension_asked(dossier: working.Dossier) -> ExtensionAsked | None:
    asked = dossier.case.extension
    if asked is None or not dossier.readable:
        return None
    payload = next((event.payload for event in dossier.events if event.number == asked.asked), None)
    return payload if isinstance(payload, ExtensionAsked) else None


def _last_draft(dossier: working.Dossier) -> Drafted | None:
    if not dossier.readable:
        return None
    drafts = [event.payload for event in dossier.events if isinstance(event.payload, Drafted)]
    return drafts[-1] if drafts else None
