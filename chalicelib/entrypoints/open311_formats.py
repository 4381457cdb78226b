"""The two formats of Open311 GeoReport v2: the same fields as JSON and as XML."""

from typing import Any

import msgspec
from chalice.app import Response
from msgspec import Struct

from chalicelib.entrypoints.answers import HEADERS

MEDIA = {"json": "application/json", "xml": "text/xml"}
NAMES = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "errors": "error",
}
"""What an element of a list is called in XML."""


def told(body: Struct | tuple[Struct, ...], root: str, form: str, status: int = 200, keep_for: int = 0) -> Response:
    """``body`` in one of the two formats. ``keep_for``: seconds that anyone may keep it."""
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": f"{MEDIA[form]}; charset=utf-8",
        "Cache-Control": f"public, max-age={keep_for}" if keep_for else "no-store",
        "Vary": "Accept-Language",
    }
    written = msgspec.json.encode(body).decode() if form == "json" else _xml(root, msgspec.to_builtins(body))
    return Response(written, status_code=status, headers=headers)


def _xml(root: str, body: Any) -> str:
    from xml.etree.ElementTree import Element, tostring  # a few milliseconds, and most ask for JSON

    top = Element(root)
    _grow(top, body)
    written: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return written.decode()


def _grow(parent: Any, value: Any) -> None:
    from xml.etree.ElementTree import SubElement

    if isinstance(value, dict):
        for name, inner in value.items():
            _grow(SubElement(parent, name), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _grow(SubElement(parent, NAMES[parent.tag]), inner)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = str(value)
