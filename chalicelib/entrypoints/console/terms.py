"""The room of the terms: how long each step may take, who set it so, and how to put it back."""

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, setting_terms
from chalicelib.domain import setting_terms as rules
from chalicelib.domain.errors import Changed, Invalid, Refused
from chalicelib.domain.terms import Term, TermUnit, read_term
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words

terms = Blueprint(__name__)
ROOM, PLACE = "terms", "/console/terms"


@terms.route("/terms", methods=["GET"])
def all_terms() -> Response:
    """Every term, and what was changed."""
    return seated(terms, ROOM, _shown)


@terms.route("/terms", methods=["POST"], content_types=FORM)
def set_terms() -> Response:
    """Set what the form says."""

    def work(visit: Visit) -> Response:
        try:
            changed = setting_terms.set_terms(
                visit.form, whole(visit.form.get("seen", "")), visit.seat.staff, visit.now
            )
        except Refused as refused:
            return _shown(visit, refused)
        return done(PLACE, "terms" if changed else "terms_same")

    return seated(terms, ROOM, work)


@terms.route("/terms/{version}/undoing", methods=["POST"], content_types=FORM)
def put_back(version: str) -> Response:
    """As it was before that change."""

    def work(visit: Visit) -> Response:
        try:
            seen = whole(visit.form.get("seen", ""))
            changed = setting_terms.put_back(whole(version), seen, visit.seat.staff, visit.now)
        except (Invalid, Changed) as refused:
            return _shown(visit, refused)
        return done(PLACE, "terms_back" if changed else "terms_same")

    return seated(terms, ROOM, work)


def _shown(visit: Visit, refused: Refused | None = None) -> Response:
    """The page. What was typed is still there when it is refused."""
    history = setting_terms.history()
    typed = visit.form if refused and rules.names()[0] in visit.form else {}
    return page(
        visit,
        "terms",
        refused=refused,
        changed="terms.changed",
        typed=typed,
        groups=rules.GROUPS,
        values={name: rules.value_of(cities.current().terms, name) for name in rules.names()},
        is_term=lambda value: isinstance(value, Term),
        units=list(TermUnit),
        numbers=rules.NUMBERS,
        history=[(one, [_change(visit, each) for each in one.changes]) for one in history],
        seen=history[0].version if history else 0,
    )


def _change(visit: Visit, change: rules.Set) -> str:
    """One change in a line: 答复（求决）：5个工作日 → 7个工作日."""
    before, after = (_in_words(visit, text) for text in (change.before, change.after))
    return f"{words(visit, f'term.{change.name}')}：{before} → {after}"


def _in_words(visit: Visit, text: str) -> str:
    term = None if text.isdigit() else read_term(text)
    return f"{term.amount} {words(visit, f'term_unit.{term.unit}')}" if term else text
