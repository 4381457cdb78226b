"""A browser before the desk: asks as the site's script does, again when there is no answer."""

import asyncio
import json
import random
from typing import Any

import httpx

from infra.soak.tally import Tally

SECONDS = 35.0  # templates/site/assets/scripts/api.js: the gateway gives up after 29
PAUSES = (1.0, 3.0)  # the same: before it is asked again


class Unreachable(Exception):
    """No answer, or the desk's own failure. Asking again does no harm."""


class Refused(Exception):
    """The desk said no. ``code``: why; ``repeated``: when the same was asked again, after no answer."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.repeated = status, code, False


class Browser:
    """One person's. ``origin``: the desk's one address; ``home``: her own, of 127.0.0.0/8, as everybody has another."""

    def __init__(self, origin: str, tally: Tally, home: str) -> None:
        transport = httpx.AsyncHTTPTransport(local_address=home)
        self.client = httpx.AsyncClient(base_url=origin, timeout=SECONDS, trust_env=False, transport=transport)
        self.tally = tally

    async def ask(self, kind: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the API once. Raises Unreachable, Refused."""
        answer = await self.send(kind, httpx.Request("GET" if body is None else "POST", self._url(path), json=body))
        content = _read(answer)
        if answer.is_success and isinstance(content, dict):
            return content
        if answer.is_success or answer.status_code >= 500:
            raise Unreachable
        error = content.get("error", {}) if isinstance(content, dict) else {}
        code = str(error.get("code", "")) if isinstance(error, dict) else ""
        self.tally.refused[f"{kind} {answer.status_code} {code}"] += 1
        raise Refused(answer.status_code, code)

    async def insist(self, kind: str, path: str, body: dict[str, Any] | None = None) -> tuple[dict[str, Any], bool]:
        """Ask until there is an answer, three times at most; the answer, and whether it was asked again.

        Raises Unreachable, Refused.
        """
        for tries, pause in enumerate((*PAUSES, None)):
            try:
                return await self.ask(kind, path, body), tries > 0
            except Unreachable:
                if pause is None:
                    raise
                self.tally.retries += 1
                await asyncio.sleep(pause)
            except Refused as refused:
                refused.repeated = tries > 0
                raise
        raise AssertionError("the last try answers or raises")

    async def send(self, kind: str, request: httpx.Request) -> httpx.Response:
        """One request, timed and counted. Raises Unreachable where there is no answer."""
        try:
            with self.tally.timed(kind):
                answer = await self.client.send(request)
        except httpx.TransportError as error:
            self.tally.unanswered += 1
            raise Unreachable from error
        self.tally.answered(kind, answer.status_code, answer.text)
        return answer

    def _url(self, path: str) -> httpx.URL:
        return self.client.base_url.join(path)


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except json.JSONDecodeError:
        return None


def new_key(chance: random.Random) -> str:
    """A key for one form, as the site makes it."""
    return chance.randbytes(16).hex()
