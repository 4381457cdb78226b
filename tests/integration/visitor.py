"""A person at the console, as a browser would be: cookies kept, forms sent with their hidden fields."""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.desk import signing_in
from chalicelib.domain.people import Staff
from chalicelib.storage.accounts import load_account
from tests.integration.promised import hold

PASSWORD = "long enough for a test"


def request(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> HTTPResponse:
    """One request through the whole application. Chalice's own client gives the gateway's context too little."""
    with Client(app) as client:
        answer = client.http.request(method, path, headers=headers or {}, body=body)
    hold(method, path, answer.status_code, answer.headers, answer.body, body)
    return answer


@dataclass
class Visitor:
    """Somebody with a browser; signed in once ``sign_in`` was called."""

    staff: Staff
    cookie: str = ""
    page: str = ""
    status: int = 0
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, password: str = PASSWORD) -> "Visitor":
        """Sign in by the form; the account is opened where there is none yet."""
        if load_account(self.staff.login) is None:
            signing_in.open_account(self.staff, PASSWORD)
        self.post("/console/session", login=self.staff.login, password=password)
        self.cookie = self.headers.get("Set-Cookie", "").partition(";")[0]
        return self

    def get(self, path: str) -> "Visitor":
        """Open a page."""
        return self._keep(request("GET", path, headers=self._headers()))

    def post(self, path: str, **fields: str) -> "Visitor":
        """Send a form with nothing but ``fields``."""
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        return self._keep(request("POST", path, urlencode(fields).encode(), headers))

    def send(self, path: str, **fields: str) -> "Visitor":
        """Send the form of the page just opened: its hidden fields and ``fields``."""
        return self.post(path, **{**self.hidden(), **fields})

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page just opened."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page)
        return {name: html.unescape(value) for name, value in found}

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "Accept-Language": "zh"} if self.cookie else {"Accept-Language": "zh"}

    def _keep(self, answer: HTTPResponse) -> "Visitor":
        self.status = answer.status_code
        self.headers = {name: str(value) for name, value in answer.headers.items()}
        self.location = self.headers.get("Location", "")
        self.page = answer.body.decode("utf-8") if isinstance(answer.body, bytes) else json.dumps(answer.body)
        return self
