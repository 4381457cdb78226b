"""A case: what was written, what happened, and the steps that may be taken now."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from chalice.app import Blueprint, Response

from chalicelib.desk import handling, working
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, FieldError, Invalid, Refused
from chalicelib.domain.events import Drafted
from chalicelib.domain.people import Petitioner
from chalicelib.domain.words import Action, DeclineGround, Outcome
from chalicelib.entrypoints.answers import STATUS, refusal_words
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, redirect, seated

case = Blueprint(__name__)

Choice = TypeVar("Choice", bound=StrEnum)
Step = Callable[[str, int, Visit], Case]

STEPS: dict[str, tuple[Action, Step]] = {
    "registration": (
        Action.REGISTER,
        lambda case_id, version, visit: handling.register(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("category") or None,
            visit.form.get("area") or None,
        ),
    ),
    "acceptance": (
        Action.ACCEPT,
        lambda case_id, version, visit: handling.accept(case_id, version, visit.seat.staff, visit.now),
    ),
    "dispatch": (
        Action.DISPATCH,
        lambda case_id, version, visit: handling.dispatch(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("unit", ""),
            visit.form.get("note", ""),
        ),
    ),
    "refusal": (
        Action.DECLINE,
        lambda case_id, version, visit: handling.decline(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            _chosen(DeclineGround, "ground", visit),
            visit.form.get("where_to", ""),
        ),
    ),
    "joining": (
        Action.JOIN,
        lambda case_id, version, visit: handling.join(
            case_id, version, visit.seat.staff, visit.now, working.find(visit.seat.staff, visit.form.get("into", ""))
        ),
    ),
    "signature": (
        Action.SIGN,
        lambda case_id, version, visit: handling.sign(case_id, version, visit.seat.staff, visit.now),
    ),
    "reply": (
        Action.REPLY,
        lambda case_id, version, visit: handling.reply(case_id, version, visit.seat.staff, visit.now),
    ),
    "draft-return": (
        Action.SEND_BACK,
        lambda case_id, version, visit: handling.send_back(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "draft": (
        Action.DRAFT,
        lambda case_id, version, visit: handling.draft(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("text", ""),
            _chosen(Outcome, "outcome", visit),
        ),
    ),
    "note": (
        Action.NOTE,
        lambda case_id, version, visit: handling.note(
            case_id,
            version,
            visit.seat.staff,
            visit.now,
            visit.form.get("text", ""),
            visit.form.get("public") == "yes",
        ),
    ),
    "return": (
        Action.RETURN,
        lambda case_id, version, visit: handling.return_to_desk(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("ground", "")
        ),
    ),
    "conclusion": (
        Action.CONCLUDE,
        lambda case_id, version, visit: handling.conclude(case_id, version, visit.seat.staff, visit.now),
    ),
    "supervision": (
        Action.SUPERVISE,
        lambda case_id, version, visit: handling.supervise(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "reminder": (
        Action.REMIND,
        lambda case_id, version, visit: handling.remind(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
    "instruction": (
        Action.INSTRUCT,
        lambda case_id, version, visit: handling.instruct(
            case_id, version, visit.seat.staff, visit.now, visit.form.get("words", "")
        ),
    ),
}
"""Each step's place under its case, a noun, and what it asks of the form; what is most likely next comes first."""


def _chosen(choices: type[Choice], field: str, visit: Visit) -> Choice:
    try:
        return choices(visit.form.get(field, ""))
    except ValueError:
        raise Invalid([FieldError(field, "field.unknown_choice")]) from None


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
        return redirect(working.file_of(visit.seat.staff, case_id, receipt, place))

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
        status=STATUS[refused.code] if refused else 200,
        dossier=dossier,
        case=dossier.case,
        steps=[(noun, action) for noun, (action, _) in STEPS.items() if action in dossier.actions],
        draft=_last_draft(dossier),
        unmasked=unmasked or {},
        message=refusal_words(refused, visit.language) if refused else "",
        wrong={error.field for error in refused.errors} if isinstance(refused, Invalid) else set(),
        typed=visit.form if refused else {},
        refused_step=step,
        news=[event for event in dossier.events if since.isdigit() and event.number > int(since)],
        grounds=list(DeclineGround),
        outcomes=list(Outcome),
    )


def _last_draft(dossier: working.Dossier) -> Drafted | None:
    if not dossier.readable:
        return None
    drafts = [event.payload for event in dossier.events if isinstance(event.payload, Drafted)]
    return drafts[-1] if drafts else None
