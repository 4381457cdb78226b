"""One endpoint: how it goes with it, what was sent, a test, and what is sent again."""

from datetime import datetime, timedelta

from chalice.app import Blueprint, Response

from chalicelib.desk import endpoints
from chalicelib.desk import hook_log as log
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Invalid
from chalicelib.domain.hooks import live_keys
from chalicelib.entrypoints.console.fields import moment
from chalicelib.entrypoints.console.hooks import PLACE, ROOM
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

hook_log = Blueprint(__name__)


@hook_log.route("/hooks/{endpoint}", methods=["GET"])
def one(endpoint: str) -> Response:
    """The endpoint, with the latest of its log."""
    return seated(hook_log, ROOM, lambda visit: _shown(visit, endpoint))


@hook_log.route("/hooks/{endpoint}/test", methods=["POST"], content_types=FORM)
def test(endpoint: str) -> Response:
    """Send a test now, and show what came back."""
    return seated(hook_log, ROOM, lambda visit: _shown(visit, endpoint, tested=log.test(endpoint, visit.now)))


@hook_log.route("/hooks/{endpoint}/delivery", methods=["GET"])
def delivery(endpoint: str) -> Response:
    """One attempt: what was sent, and what came back."""

    def work(visit: Visit) -> Response:
        found = endpoints.find(endpoint)
        opened = log.opened(endpoint, visit.query.get("at", ""))
        return page(visit, "hook_delivery", endpoint=found, one=opened.delivery, body=opened.body)

    return seated(hook_log, ROOM, work)


@hook_log.route("/hooks/{endpoint}/delivery", methods=["POST"], content_types=FORM)
def send_again(endpoint: str) -> Response:
    """Send that step again."""

    def work(visit: Visit) -> Response:
        log.send_again(endpoint, visit.form.get("at", ""), visit.now)
        return done(f"{PLACE}/{endpoint}", "hooks_again")

    return seated(hook_log, ROOM, work)


@hook_log.route("/hooks/{endpoint}/given-up", methods=["POST"], content_types=FORM)
def send_given_up(endpoint: str) -> Response:
    """Send all that was given up again."""

    def work(visit: Visit) -> Response:
        log.send_given_up(endpoint, visit.now)
        return done(f"{PLACE}/{endpoint}", "hooks_again")

    return seated(hook_log, ROOM, work)


@hook_log.route("/hooks/{endpoint}/replay", methods=["POST"], content_types=FORM)
def replay(endpoint: str) -> Response:
    """Count what a period holds, and once that is confirmed, send it again."""

    def work(visit: Visit) -> Response:
        try:
            begins, ends = moment("begins", visit), moment("ends", visit)
            if visit.form.get("confirmed") == "yes":
                log.replay(endpoint, begins, ends, visit.now)
                return done(f"{PLACE}/{endpoint}", "hooks_again")
            found = log.to_replay(endpoint, begins, ends, visit.now)
        except Invalid as refused:
            return _shown(visit, endpoint, refused)
        return page(visit, "hook_replay", endpoint=endpoints.find(endpoint), begins=begins, ends=ends,
                    period=visit.form, steps=len(found), cases=len({one.case_id for one in found}))  # fmt: skip

    return seated(hook_log, ROOM, work)


def _shown(visit: Visit, endpoint: str, refused: Invalid | None = None, tested: object = None) -> Response:
    found = endpoints.find(endpoint)
    failed_only = visit.query.get("failed") == "yes"
    logged = log.log(endpoint, failed_only, visit.query.get("before", ""))
    standing = log.standing_of(found)
    return page(
        visit,
        "hook",
        refused=refused,
        standing=standing,
        endpoint=found,
        keys=len(live_keys(found, visit.now)),
        tested=tested,
        logged=logged,
        failed_only=failed_only,
        paging=bool(visit.query.get("before")),
        given_up=log.given_up(endpoint) if standing.given_up else [],
        period={"begins": _written(visit.now - timedelta(days=1)), "ends": _written(visit.now)} | visit.form,
        furthest=log.FURTHEST.days,
        most=log.MOST_REPLAYED,
    )


def _written(at: datetime) -> str:
    """As a browser's field takes it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
