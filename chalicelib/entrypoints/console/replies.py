"""The reply check as a case's page shows it: what the letter asks, what the reply lacks, what was recorded of it."""

from msgspec import Struct

from chalicelib.desk import checking, cities
from chalicelib.desk.working import Dossier
from chalicelib.domain.events import Drafted
from chalicelib.domain.handling import LONGEST_REPLY
from chalicelib.domain.reply_check import Check, asked_in
from chalicelib.domain.words import Action, Outcome
from chalicelib.entrypoints.console.visits import Visit

CHECKED = "draft"  # the step whose form has a button that only checks
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class ReplyView(Struct, frozen=True):
    """``questions``: of the letter, for its writer to answer. ``check``: of what she typed or the head has to approve.
    ``sent_lacking``: whether it was handed in a moment ago, and lacks something.
    """

    questions: tuple[str, ...] = ()
    check: Check | None = None
    telephone: str = ""  # of the unit that answers
    sent_lacking: bool = False


def reply_view(visit: Visit, dossier: Dossier, draft: Drafted | None, *, looked_over: bool) -> ReplyView | None:
    """None for who neither writes the reply nor approves it, or may not read the letter."""
    writes, approves = Action.DRAFT in dossier.actions, Action.REPLY in dossier.actions
    case = dossier.case
    lacks = draft is not None and draft.check is not None and bool(draft.check.missing)
    sent = visit.query.get("done") == CHECKED and lacks
    if not dossier.readable or not (writes or approves):
        return ReplyView(sent_lacking=True) if sent else None
    asked = checking.letter_of(case)
    questions = tuple(one.text for one in asked_in(asked)) if writes else ()
    unit = cities.current().unit(case.unit or "")
    telephone = unit.phone if unit is not None else ""
    if writes and looked_over:
        outcome = OUTCOMES.get(visit.form.get("outcome", ""))
        dated = outcome is Outcome.BY_DATE and bool(visit.form.get("done_on"))
        text = visit.form.get("text", "")[:LONGEST_REPLY]
        return ReplyView(questions, checking.checked(case, asked, text, outcome, visit.now, dated=dated), telephone)
    if approves and draft is not None:
        return ReplyView((), checking.of_draft(case, draft, visit.now), telephone, sent)
    return ReplyView(questions, None, telephone, sent)
