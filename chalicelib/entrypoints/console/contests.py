"""申诉: what units contest of a month, and how it was ruled."""

from datetime import date

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import contesting
from chalicelib.domain.assessment import FactKey, FactKind
from chalicelib.domain.contests import ContestStep
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.runs import Frozen, RunState
from chalicelib.domain.spans import span
from chalicelib.domain.words import Role
from chalicelib.entrypoints.answers import raw_body
from chalicelib.entrypoints.console.visits import FORM, MOST_FIELDS, Visit, done, page, seated

contests = Blueprint(__name__)
ROOM = "assessment"
RULINGS = (ContestStep.UPHOLD, ContestStep.DISMISS)


@contests.route("/assessment/{name}/contests", methods=["GET"])
def docket(name: str) -> Response:
    """The contests of a month; for a head who asks for a case of hers, what of it can be contested."""
    return seated(contests, ROOM, lambda visit: _shown(visit, name))


@contests.route("/assessment/{name}/contests", methods=["POST"], content_types=FORM)
def contest(name: str) -> Response:
    """The head of a unit contests what she ticked."""

    def work(visit: Visit) -> Response:
        try:
            facts = [_fact(text) for text in _ticked(visit.request)]
            contesting.contest(_month(name), facts, visit.form.get("words", ""), visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, name, refused)
        return done(_place(name), "contest")

    return seated(contests, ROOM, work)


@contests.route("/assessment/{name}/contests/withdrawal", methods=["POST"], content_types=FORM)
def withdraw(name: str) -> Response:
    """The unit takes a contest back."""

    def work(visit: Visit) -> Response:
        contesting.withdraw(_month(name), _fact(visit.form.get("fact", "")), visit.seat.staff, visit.now)
        return done(_place(name), "withdrawal")

    return seated(contests, ROOM, work)


@contests.route("/assessment/{name}/contests/ruling", methods=["POST"], content_types=FORM)
def rule(name: str) -> Response:
    """The petition office upholds or dismisses. What was written is still there when it is refused."""

    def work(visit: Visit) -> Response:
        form = visit.form
        if form.get("step") not in RULINGS:
            raise NotFound()
        fact, step = _fact(form.get("fact", "")), ContestStep(form["step"])
        try:
            said = form.get("words", "")
            contesting.rule(_month(name), form.get("unit", ""), fact, step, said, visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, name, refused)
        return done(_place(name), "ruling")

    return seated(contests, ROOM, work)


def _shown(visit: Visit, name: str, refused: Refused | None = None) -> Response:
    month = _month(name)
    found = contesting.docket(month, visit.seat.staff, visit.now)
    open_to_contest = found.run.state is RunState.COUNTED and visit.now <= found.run.contest_until
    asked = visit.query.get("case", "") or visit.form.get("case", "")
    return page(
        visit,
        "contests",
        refused=refused,
        run=found.run,
        contests=list(zip(found.contests, found.may, found.told, strict=True)),
        titles=found.titles,
        behind=_behind(visit, month, asked) if open_to_contest else None,
        open_to_contest=open_to_contest,
        changed="contest.changed",
        ticked=_ticked(visit.request) if refused else [],
    )


def _behind(visit: Visit, month: date, case_id: str) -> Frozen | None:
    if visit.role is not Role.HEAD or not case_id:
        return None
    return contesting.facts_behind(month, visit.seat.staff, case_id)


def _ticked(request: Request) -> list[str]:
    """Every box that was ticked: a form's fields are else read once each."""
    from urllib.parse import parse_qs

    fields = parse_qs(raw_body(request).decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    return fields.get("fact", [])


def _fact(text: str) -> FactKey:
    """The fact that a form names, "case.kind.receipt". Raises NotFound."""
    case_id, _, rest = text.partition(".")
    kind, _, receipt = rest.partition(".")
    if kind not in set(FactKind) or not case_id.isascii() or not receipt.isascii() or len(text) > 100:
        raise NotFound()
    return FactKey(case_id, FactKind(kind), receipt)


def _month(name: str) -> date:
    found = span(name)
    if found is None or len(found.months) != 1:
        raise NotFound()
    return found.months[0]


def _place(name: str) -> str:
    return f"/console/assessment/{_month(name):%Y-%m}/contests"
