"""The OpenAPI 3.1 document of the whole HTTP API, made of what each route promises. It is served at /openapi.json.

https://spec.openapis.org/oas/v3.1.1. Summaries are in the reader's language; schemas are made by msgspec of the very
types that the handlers answer with, and their English descriptions are the types' own.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.entrypoints.answers import HEADERS, language_of
from chalicelib.entrypoints.contract import PROMISES, TOLD, Body, Guard, Promise, promise
from chalicelib.web.messages import say

openapi = Blueprint(__name__)
Schema = dict[str, Any]  # JSON Schema is open by its nature
VERSION = "1.0.0"  # of the API: raised when what is promised changes
A_WHILE = 300  # seconds
REFS = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"{(\w+)}")


class OpenApiDocument(Struct, frozen=True):
    """This document: see the OpenAPI Specification, 3.1."""

    openapi: str
    info: Schema
    servers: tuple[dict[str, str], ...]
    paths: dict[str, Schema]
    webhooks: dict[str, Schema]
    components: dict[str, Schema]


@promise(openapi, "GET", "/openapi.json", "openapi", answers={200: OpenApiDocument})
def described() -> Response:
    """The document, with its summaries in the reader's language."""
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": f"public, max-age={A_WHILE}",
        "Vary": "Accept-Language",
    }
    return Response(_written(language_of(openapi.current_request)), status_code=200, headers=headers)


@cache
def _written(language: str) -> str:
    return msgspec.json.encode(document(language)).decode()


def document(language: str) -> OpenApiDocument:
    """The document of everything that was promised, for a reader of ``language``."""
    paths: dict[str, Schema] = {}
    schemas = _Schemas()
    for one in PROMISES.values():
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas, language)
    return OpenApiDocument(
        openapi="3.1.1",
        info={
            "title": say("api.title", language),
            "version": VERSION,
            "description": say("api.about", language),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=({"url": "/"},),
        paths=paths,
        webhooks={name: {"post": _telling(name, told.body, schemas, language)} for name, told in TOLD.items()},
        components={"schemas": schemas.components, "securitySchemes": _guards(language)},
    )


class _Schemas:
    """The schemas of all types at once: so each is described once, under a name of its own."""

    def __init__(self) -> None:
        types = list(dict.fromkeys(_types()))
        schemas, self.components = msgspec.json.schema_components(types, ref_template=REFS)
        self._of = dict(zip(types, schemas, strict=True))

    def of(self, body: Body | tuple[Body, ...]) -> Schema:
        """How a body reads."""
        if isinstance(body, tuple):
            return {"anyOf": [self.of(one) for one in body]}
        return self._of[body]

    def fields(self, struct: type[Struct]) -> Iterator[tuple[str, bool, Schema]]:
        """The fields of a struct: name, whether it must be there, and how it reads."""
        described = self.components[self.of(struct)["$ref"].rpartition("/")[2]]
        for name, schema in described["properties"].items():
            yield name, name in described.get("required", ()), _single(schema)


def _single(schema: Schema) -> Schema:
    """Of a parameter: it is left out, never null."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **rest} if len(kinds) == 1 else schema


def _types() -> Iterator[Body]:
    for one in PROMISES.values():
        for body in one.answers.values():
            yield from body if isinstance(body, tuple) else (body,)
        yield from (struct for struct in (one.takes, one.asks, one.headers) if struct is not None)
        yield one.refusal
    for told in TOLD.values():
        yield from told.body if isinstance(told.body, tuple) else (told.body,)


def _operation(one: Promise, schemas: _Schemas, language: str) -> Schema:
    made: Schema = {
        "operationId": one.name,
        "summary": say(f"api.{one.words}", language),
        "tags": [one.tag],
        "parameters": [*_parameters(one, schemas, language)],
        "responses": {
            **{str(status): _answer(one, status, schemas, language) for status in one.answers},
            **{str(status): _refusal(one, status, codes, schemas, language) for status, codes in one.refused.items()},
        },
    }
    if one.takes is not None:
        content = {media: {"schema": schemas.of(one.takes)} for media in one.taken_as}
        made["requestBody"] = {"required": True, "content": content}
    if one.guard in (Guard.SIGNATURE, Guard.API_KEY):
        made["security"] = [{one.guard.value: []}]
    if one.guard in (Guard.CODE, Guard.TOKEN):
        made["description"] = say(f"api.guard.{one.guard}", language)
    return made


def _parameters(one: Promise, schemas: _Schemas, language: str) -> Iterator[Schema]:
    for name in _IN_PATH.findall(one.path):
        about = say(f"api.path.{name}", language)
        shape = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "description": about, "schema": shape}
    for place, struct in (("query", one.asks), ("header", one.headers)):
        for name, required, schema in schemas.fields(struct) if struct is not None else ():
            yield {"name": name, "in": place, "required": required, "schema": schema}


def _answer(one: Promise, status: int, schemas: _Schemas, language: str) -> Schema:
    schema = schemas.of(one.answers[status])
    return {"description": say(f"api.status.{status}", language), "content": _content(one.told_as, schema)}


def _content(media: Iterable[str], schema: Schema) -> Schema:
    return {one: {"schema": schema} if one == "application/json" else {} for one in media}


def _refusal(one: Promise, status: int, codes: tuple[str, ...], schemas: _Schemas, language: str) -> Schema:
    schema = schemas.of(one.refusal)
    if codes and one.codes_named:
        named = {"properties": {"error": {"properties": {"code": {"enum": list(codes)}}}}}
        schema = {"allOf": [schema, named]}
    made: Schema = {"description": say(f"api.status.{status}", language), "content": _content(one.told_as, schema)}
    if status == 429:
        wait = {"schema": {"type": "string"}, "description": say("api.retry_after", language)}
        made["headers"] = {"Retry-After": wait}
    return made


def _telling(name: str, body: Body | tuple[Body, ...], schemas: _Schemas, language: str) -> Schema:
    return {
        "operationId": f"told_{name}",
        "summary": say(f"api.told.{name}", language),
        "tags": ["webhooks"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schemas.of(body)}}},
        "responses": {"2XX": {"description": say("api.told.taken", language)}},
        "security": [{Guard.SIGNATURE.value: []}],
    }


def _guards(language: str) -> Schema:
    return {
        Guard.SIGNATURE.value: {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": say("api.guard.signature", language),
        },
        Guard.API_KEY.value: {
            "type": "apiKey",
            "in": "query",
            "name": "api_key",
            "description": say("api.guard.api_key", language),
        },
    }
