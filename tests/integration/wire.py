"""A page of the site over the whole application: it asks in JSON, in its reader's language."""

import json
import re
from typing import Any

import msgspec
from chalice.test import Client

from infra.solving import CHALLENGES, solved
from tests.integration.promised import hold

PROVEN = {
    "submission": re.compile("/api/submissions"),
    "booking": re.compile("/api/receptions/[^/]+/bookings"),
    "talk": re.compile("/api/chat/talks"),
}


class Page:
    """The citizen's page: asks in JSON, in her language."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.told: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: object = None, language: str = "zh", raw: bytes | None = None
    ) -> "Answer":
        """One request."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        answer = self.client.http.request(method, path, headers=headers, body=content)
        hold(method, path, answer.status_code, answer.headers, answer.body, content)
        return Answer(answer.status_code, dict(answer.headers), answer.body)

    def post(self, path: str, body: object, language: str = "zh") -> "Answer":
        """One POST of JSON, with the work that a public form costs, as the page does it."""
        return self.ask("POST", path, self.proven(path, body), language)

    def proven(self, path: str, body: object) -> object:
        """``body`` with its proof, where ``path`` asks for one and a page's key is there to do it for."""
        purpose = next((purpose for purpose, form in PROVEN.items() if form.fullmatch(path)), None)
        if purpose is None or not isinstance(body, dict) or "proof" in body or not isinstance(body.get("key"), str):
            return body
        told = self.ask("POST", CHALLENGES, {"purpose": purpose, "key": body["key"]})
        return {**body, "proof": solved(told.body)} if told.status == 200 else body


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body: Any = json.loads(body)

    @property
    def fields(self) -> set[str]:
        """The fields that were refused."""
        return {one["field"] for one in self.body["error"]["fields"]}


def is_refusal(answer: Answer) -> bool:
    """Whether it is a refusal that a person can read."""
    error = answer.body.get("error", {})
    readable = set(error) == {"code", "message", "fields"} and bool(error["message"])
    return 400 <= answer.status < 500 and readable and all(one["message"] for one in error["fields"])


def as_read(view: msgspec.Struct) -> dict[str, Any]:
    """What an answer of ours says, as whoever reads its JSON has it."""
    read: dict[str, Any] = json.loads(msgspec.json.encode(view))
    return read
