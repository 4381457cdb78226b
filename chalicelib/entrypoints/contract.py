"""What the HTTP API promises. Each route declares, beside its handler, what it takes, answers and refuses.

``promise`` registers the route with Chalice and keeps the declaration: so no route of the API is without one, and none
is declared that is not there. ``openapi.py`` makes the document of ``PROMISES``; the tests hold every answer to it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct, field

from chalicelib.entrypoints.answers import STATUS, Refusal

View = Callable[..., Response]
Body = object  # a type that msgspec describes
ANY_TYPE = ["*/*"]  # of another type the handler says so in the reader's language; Chalice would in English
JSON_MEDIA = ("application/json",)
FORM_MEDIA = ("application/x-www-form-urlencoded",)

IN_BODY = ("invalid", "not_json", "too_large")
"""What may be wrong with any JSON that is sent to us."""

BY_CODE = ("not_found", "slow_down")
"""A wrong pair of number and code, and too many of them."""

PROVEN = ("proof_missing", "proof_stale")
"""The work of POST /api/challenges was not done, or for another form, or too long ago."""

ERASED = ("data_erased", "data_being_erased")
SIGNED = ("invalid", "unverified", "key_used", "too_many_webhooks_own")
STEP = ("not_allowed", "too_late", "changed", "wrong_state", "rule")
"""A citizen's step that is not hers to take, or not now. ``rule``: a rule of the trade, named by the code."""


class Guard(StrEnum):
    """By what a caller is let in."""

    NONE = "none"
    CODE = "code"  # number and query code, in the body: they stand in no log
    SIGNATURE = "signature"  # Standard Webhooks
    TOKEN = "token"  # of a talk, in the body
    API_KEY = "api_key"  # Open311, where the specification asks for it


class SignedHeaders(Struct, frozen=True, kw_only=True):
    """What goes with a signed request besides its signature."""

    webhook_id: Annotated[str, Meta(pattern="^[!-~]{1,200}$")] = field(name="webhook-id")
    webhook_timestamp: Annotated[
        str, Meta(pattern="^[0-9]{1,12}$", description="seconds since 1970, within five minutes of now")
    ] = field(name="webhook-timestamp")


class Promise(Struct, frozen=True, kw_only=True):
    """One route as it is promised. ``name``: the operation's; ``words``: its words in the catalogue (``api.<words>``).

    ``answers``: the body by status, of several types where it is one of them; ``asks``: the query's parameters,
    ``headers``: the headers', both as the fields of a struct; ``takes``: the body; ``refuses``: codes of
    ``answers.STATUS``; ``refusal``: their body. ``taken_as`` and ``told_as`` are media types: what is told as another
    than JSON has the same content.
    """

    method: str
    path: str
    name: str
    answers: Mapping[int, Body | tuple[Body, ...]]
    refuses: tuple[str, ...]
    takes: type[Struct] | None
    asks: type[Struct] | None
    headers: type[Struct] | None
    guard: Guard
    taken_as: tuple[str, ...]
    told_as: tuple[str, ...]
    refusal: Body
    words: str

    @property
    def tag(self) -> str:
        """The part of the API that it belongs to: the first word of its path."""
        return self.path.removeprefix("/api").split("/")[1].removesuffix(".json")

    @property
    def codes_named(self) -> bool:
        """Whether its refusals carry the codes; the Open311 specification has another body for them."""
        return self.refusal is Refusal

    @property
    def refused(self) -> dict[int, tuple[str, ...]]:
        """The codes of its refusals by status; none named where a rule of the trade may stand against it."""
        found: dict[int, tuple[str, ...]] = {}
        for code in sorted(set(self.refuses)):
            status = STATUS.get(code, 409)
            found[status] = (*found.get(status, ()), code)
        return {status: () if "rule" in codes else codes for status, codes in sorted(found.items())}


class Telling(Struct, frozen=True):
    """What the desk itself sends to others' addresses."""

    name: str
    body: Body | tuple[Body, ...]


PROMISES: dict[tuple[str, str], Promise] = {}
TOLD: dict[str, Telling] = {}


def promise(
    blueprint: Blueprint,
    method: str,
    path: str,
    name: str,
    *,
    answers: Mapping[int, Body | tuple[Body, ...]],
    refuses: tuple[str, ...] = (),
    takes: type[Struct] | None = None,
    asks: type[Struct] | None = None,
    headers: type[Struct] | None = None,
    guard: Guard = Guard.NONE,
    taken_as: tuple[str, ...] = JSON_MEDIA,
    told_as: tuple[str, ...] = JSON_MEDIA,
    refusal: Body = Refusal,
    words: str = "",
) -> Callable[[View], View]:
    """Make the function below the handler of a route of the API, and keep what is promised of it."""

    def kept(view: View) -> View:
        PROMISES[method, path] = Promise(
            method=method,
            path=path,
            name=name,
            answers=answers,
            refuses=refuses,
            takes=takes,
            asks=asks,
            headers=headers,
            guard=guard,
            taken_as=taken_as,
            told_as=told_as,
            refusal=refusal,
            words=words or name,
        )
        registered: View = blueprint.route(path, methods=[method], content_types=ANY_TYPE, name=name)(view)
        return registered

    return kept


def tells(name: str, body: Body | tuple[Body, ...]) -> None:
    """Keep that the desk sends ``body`` to others: a webhook of the document, its words under ``api.told.<name>``."""
    TOLD[name] = Telling(name, body)
