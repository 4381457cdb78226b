"""What is asked after the password: a code of the second step, a password of one's own, the setting up of the step."""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import cities, known_devices, own_account, second_step, signing_in
from chalicelib.desk.signing_in import Halfway
from chalicelib.domain.errors import Invalid, NotAllowed, Refused
from chalicelib.domain.signing import Stage
from chalicelib.entrypoints.answers import address_of, field_words, refusal_words, status_of
from chalicelib.entrypoints.console.session import device, session_line, signed_in
from chalicelib.entrypoints.console.visits import (
    DEVICE,
    FORM,
    form_of,
    html,
    language_of,
    redirect,
    secret_of,
    token_of,
)
from chalicelib.web.qr import qr
from chalicelib.web.templating import render

halfway = Blueprint(__name__)
Work = Callable[[Request, Halfway, dict[str, str], datetime, str], Response]


@halfway.route("/session/code", methods=["GET"])
def code_page() -> Response:
    """Where a code of the second step is typed."""
    return _page_of(Stage.CODE)


@halfway.route("/session/code", methods=["POST"], content_types=FORM)
def give_code() -> Response:
    """A code of the second step, or one of recovery."""

    def work(request: Request, found: Halfway, form: dict[str, str], now: datetime, token: str) -> Response:
        name = known_devices.name_of(secret_of(request, DEVICE), found.account.staff.login, now)
        second_step.check(found.account, form.get("code", ""), address_of(request), name, now)
        by_provider = found.session.by_provider
        return signed_in(
            signing_in.enter(found.account, now, device(request), proven=True, by_provider=by_provider, ended=[token])
        )

    return _done(Stage.CODE, work)


@halfway.route("/session/password", methods=["GET"])
def password_page() -> Response:
    """Where a one-time password is exchanged for one's own."""
    return _page_of(Stage.PASSWORD)


@halfway.route("/session/password", methods=["POST"], content_types=FORM)
def set_password() -> Response:
    """A password of one's own, after a one-time password."""

    def work(request: Request, found: Halfway, form: dict[str, str], now: datetime, token: str) -> Response:
        proven = found.session.proven
        return signed_in(own_account.change_password(found.account, form, now, device(request), token, proven=proven))

    return _done(Stage.PASSWORD, work)


@halfway.route("/session/enrol", methods=["GET"])
def enrol_page() -> Response:
    """Where the second step is set up by whoever may not work without one."""
    return _page_of(Stage.ENROL)


@halfway.route("/session/enrol", methods=["POST"], content_types=FORM)
def enrol() -> Response:
    """The first code of the second step. The page has the recovery codes, this once."""

    def work(request: Request, found: Halfway, form: dict[str, str], now: datetime, token: str) -> Response:
        codes, token = second_step.confirm(found.account, form.get("code", ""), now, device(request), token)
        language = language_of(request, {})
        body = render(
            "console/recovery_codes.html",
            language=language,
            city=cities.current(),
            codes=codes,
            login=found.account.staff.login,
            now=now,
            onward="/console",
        )
        return html(body, 200, session_line(token))

    return _done(Stage.ENROL, work)


def _page_of(stage: Stage) -> Response:
    request, now = halfway.current_request, datetime.now(UTC)
    found = signing_in.halfway(token_of(request), now)
    if found is None or found.session.stage is not stage:
        return redirect("/console")
    return _shown(request, found, now, language_of(request, dict(request.query_params or {})))


def _done(stage: Stage, work: Work) -> Response:
    """What ``work`` makes of the form, for whoever stands at ``stage``; what is refused is shown on the page."""
    request, now = halfway.current_request, datetime.now(UTC)
    form, token, language = form_of(request), token_of(request), language_of(request, {})
    try:
        found = signing_in.go_on(token, stage, now, form.get("csrf", ""))
    except NotAllowed:
        return redirect("/console")
    try:
        return work(request, found, form, now, token)
    except Refused as refused:
        return _shown(request, found, now, language, refused)


def _shown(request: Request, found: Halfway, now: datetime, language: str, refused: Refused | None = None) -> Response:
    """The page of the step that is missing."""
    login, city = found.account.staff.login, cities.current()
    secret = _offered(login, now) if found.session.stage is Stage.ENROL else ""
    faults = refused.errors if isinstance(refused, Invalid) else []
    body = render(
        "console/halfway.html",
        language=language,
        city=city,
        stage=found.session.stage,
        login=login,
        csrf=found.csrf,
        message=refusal_words(refused, language) if refused else "",
        wrong={one.field: field_words(one, language) for one in faults},
        secret=secret,
        picture=qr(second_step.address_of(secret, login)) if secret else "",
        by_provider=found.session.by_provider,
    )
    return html(body, status_of(refused) if refused else 200)


def _offered(login: str, now: datetime) -> str:
    """The secret that is offered, a new one where there is none: who must set it up has nothing else to do here."""
    secret = second_step.offered(login, now)
    if secret is None:
        second_step.begin(login, now)
        secret = second_step.offered(login, now)
    assert secret is not None  # it was just offered
    return secret
