"""The schemas of the webhooks that we send: public, so that a receiver can be written against them."""

from typing import Annotated

from chalice.app import Blueprint, Response
from msgspec import Meta

from chalicelib.desk.told import schemas
from chalicelib.entrypoints.answers import json_answer
from chalicelib.entrypoints.contract import promise

webhook_schemas = Blueprint(__name__)
SchemaDocument = Annotated[object, Meta(extra_json_schema={"type": "object"})]
KEPT_FOR = 3_600  # seconds; they change with a version of the desk only


@promise(webhook_schemas, "GET", "/api/webhooks/schemas", "webhook_schemas", answers={200: SchemaDocument})
def all_schemas() -> Response:
    """JSON Schemas of every body, and which come with which type."""
    return json_answer(schemas(), keep_for=KEPT_FOR)
