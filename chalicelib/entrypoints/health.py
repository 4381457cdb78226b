"""Whether the desk is up: for whoever watches it from outside, and for nobody's curiosity."""

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.config import VERSION
from chalicelib.desk import standing
from chalicelib.entrypoints.answers import json_answer
from chalicelib.entrypoints.contract import promise

health = Blueprint(__name__)
DOWN = 503


class Health(Struct, frozen=True):
    """Whether the desk can read what it keeps, and which version it is. What else there is to see, its office sees."""

    up: bool
    version: str


@promise(health, "GET", "/api/health", "health", answers={200: Health, DOWN: Health})
def told() -> Response:
    """Up, or not. Costs one read; nobody keeps the answer."""
    up = standing.is_up()
    return json_answer(Health(up, VERSION), 200 if up else DOWN)
