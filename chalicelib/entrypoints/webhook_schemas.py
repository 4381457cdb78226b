"""The schemas of the webhooks that we send: public, so that a receiver can be written against them."""

from chalice.app import Blueprint, Response

from chalicelib.desk.told import schemas
from chalicelib.entrypoints.answers import json_answer

webhook_schemas = Blueprint(__name__)
KEPT_FOR = 3_600  # seconds; they change with a version of the desk only


@webhook_schemas.route("/api/webhooks/schemas", methods=["GET"])
def all_schemas() -> Response:
    """JSON Schemas of every body, and which come with which type."""
    return json_answer(schemas(), keep_for=KEPT_FOR)
