"""登记台: one form to type in while listening; the caller's earlier matters beside it; the slip that goes home."""

from chalice.app import Blueprint, Response

from chalicelib.config import config
from chalicelib.desk import by_hand, callers, cities, counter, uploading
from chalicelib.desk.counter import Scan, Slip
from chalicelib.domain.counter_forms import Came
from chalicelib.domain.errors import Invalid, Refused
from chalicelib.domain.submission import MOST_UPLOADS, day_in_shanghai
from chalicelib.domain.words import AnswerBy, Kind
from chalicelib.entrypoints.answers import raw_body
from chalicelib.entrypoints.console import multipart
from chalicelib.entrypoints.console.visits import CSP, FORM, Visit, page, redirect, seated
from chalicelib.web.qr import qr

desk_counter = Blueprint(__name__)
ROOM, PLACE = "counter", "/console/counter"
WITH_FILES = ["multipart/form-data", *FORM]
OWN_CSP = f"{CSP}; script-src 'self'; connect-src 'self'"
ADD = "add:"  # what a button does that adds to an earlier matter; its receipt follows


@desk_counter.route("/counter", methods=["GET"])
def empty() -> Response:
    """An empty form."""
    return seated(desk_counter, ROOM, lambda visit: _shown(visit, {}))


@desk_counter.route("/counter", methods=["POST"], content_types=WITH_FILES)
def send() -> Response:
    """File it, add it to an earlier matter, or look for those: by the button that was pressed."""

    def work(visit: Visit) -> Response:
        do = visit.form.get("do", "file")
        if do == "search":
            return _shown(visit, visit.form)
        typed = visit.form
        try:
            typed = _with_scans(visit)
            if do.startswith(ADD):
                case = counter.add({**typed, "receipt": do.removeprefix(ADD)}, visit.seat.staff, visit.now)
                return redirect(f"{PLACE}?added={case.case_id}")
            slip = counter.register(typed, visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, typed, refused)
        return _slip(visit, slip)

    return seated(desk_counter, ROOM, work)


@desk_counter.route("/counter/earlier", methods=["POST"], content_types=FORM)
def earlier() -> Response:
    """The caller's earlier matters alone, for the page's script. A POST: a number stands in no log and no history."""

    def work(visit: Visit) -> Response:
        found = callers.earlier(visit.form, visit.seat.staff, visit.now)
        return page(visit, "counter_earlier", found=found)

    return seated(desk_counter, ROOM, work)


def _with_scans(visit: Visit) -> dict[str, str]:
    """What was typed, with the tickets of the scans that came now and before. Raises Invalid for a file not taken;
    the others have arrived all the same.
    """
    content_type = visit.request.headers.get("content-type", "")
    tickets = visit.form.get(counter.TICKETS, "").split()
    faults = []
    files = multipart.files_of(content_type, raw_body(visit.request), "scan")
    for file in files[: MOST_UPLOADS - len(tickets)]:
        scan = Scan(file.filename or "", file.content_type, file.content)
        try:
            tickets.append(counter.arrived(scan, visit.seat.staff, visit.now))
        except Invalid as refused:
            faults += refused.errors
    visit.form[counter.TICKETS] = " ".join(tickets)  # a refused form comes back with what has arrived
    if faults:
        raise Invalid(faults[:1])
    return visit.form


def _shown(visit: Visit, typed: dict[str, str], refused: Refused | None = None) -> Response:
    """The form as it was filled in, and what is known of the caller."""
    staff = visit.seat.staff
    tickets = typed.get(counter.TICKETS, "").split()
    named = [(ticket, name) for ticket in tickets if (name := uploading.name_on(ticket, visit.now))]
    response = page(
        visit,
        "counter",
        refused=refused,
        typed=typed,
        key=typed.get("key") or counter.new_key(),
        found=callers.earlier(typed, staff, visit.now),
        tickets=" ".join(ticket for ticket, _ in named),
        arrived=[name for _, name in named],
        ways_in=list(Came),
        kinds=list(Kind),
        answers=list(AnswerBy),
        leaders=[box for box in cities.current().mailboxes if box.leader is not None],
        added=visit.query.get("added", "") if visit.query.get("added", "").isdigit() else "",
        waiting=by_hand.number_waiting(staff),
        today=day_in_shanghai(visit.now),
        largest=uploading.MOST_BY_HAND,
    )
    response.headers["Content-Security-Policy"] = OWN_CSP
    return response


def _slip(visit: Visit, slip: Slip) -> Response:
    """The slip in the citizen's language, with the code: nobody is shown it again."""
    paper = slip.form.language
    track = f"{config().public_origin}{'' if paper == 'zh' else f'/{paper}'}/track.html"
    response = page(
        visit,
        "counter_slip",
        slip=slip,
        paper=paper,
        track=track,
        picture=qr(f"{track}#{slip.receipt.number}"),
        desk=cities.current().unit(cities.current().desk_unit),
    )
    response.headers["Content-Security-Policy"] = OWN_CSP
    return response
