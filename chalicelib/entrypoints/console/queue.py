"""The work queue: each role's lists, nearest deadline first."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from chalice.app import Blueprint, Response

from chalicelib.desk import working
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import Invalid
from chalicelib.entrypoints.console.visits import Visit, page, redirect, seated

queue = Blueprint(__name__)
SHOWN = 50  # cases a page


@queue.route("/queue", methods=["GET"])
def work_queue() -> Response:
    """One list of the visitor's."""

    def work(visit: Visit) -> Response:
        lists = working.lists_of(visit.seat.staff)
        if not lists:
            return page(visit, "queue", lists=(), chosen="", cases=(), after="")
        chosen = visit.query.get("list", lists[0])
        found = working.worklist(visit.seat.staff, chosen, SHOWN, _opened(visit.query.get("after", "")))
        return page(visit, "queue", lists=lists, chosen=chosen, cases=found.cases, after=_sealed(found.after))

    return seated(queue, "queue", work)


@queue.route("/find", methods=["GET"])
def find() -> Response:
    """Straight to a case, by its number or a receipt."""

    def work(visit: Visit) -> Response:
        return redirect(f"/console/cases/{working.find(visit.seat.staff, visit.query.get('number', ''))}")

    return seated(queue, "queue", work)


def _sealed(after: working.Cursor | None) -> str:
    """Where the next page begins, signed: a cursor names keys, and nobody is to name other ones."""
    if after is None:
        return ""
    body = urlsafe_b64encode(json.dumps(after).encode()).decode()
    return f"{body}.{vault().sign('cursor', body)}"


def _opened(sealed: str) -> working.Cursor | None:
    body, _, signature = sealed.partition(".")
    if not sealed:
        return None
    if not vault().signed("cursor", body, signature):
        raise Invalid([])
    cursor: working.Cursor = json.loads(urlsafe_b64decode(body))
    return cursor
