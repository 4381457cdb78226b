"""Administration: accounts, other agencies, the city's units and mailboxes, and what lies in the dead-letter queues."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.config import config
from chalicelib.desk import administering, agencies, applications, backlog, cities, keeping_accounts, signing_in
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.city import Agency, Application
from chalicelib.domain.errors import FieldError, Invalid, Refused
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import STAFF, Kind, Role
from chalicelib.entrypoints.console.accounts import account_page
from chalicelib.entrypoints.console.fields import unknown
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

admin = Blueprint(__name__)
LONGEST_OFFICE = 50


@admin.route("/admin", methods=["GET"])
def overview() -> Response:
    """Everything an administrator keeps."""
    return seated(admin, "admin", _shown)


@admin.route("/admin/accounts", methods=["POST"], content_types=FORM)
def new_account() -> Response:
    """A new account, or another place or password for one. The page has a password that was made, this once."""

    def work(visit: Visit) -> Response:
        form = visit.form
        try:
            role = _role(form.get("role", ""))
            lay = role is Role.LAY_SUPERVISOR  # from outside: of an area, and of no unit
            staff = Staff(
                form.get("login", "").strip(),
                form.get("name", "").strip(),
                role,
                None if lay else form.get("unit") or None,
                tuple(box for box in (form.get("mailbox", ""),) if box and not lay),
                form.get("office", "").strip()[:LONGEST_OFFICE],
                area=_area(form.get("area", "")) if lay else None,
            )
            made = keeping_accounts.set_account(staff, form.get("password", ""), visit.seat.staff, visit.now)
        except Refused as refused:
            return _shown(visit, refused, "account")
        return account_page(visit, staff.login, made) if made else done("/console/admin", "account")

    return seated(admin, "admin", work)


@admin.route("/admin/accounts/{login}/closure", methods=["POST"], content_types=FORM)
def close_account(login: str) -> Response:
    """Nobody signs in by this login any more."""

    def work(visit: Visit) -> Response:
        if login == visit.seat.staff.login:
            raise Invalid([FieldError("login", "account.own")])
        signing_in.close_account(login)
        return done("/console/admin", "closure")

    return seated(admin, "admin", work)


@admin.route("/admin/accounts/{login}/reopening", methods=["POST"], content_types=FORM)
def reopen_account(login: str) -> Response:
    """The account is as it was before it was closed."""

    def work(visit: Visit) -> Response:
        signing_in.reopen_account(login)
        return done("/console/admin", "reopening")

    return seated(admin, "admin", work)


@admin.route("/admin/agencies", methods=["POST"], content_types=FORM)
def new_agency() -> Response:
    """Another agency may refer petitions to us."""
    return seated(admin, "admin", lambda visit: _with_secret(visit, "agency", lambda: agencies.add_agency(visit.form)))


@admin.route("/admin/agencies/{agency}/desk", methods=["POST"], content_types=FORM)
def agency_desk(agency: str) -> Response:
    """Where an agency stands, and how its own desk is written to."""

    def work(visit: Visit) -> Response:
        try:
            agencies.set_desk(agency, visit.form)
        except Invalid as refused:
            return _shown(visit, refused, f"desk-{agency}")
        return done("/console/admin", "desk")

    return seated(admin, "admin", work)


@admin.route("/admin/agencies/{agency}/secret", methods=["POST"], content_types=FORM)
def renew_secret(agency: str) -> Response:
    """Another secret for an agency that lost its own."""
    return seated(admin, "admin", lambda visit: _with_secret(visit, "agency", lambda: agencies.renew_secret(agency)))


def _with_secret(visit: Visit, form: str, work: Callable[[], Agency]) -> Response:
    """The page with the new secret, this once: nobody is shown it again."""
    try:
        made = work()
    except Invalid as refused:
        return _shown(visit, refused, form)
    return _shown(visit, made=made)


@admin.route("/admin/applications", methods=["POST"], content_types=FORM)
def new_application() -> Response:
    """A program of others may hand in submissions. The page has its key, this once."""

    def work(visit: Visit) -> Response:
        try:
            made, key = applications.add(visit.form)
        except Invalid as refused:
            return _shown(visit, refused, "application")
        return _shown(visit, made=made, key=key)

    return seated(admin, "admin", work)


@admin.route("/admin/applications/{application}/{switch}", methods=["POST"], content_types=FORM)
def switch_application(application: str, switch: str) -> Response:
    """Take nothing more by its key (``closure``), or take it again (``reopening``)."""

    def work(visit: Visit) -> Response:
        if switch not in ("closure", "reopening"):
            raise unknown("switch")
        applications.set_enabled(application, switch == "reopening")
        return done("/console/admin", switch)

    return seated(admin, "admin", work)


@admin.route("/admin/campaign/{switch}", methods=["POST"], content_types=FORM)
def switch_campaign(switch: str) -> Response:
    """Keep the campaign's figures to the console (``closure``), or show them to everybody (``reopening``)."""

    def work(visit: Visit) -> Response:
        if switch not in ("closure", "reopening"):
            raise unknown("switch")
        backlog.make_public(switch == "reopening")
        return done("/console/admin", switch)

    return seated(admin, "admin", work)


@admin.route("/admin/dead-letters/{topic}/return", methods=["POST"], content_types=FORM)
def redrive(topic: str) -> Response:
    """Send what lies in a dead-letter queue on its way again."""

    def work(visit: Visit) -> Response:
        if topic not in set(Topic):
            raise unknown("topic")
        administering.redrive(Topic(topic))
        return done("/console/admin", "redrive")

    return seated(admin, "admin", work)


def _role(text: str) -> Role:
    if text not in STAFF:
        raise unknown("role")
    return Role(text)


def _area(code: str) -> str | None:
    if code and cities.current().area(code) is None:
        raise unknown("area")
    return code or None


def _shown(
    visit: Visit,
    refused: Refused | None = None,
    form: str = "",
    made: Agency | Application | None = None,
    key: str = "",
) -> Response:
    """The page. ``form``: the one that was refused, and is shown as it was filled in."""
    city = cities.current()
    written_to = [one.id for one in city.agencies if one.has_desk]
    return page(
        visit,
        "admin",
        refused=refused,
        standings=keeping_accounts.standings(administering.all_accounts(), visit.now),
        roles=sorted(STAFF),
        dead={topic: administering.dead_letters(topic) for topic in Topic},
        delivered={one: administering.passed_to(one) for one in written_to},
        all_stands=list(Stands),
        agency_channels=agencies.CHANNELS,
        refused_form=form,
        made=made,
        key=key,
        uses={one.id: applications.use_of(one) for one in city.applications},
        takers=[box for box in city.mailboxes if Kind.APPEAL in box.kinds],
        origin=config().public_origin,
    )
