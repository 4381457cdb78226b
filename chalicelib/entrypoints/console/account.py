"""我的账号: everybody's own room: the password, the second step, and where one is signed in."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, known_devices, own_account, second_step
from chalicelib.domain.errors import Refused
from chalicelib.domain.passwords import SHORTEST
from chalicelib.entrypoints.answers import address_of
from chalicelib.entrypoints.console.session import device, session_line
from chalicelib.entrypoints.console.visits import (
    DEVICE,
    FORM,
    OWN,
    Visit,
    done,
    page,
    redirect,
    seated,
    secret_of,
    token_of,
)
from chalicelib.web.qr import qr

account = Blueprint(__name__)
PLACE = "/console/account"


@account.route("/account", methods=["GET"])
def overview() -> Response:
    """One's own account."""
    return seated(account, OWN, _shown)


@account.route("/account/password", methods=["POST"], content_types=FORM)
def change_password() -> Response:
    """Another password; everywhere else one is signed out."""

    def work(visit: Visit) -> Response:
        own = own_account.account_of(visit.seat.staff.login)
        token = own_account.change_password(
            own,
            visit.form,
            visit.now,
            device(visit.request),
            token_of(visit.request),
            proven=visit.seat.session.proven,
        )
        return _with_session(done(PLACE, "own_password"), token)

    return _tried("password", work)


@account.route("/account/sign-ins/end", methods=["POST"], content_types=FORM)
def end_sign_ins() -> Response:
    """End another sign-in (``which``), or all the others."""

    def work(visit: Visit) -> Response:
        own_account.end_sign_ins(visit.seat, visit.form.get("which", ""))
        return done(PLACE, "sign_ins_ended")

    return _tried("sign_ins", work)


@account.route("/account/second", methods=["GET"])
def second_page() -> Response:
    """Where the second step is set up."""
    return seated(account, OWN, _offered)


@account.route("/account/second", methods=["POST"], content_types=FORM)
def begin_second() -> Response:
    """Begin to set the second step up; who has one already gives a code of it first."""

    def work(visit: Visit) -> Response:
        own = own_account.account_of(visit.seat.staff.login)
        if second_step.left(own.staff.login) is not None:
            second_step.check(own, visit.form.get("code", ""), *_door(visit), visit.now)
        second_step.begin(own.staff.login, visit.now)
        return redirect(f"{PLACE}/second")

    return _tried("second", work)


@account.route("/account/second/confirmation", methods=["POST"], content_types=FORM)
def confirm_second() -> Response:
    """The first code. The page has the recovery codes, this once."""

    def work(visit: Visit) -> Response:
        own = own_account.account_of(visit.seat.staff.login)
        try:
            codes, token = second_step.confirm(
                own, visit.form.get("code", ""), visit.now, device(visit.request), token_of(visit.request)
            )
        except Refused as refused:
            return _offered(visit, refused)
        return _with_session(_codes(visit, codes), token)

    return seated(account, OWN, work)


@account.route("/account/second/codes", methods=["POST"], content_types=FORM)
def renew_codes() -> Response:
    """Ten new recovery codes."""

    def work(visit: Visit) -> Response:
        own = own_account.account_of(visit.seat.staff.login)
        return _codes(visit, second_step.renew_codes(own, visit.form.get("code", ""), *_door(visit), visit.now))

    return _tried("codes", work)


@account.route("/account/second/removal", methods=["POST"], content_types=FORM)
def remove_second() -> Response:
    """Do without a second step."""

    def work(visit: Visit) -> Response:
        own = own_account.account_of(visit.seat.staff.login)
        second_step.remove(own, visit.form.get("code", ""), *_door(visit), visit.now)
        return done(PLACE, "second_gone")

    return _tried("removal", work)


def _tried(form: str, work: Callable[[Visit], Response]) -> Response:
    """What is refused is shown at its form."""

    def tried(visit: Visit) -> Response:
        try:
            return work(visit)
        except Refused as refused:
            return _shown(visit, refused, form)

    return seated(account, OWN, tried)


def _door(visit: Visit) -> tuple[str, str]:
    """The address, and the name of the device if it is known."""
    note = secret_of(visit.request, DEVICE)
    return address_of(visit.request), known_devices.name_of(note, visit.seat.staff.login, visit.now)


def _with_session(response: Response, token: str) -> Response:
    response.headers["Set-Cookie"] = session_line(token)
    return response


def _codes(visit: Visit, codes: tuple[str, ...]) -> Response:
    return page(visit, "recovery_codes", codes=codes, login=visit.seat.staff.login, onward=PLACE)


def _offered(visit: Visit, refused: Refused | None = None) -> Response:
    login = visit.seat.staff.login
    secret = second_step.offered(login, visit.now)
    if secret is None:
        return done(PLACE, "second_over")
    picture = qr(second_step.address_of(secret, login))
    return page(visit, "second_step", refused, secret=secret, picture=picture, login=login)


def _shown(visit: Visit, refused: Refused | None = None, form: str = "") -> Response:
    """The page. ``form``: the one that was refused."""
    own = own_account.account_of(visit.seat.staff.login)
    return page(
        visit,
        "account",
        refused=refused,
        refused_form=form,
        own=own,
        session=visit.seat.session,
        sign_ins=own_account.sign_ins_of(own, visit.now, visit.seat.token_hash),
        codes_left=second_step.left(own.staff.login),
        second_needed=second_step.is_needed(own),
        provider=cities.current().signing.provider,
        shortest=SHORTEST,
    )
