"""Whom the desk speaks to: agencies' endpoints that fail, are slow and break off, and the citizens' telephones."""

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, datetime

from msgspec import Struct, field
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
STALLS = 12.0  # seconds: longer than the desk waits
RARELY = 0.06
ENDPOINTS = {
    "steady": ("type.case.registered",),
    "flaky": ("type.case.dispatched", "type.case.replied", "type.case.withdrawn", "type.case.review_asked"),
    "down": ("type.case.replied",),
}
"""One that takes nearly everything, one that fails every second time, one that is down until the storm is over: each
with the types of steps that it is told of.
"""


class Told(Struct, frozen=True):
    """Something that the desk told the outside: by which id, and what."""

    id: str
    body: bytes


class Outside(Struct):
    """Everything beyond the desk. ``secrets``: of each endpoint, to check what it is told; ``sms_secret`` likewise."""

    chance: random.Random
    sms_secret: str
    secrets: dict[str, str] = field(default_factory=dict)
    calm: bool = True
    taken: dict[str, list[Told]] = field(default_factory=dict)  # by endpoint, repetitions too
    sms: list[Told] = field(default_factory=list)  # what the provider said yes to
    failed: Counter[str] = field(default_factory=Counter)  # by endpoint
    unsigned: int = 0

    def application(self) -> Starlette:
        """The outside as an ASGI application."""
        return Starlette(
            routes=[
                Route("/hooks/{name}", self.hook, methods=["POST"]),
                Route("/sms", self.telephone, methods=["POST"]),
            ]
        )

    async def hook(self, request: Request) -> Response:
        """An agency's endpoint."""
        name, body = request.path_params["name"], await request.body()
        told = self._signed(request, body, self.secrets.get(name, ""))
        if told is None:
            return PlainTextResponse("not signed", 401)
        refusal = await self._refusal(name)
        if refusal is not None:
            self.failed[name] += 1
            return refusal
        self.taken.setdefault(name, []).append(told)
        if name == "flaky" and not self.calm and self.chance.random() < RARELY:
            await asyncio.sleep(STALLS)  # taken, and never said so
        return PlainTextResponse("taken")

    async def _refusal(self, name: str) -> Response | None:
        if self.calm:
            return None
        dice = self.chance.random()
        if name == "down":
            return PlainTextResponse("under maintenance", 503)
        if name == "steady":
            return PlainTextResponse("one moment", 500) if dice < RARELY else None
        if dice < RARELY:
            await asyncio.sleep(STALLS)
        return PlainTextResponse("try again", 502) if dice < 0.5 else None

    async def telephone(self, request: Request) -> Response:
        """The SMS provider: what it says yes to is on its way to a citizen."""
        told = self._signed(request, await request.body(), self.sms_secret)
        if told is None:
            return PlainTextResponse("not signed", 401)
        if not self.calm and self.chance.random() < RARELY:
            self.failed["sms"] += 1
            return PlainTextResponse("try again", 503)
        self.sms.append(told)
        return JSONResponse({"id": f"sms-{len(self.sms)}"})

    def _signed(self, request: Request, body: bytes, secret: str) -> Told | None:
        """What was told, where the signature is right. Its hour may be one to come, for the days after are played."""
        given = {
            name: request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        }
        at = datetime.fromtimestamp(int(given["webhook-timestamp"] or 0), UTC)
        right = secret and Webhook(secret).sign(given["webhook-id"], at, body.decode())
        if right not in given["webhook-signature"].split():
            self.unsigned += 1
            return None
        return Told(given["webhook-id"], body)

    def texts(self) -> list[tuple[str, str]]:
        """Each SMS that the provider took: the notice's id and the number."""
        return [(one.id, str(json.loads(one.body)["to"])) for one in self.sms]
