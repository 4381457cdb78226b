"""Another agency's program, which refers petitions to the desk: signs with its library, and sends."""

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from chalice.test import Client
from msgspec import Struct
from msgspec.structs import replace
from standardwebhooks import Webhook

from chalicelib.desk import cities, vault
from chalicelib.domain.city import Agency, Name
from chalicelib.domain.words import Kind
from tests.integration.desk import CLEAR, Desk
from tests.integration.promised import hold

SECRETS = {"province": "whsec_" + "cHJv" * 8, "county": "whsec_" + "Y291" * 8}
NUMBER = "粤信〔2026〕118号"
_ids = itertools.count(1)


def introduce(desk: Desk) -> None:
    """From now on, which is today, two agencies may refer petitions of all kinds. The desk's key is there."""
    desk.now = datetime.now(UTC)
    box = next(box.id for box in desk.city.mailboxes if set(box.kinds) == set(Kind))
    agencies = tuple(Agency(agency, Name(agency, agency), secret, box) for agency, secret in SECRETS.items())
    desk.city = cities.change(lambda city: replace(city, agencies=agencies))
    vault.vault()


def petition(**changes: object) -> bytes:
    """What an agency says of a petition."""
    petitioner = {"name": "王秀英", "phone": "13812345678", "email": ""}
    return json.dumps({"number": NUMBER, "kind": "appeal", "petitioner": petitioner, **CLEAR, **changes}).encode()


class Asked(Struct):
    """What came back."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """Why it was refused."""
        return str(self.body["error"]["code"])

    @property
    def fields(self) -> set[str]:
        """The fields that were refused."""
        return {one["field"] for one in self.body["error"]["fields"]}

    @property
    def refused(self) -> bool:
        """Whether it is a refusal that a person can read."""
        error = self.body.get("error", {})
        readable = set(error) == {"code", "message", "fields"} and bool(error["message"])
        return 400 <= self.status < 500 and readable and all(one["message"] for one in error["fields"])


class Sender(Struct):
    """The program, with the secret that it signs with."""

    client: Client
    agency: str
    secret: str
    language: str = "zh"

    def refer(self, **changes: object) -> Asked:
        """A petition is referred."""
        return self.post(petition(**changes))

    def ask(self, number: str = NUMBER) -> Asked:
        """How does it stand?"""
        return self.send("GET", f"{self.path}/{quote(number, safe='')}", b"", self.signed(b""))

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> Asked:
        """Whatever is sent to where petitions are referred to, signed unless it comes with ``headers`` of its own."""
        return self.send("POST", self.path, body, headers or self.signed(body))

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Asked:
        """One request."""
        said = {"Content-Type": "application/json", "Accept-Language": self.language}
        answer = self.client.http.request(method, path, headers={**said, **headers}, body=body)
        hold(method, path, answer.status_code, answer.headers, answer.body, body)
        return Asked(answer.status_code, json.loads(answer.body))

    def signed(self, body: bytes, webhook_id: str = "", at: datetime | None = None) -> dict[str, str]:
        """The headers that go with ``body``: of a new id and of now, unless it is said otherwise."""
        webhook_id, at = webhook_id or f"msg_{next(_ids)}", at or datetime.now(UTC)
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            # the library signs texts only; a body that is none cannot be signed rightly
            "webhook-signature": Webhook(self.secret).sign(webhook_id, at, body.decode("utf-8", "replace")),
        }

    @property
    def path(self) -> str:
        """Where it refers petitions to."""
        return f"/api/agencies/{self.agency}/petitions"
