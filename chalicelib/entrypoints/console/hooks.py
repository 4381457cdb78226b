"""The room of outgoing webhooks: whom we tell, of what, by which keys."""

from collections.abc import Callable, Mapping

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import cities, endpoints, hook_log
from chalicelib.desk.endpoints import TYPE, UNIT
from chalicelib.domain.city import Endpoint
from chalicelib.domain.errors import Invalid, Refused, RuleBroken
from chalicelib.domain.hooks import GROUPS
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

hooks = Blueprint(__name__)
ROOM, PLACE = "hooks", "/console/hooks"


class Choices(Struct, frozen=True):
    """What the form offers, what its boxes are called, and whether anything of it is ticked."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    type_box: str
    unit_box: str
    types: bool
    units: bool


@hooks.route("/hooks", methods=["GET"])
def everybody() -> Response:
    """All endpoints, and how it goes with each."""
    return seated(hooks, ROOM, _shown)


@hooks.route("/hooks", methods=["POST"], content_types=FORM)
def new() -> Response:
    """Another agency is told of steps. Its secret is on the page that follows, and on no other."""

    def work(visit: Visit) -> Response:
        try:
            made = endpoints.add_endpoint(visit.form)
        except (Invalid, RuleBroken) as refused:
            return _shown(visit, refused)
        return secret_shown(visit, made)

    return seated(hooks, ROOM, work)


@hooks.route("/hooks/{endpoint}/form", methods=["GET"])
def form(endpoint: str) -> Response:
    """Its form, filled in as it is set."""
    return seated(hooks, ROOM, lambda visit: _form(visit, endpoints.find(endpoint)))


@hooks.route("/hooks/{endpoint}/form", methods=["POST"], content_types=FORM)
def change(endpoint: str) -> Response:
    """Set it to what the form says."""

    def work(visit: Visit) -> Response:
        try:
            endpoints.change_endpoint(endpoint, visit.form)
        except Invalid as refused:
            return _form(visit, endpoints.find(endpoint), refused)
        return done(f"{PLACE}/{endpoint}", "hooks_changed")

    return seated(hooks, ROOM, work)


@hooks.route("/hooks/{endpoint}/closure", methods=["POST"], content_types=FORM)
def pause(endpoint: str) -> Response:
    """Tell it nothing more for now."""
    return _then(endpoint, "hooks_paused", lambda visit: endpoints.close(endpoint, endpoints.PAUSED, visit.now))


@hooks.route("/hooks/{endpoint}/reopening", methods=["POST"], content_types=FORM)
def resume(endpoint: str) -> Response:
    """Begin again."""
    return _then(endpoint, "hooks_resumed", lambda visit: endpoints.reopen(endpoint))


@hooks.route("/hooks/{endpoint}/key", methods=["POST"], content_types=FORM)
def new_key(endpoint: str) -> Response:
    """Another secret; the one before signs too for a day."""
    return seated(hooks, ROOM, lambda visit: secret_shown(visit, endpoints.new_key(endpoint, visit.now)))


@hooks.route("/hooks/{endpoint}/key/retirement", methods=["POST"], content_types=FORM)
def retire_key(endpoint: str) -> Response:
    """The older secret signs no more."""
    return _then(endpoint, "hooks_retired", lambda visit: endpoints.retire_key(endpoint))


@hooks.route("/hooks/{endpoint}/removal", methods=["GET"])
def ask_to_remove(endpoint: str) -> Response:
    """What it means to remove it."""
    return seated(
        hooks, ROOM, lambda visit: page(visit, "hook_removal", standing=hook_log.standing_of(endpoints.find(endpoint)))
    )


@hooks.route("/hooks/{endpoint}/removal", methods=["POST"], content_types=FORM)
def remove(endpoint: str) -> Response:
    """It is removed."""

    def work(visit: Visit) -> Response:
        endpoints.remove(endpoint)
        return done(PLACE, "hooks_removed")

    return seated(hooks, ROOM, work)


def secret_shown(visit: Visit, made: Endpoint) -> Response:
    """The page with the new secret, this once: nobody is shown it again."""
    return page(visit, "hook_secret", made=made)


def _then(endpoint: str, key: str, act: Callable[[Visit], None]) -> Response:
    def work(visit: Visit) -> Response:
        act(visit)
        return done(f"{PLACE}/{endpoint}", key)

    return seated(hooks, ROOM, work)


def _shown(visit: Visit, refused: Refused | None = None) -> Response:
    """The page. ``refused``: what was wrong with the form of a new one, which is shown as it was filled in."""
    known = [hook_log.standing_of(one) for one in cities.refreshed().endpoints]
    filled = visit.form if refused else {}
    return page(visit, "hooks", refused=refused, known=known, filled=filled, choices=_choices(filled))


def _form(visit: Visit, endpoint: Endpoint, refused: Invalid | None = None) -> Response:
    filled = visit.form if refused else _filled(endpoint)
    return page(visit, "hook_form", refused=refused, endpoint=endpoint, filled=filled, choices=_choices(filled))


def _choices(filled: Mapping[str, str]) -> Choices:
    types, units = (any(name.startswith(box) for name in filled) for box in (TYPE, UNIT))
    return Choices(GROUPS, TYPE, UNIT, types, units)


def _filled(endpoint: Endpoint) -> dict[str, str]:
    """The form as it would have been sent for what is set."""
    return {
        "name": endpoint.name.zh,
        "url": endpoint.url,
        "about": endpoint.about,
        "agency": endpoint.agency or "",
        "form": "thin" if endpoint.thin else "full",
        **({"warnings": "yes"} if endpoint.warnings else {}),
        **{f"{TYPE}{one}": "yes" for one in endpoint.types},
        **{f"{UNIT}{one}": "yes" for one in endpoint.units},
    }
