"""Holds every answer of the API to its document: status, type and shape; and what was taken to what may be sent."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import msgspec
from chalice.local import RouteMatcher

from chalicelib.entrypoints.contract import PROMISES

Schema = dict[str, Any]


@cache
def document(*, strict: bool) -> Schema:
    """The document as it is served; ``strict``: with no room for a field that is not in it."""
    import app  # registers every route
    from chalicelib.entrypoints.openapi import OpenApiDocument
    from chalicelib.entrypoints.openapi import document as described

    assert app.app.routes
    read: Schema = json.loads(msgspec.json.encode(described("zh")))
    for name, schema in read["components"]["schemas"].items():
        if strict and "properties" in schema and name != OpenApiDocument.__name__:
            schema["additionalProperties"] = False
    return read


@cache
def _matcher() -> RouteMatcher:
    document(strict=True)
    return RouteMatcher([path for _, path in PROMISES])


@cache
def _validator(path: str, method: str, *place: str) -> Any:
    """Answers of ours have no field that is not in the document; what is sent to us may have any."""
    described = document(strict=place[0] == "responses")
    schema: Any = described["paths"][path][method]
    for step in place:
        schema = schema[step]
    schema = {**schema, "components": described["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def hold(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes, sent: bytes = b"") -> None:
    """Fail unless the API promises such an answer; of what is no part of the API, nothing is asked."""
    try:
        route = _matcher().match_route(urlsplit(path).path).route
    except ValueError:
        return
    if (method, route) not in PROMISES:
        return
    asked, name = f"{method} {path}", method.lower()
    answers = document(strict=True)["paths"][route][name]["responses"]
    assert str(status) in answers, f"{asked}: {status} is not promised: {body[:300]!r}"
    said = next(value for header, value in headers.items() if header.lower() == "content-type").partition(";")[0]
    content = answers[str(status)]["content"]
    assert said in content, f"{asked}: {said} is not promised"
    if "schema" in content[said]:
        shape = _validator(route, name, "responses", str(status), "content", said, "schema")
        _check(shape, json.loads(body), f"{asked} answered {status}")
    one = PROMISES[method, route]
    if status < 300 and one.takes is not None and "application/json" in one.taken_as:
        shape = _validator(route, name, "requestBody", "content", "application/json", "schema")
        told = json.loads(sent)
        _check(shape, told if shape.is_valid(told) else _in_plain(told), f"{asked} was sent")


def _in_plain(told: Any) -> Any:
    """What was sent as the desk counts it: blanks around a text are no part of it (``domain.fields``)."""
    match told:
        case str():
            return unicodedata.normalize("NFC", told.replace("\r\n", "\n").replace("\r", "\n")).strip()
        case dict():
            return {name: _in_plain(value) for name, value in told.items()}
        case list():
            return [_in_plain(value) for value in told]
        case _:
            return told


def _check(validator: Any, read: Any, what: str) -> None:
    faults = [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in validator.iter_errors(read)]
    assert faults == [], f"{what}: {faults[:3]}"
