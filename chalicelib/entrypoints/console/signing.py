"""登录设置: who needs a second step, and the city's own provider."""

from collections.abc import Callable

from chalice.app import Blueprint, Response

from chalicelib.config import config
from chalicelib.desk import cities, signing_settings
from chalicelib.desk.provider import CALLBACK
from chalicelib.domain.errors import Invalid
from chalicelib.domain.signing import Passwords, Second
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

signing = Blueprint(__name__)
ROOM, PLACE = "signing", "/console/signing"


@signing.route("/signing", methods=["GET"])
def overview() -> Response:
    """How people sign in to this desk."""
    return seated(signing, ROOM, _shown)


@signing.route("/signing/second", methods=["POST"], content_types=FORM)
def set_required() -> Response:
    """Who needs a second step."""
    return _set("second_required", lambda visit: signing_settings.set_required(visit.form))


@signing.route("/signing/provider", methods=["POST"], content_types=FORM)
def set_provider() -> Response:
    """The city's provider."""
    return _set("provider", lambda visit: signing_settings.set_provider(visit.form))


@signing.route("/signing/provider/removal", methods=["POST"], content_types=FORM)
def remove_provider() -> Response:
    """By password alone again."""
    return _set("provider_gone", lambda visit: signing_settings.remove_provider())


def _set(key: str, work: Callable[[Visit], None]) -> Response:
    def tried(visit: Visit) -> Response:
        try:
            work(visit)
        except Invalid as refused:
            return _shown(visit, refused)
        return done(PLACE, key)

    return seated(signing, ROOM, tried)


def _shown(visit: Visit, refused: Invalid | None = None) -> Response:
    in_force = cities.refreshed().signing
    return page(
        visit,
        "signing",
        refused=refused,
        groups=signing_settings.GROUPS,
        box=signing_settings.BOX,
        required=in_force.required,
        provider=in_force.provider,
        all_passwords=list(Passwords),
        all_seconds=list(Second),
        callback=f"{config().public_origin}{CALLBACK}",
    )
