"""One account, as an administrator looks after it."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.desk import keeping_accounts
from chalicelib.domain.errors import Refused
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

accounts = Blueprint(__name__)


@accounts.route("/admin/accounts/{login}", methods=["GET"])
def one_account(login: str) -> Response:
    """How an account stands: whether it waits, its second step, where it is signed in, what was done about it."""
    return seated(accounts, "admin", lambda visit: account_page(visit, login))


@accounts.route("/admin/accounts/{login}/password", methods=["POST"], content_types=FORM)
def give_password(login: str) -> Response:
    """A one-time password. The page has it, this once."""

    def work(visit: Visit) -> Response:
        return account_page(visit, login, keeping_accounts.give_password(login, visit.seat.staff, visit.now))

    return seated(accounts, "admin", work)


@accounts.route("/admin/accounts/{login}/freeing", methods=["POST"], content_types=FORM)
def free(login: str) -> Response:
    """Forget the wrong tries."""
    return _done(login, "freed", lambda visit: keeping_accounts.free(login, visit.seat.staff, visit.now))


@accounts.route("/admin/accounts/{login}/sign-ins/end", methods=["POST"], content_types=FORM)
def end_sign_ins(login: str) -> Response:
    """Sign somebody out everywhere."""
    return _done(
        login, "sign_ins_ended", lambda visit: keeping_accounts.end_sessions(login, visit.seat.staff, visit.now)
    )


@accounts.route("/admin/accounts/{login}/second/removal", methods=["POST"], content_types=FORM)
def reset_second(login: str) -> Response:
    """Take the second step off an account whose telephone is lost."""
    return _done(login, "second_reset", lambda visit: keeping_accounts.reset_second(login, visit.seat.staff, visit.now))


def _done(login: str, key: str, work: Callable[[Visit], None]) -> Response:
    def tried(visit: Visit) -> Response:
        try:
            work(visit)
        except Refused as refused:
            keeping_accounts.find(login, visit.now)  # or there is no such account, and no page of it
            return account_page(visit, login, refused=refused)
        return done(f"/console/admin/accounts/{login}", key)

    return seated(accounts, "admin", tried)


def account_page(visit: Visit, login: str, given: str = "", refused: Refused | None = None) -> Response:
    """The page. ``given``: a password that was just made. Raises NotFound."""
    standing, sign_ins = keeping_accounts.find(login, visit.now)
    return page(
        visit, "account_of", refused=refused, standing=standing, one=standing.account, sign_ins=sign_ins, given=given
    )
