"""A case: what was written, what happened, and the steps that may be taken now."""

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, exams, kinship, known, publishing, side_by_side, working
from chalicelib.desk.side_by_side import SetApart
from chalicelib.domain.case import Published
from chalicelib.domain.city import LEVELS
from chalicelib.domain.errors import Changed, NotFound, Refused
from chalicelib.domain.events import LOOKS, Drafted, Event, ExtensionAsked, Registered
from chalicelib.domain.handling import outcomes_of
from chalicelib.domain.people import Petitioner
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import (
    Action,
    DeclineGround,
    Found,
    InspectionWay,
    ReworkGround,
    Role,
    Satisfaction,
    Solved,
    State,
)
from chalicelib.entrypoints.console.categories import offers_for
from chalicelib.entrypoints.console.fields import unknown, whole
from chalicelib.entrypoints.console.orders import stories_of
from chalicelib.entrypoints.console.replies import CHECKED, reply_view
from chalicelib.entrypoints.console.steps import RARE, STEPS
from chalicelib.entrypoints.console.steps_lay import lay_view
from chalicelib.entrypoints.console.together import together_view
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, redirect, seated
from chalicelib.entrypoints.views import decision_id

case = Blueprint(__name__)
FREE_TEXT = ("words", "text", "note", "ground", "reason", "question", "where_to", "present", "minutes", "opinion")

KNOWN_RESULTS = ("reason.known_result", "reason.terminated")  # the reasons that name another case


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
        return redirect(working.file_of(visit.seat.staff, case_id, receipt, whole(number), visit.now))

    return seated(case, "queue", work)


@case.route("/cases/{case_id}/{step}", methods=["POST"], content_types=FORM)
def take(case_id: str, step: str) -> Response:
    """Take a step. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        if step not in STEPS:
            raise unknown("step")
        if step == CHECKED and visit.form.get("check"):
            return _shown(visit, case_id, step=step, looked_over=True)
        try:
            after = STEPS[step][1](case_id, whole(visit.form.get("version", "")), visit)
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
    looked_over: bool = False,  # the reply is to be checked and nothing is to be done with it
) -> Response:
    dossier = working.dossier(visit.seat.staff, case_id, visit.now)
    since = whole(visit.form.get("version", "")) if isinstance(refused, Changed) else -1
    proposal = _known_result(visit, dossier)
    proposed = _proposed(dossier, proposal)
    steps = [(noun, action) for noun, (action, _) in STEPS.items() if action in dossier.actions and _possible(action)]
    likely, apart = _likely(visit, dossier)
    likely_next = [one for one in steps if one[0] not in RARE or one[0] == proposed]
    draft = _last_draft(dossier)
    return page(
        visit,
        "case",
        refused=refused,
        reply_check=reply_view(visit, dossier, draft, looked_over=looked_over),
        typed=visit.form if refused or looked_over else {},
        dossier=dossier,
        case=dossier.case,
        steps=sorted(likely_next, key=lambda one: one[0] != proposed),  # what is proposed comes first, to be sent
        more=[one for one in steps if one not in likely_next],
        proposal=proposal,
        likely=likely,
        apart=apart,
        offers=offers_for(dossier),
        together=together_view(dossier),
        standing=exams.standing_of(dossier.case),
        orders=stories_of(dossier.events) if dossier.readable else (),
        ways=list(InspectionWay),
        findings=list(Found),
        levels=[level for level in LEVELS if dossier.case.order is None or level >= dossier.case.order.level],
        lay=lay_view(dossier, visit),
        draft=draft,
        extension=_extension_asked(dossier),
        publication=publishing.proposal(dossier),
        public_place=public_place(dossier.case.published, case_id, visit.language),
        unmasked=unmasked or {},
        refused_step=step,
        kept=_kept(visit, step, [noun for noun, _ in steps]) if refused or looked_over else [],
        news=[event for event in dossier.events if 0 <= since < event.number and not _look(event)],
        grounds=list(DeclineGround),
        outcomes=outcomes_of(dossier.case.kind),
        rework_grounds=[ReworkGround.NOT_DONE, ReworkGround.NOT_BY_PROCEDURE],
        all_solved=list(Solved),
        all_satisfaction=list(Satisfaction),
        most_days=cities.current().terms.most_extended - dossier.case.extended,
    )


def _possible(action: Action) -> bool:
    """Whether the city is such that the step can be taken at all."""
    return action is not Action.TRANSFER or bool(cities.current().desks_to_refer_to)


def _proposed(dossier: working.Dossier, proposal: known.Result | None) -> str:
    """The step that suggests itself; "" for none. What was answered falsely is done again."""
    if proposal is not None:
        return "refusal" if proposal.case.state is State.TERMINATED else "known-result"
    return "rework" if dossier.case.false_reply else ""


def _look(event: Event) -> bool:
    return isinstance(event.payload, LOOKS)


def _known_result(visit: Visit, dossier: working.Dossier) -> known.Result | None:
    """The result to be told: of the case that the clerk asked for, else of the one that the rules have found."""
    if not {Action.ANSWER_KNOWN, Action.DECLINE} & set(dossier.actions) or not dossier.readable:
        return None
    asked = visit.query.get("known") or visit.form.get("earlier") or _found(dossier)
    try:
        return known.result_of(working.find(visit.seat.staff, asked)) if asked else None
    except NotFound:
        return None


def _found(dossier: working.Dossier) -> str:
    registered = (event.payload for event in dossier.events if isinstance(event.payload, Registered))
    reasons = (reason for payload in registered for reason in payload.reasons)
    return next((one.params["number"] for one in reasons if one.code in KNOWN_RESULTS), "")


def _likely(visit: Visit, dossier: working.Dossier) -> tuple[list[kinship.Likely], tuple[SetApart, ...]]:
    """Other cases that may be about the same, and those found not to be, for who can join them."""
    if visit.role is not Role.CLERK or not dossier.voices or dossier.case.sealed:
        return [], ()
    if not {Action.JOIN, Action.ANSWER_KNOWN} & set(dossier.actions):
        return [], ()
    apart = side_by_side.found_apart(dossier.case.case_id)
    submission = dossier.voices[0].folder.submission
    others = {one.other for one in apart}
    found = kinship.likely(dossier.case, submission, visit.seat.staff.actor, visit.now, others)
    return found, apart


def _kept(visit: Visit, step: str, offered: list[str]) -> list[str]:
    """What was written in a form that is no longer offered, for its writer to copy."""
    fields = FREE_TEXT if step == "return" else [field for field in FREE_TEXT if field != "ground"]  # else a choice
    return [] if step in offered else [visit.form[field] for field in fields if visit.form.get(field)]


def public_place(public: Published | None, case_id: str, language: str) -> str:
    """Where everybody reads what was decided; "" where it is not public."""
    if public is None:
        return ""
    found = decision_id(day_in_shanghai(public.at), case_id)
    return f"{'' if language == 'zh' else '/en'}/decisions.html#{public.outcome}/{found}"


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
