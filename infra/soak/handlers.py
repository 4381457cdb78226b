"""The handlers: sign in, open the queue, open a case, send one of its forms, as a browser does."""

import asyncio
import random
import re
import time
from datetime import datetime, timedelta

import httpx
from lxml import html
from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.people import Staff
from infra.soak.asking import Browser, Unreachable
from infra.soak.tally import Step, Tally

PASSWORD = "long enough for a soak"
THINKS = (4.0, 12.0)  # seconds between two requests
FIRST = 4  # of a list, from among which she takes the next: so a few cases go all the way within a soak
_INPUTS = ".//input[@name]"
CASE = re.compile(r"/console/cases/([0-9]+)$")
LATER = timedelta(days=5)

WEIGHTS = {
    "registration": 4,
    "acceptance": 8,
    "dispatch": 8,
    "signature": 8,
    "draft": 8,
    "reply": 8,
    "opinion": 6,
    "extension-grant": 5,
    "extension-endorsement": 5,
    "call": 3,
    "resumption": 3,
    "conclusion": 2,
    "extension": 1,
    "question": 0.7,
    "note": 0.5,
    "return": 0.5,
    "referral": 0.4,
    "refusal": 0.4,
    "draft-return": 0.4,
    "rework": 0.4,
    "extension-refusal": 0.4,
}
"""How likely each step is, of those that a page offers. What is not here nobody takes."""

WORDS = (
    "您好，您反映的问题我单位已于日前派人到现场核实，情况属实。已安排施工班组处理，现场已恢复，"
    "今后将加强巡查。如有疑问请拨打我单位值班电话。"
)


class Form(Struct, frozen=True):
    """One form of a page: where it goes, what it holds, and what is left to choose."""

    action: str
    noun: str
    fields: dict[str, str]
    choices: dict[str, list[str]]
    texts: list[str]


class Handler:
    """Somebody of the staff. ``units``: to which a clerk of hers dispatches."""

    def __init__(
        self, number: int, staff: Staff, chance: random.Random, origin: str, tally: Tally, units: tuple[str, ...]
    ) -> None:
        self.staff, self.chance, self.tally, self.units = staff, chance, tally, units
        self.browser = Browser(origin, tally, f"127.0.2.{1 + number % 250}")
        self.day = f"{datetime.now(SHANGHAI) + LATER:%Y-%m-%d}"

    async def work(self, until: float) -> None:
        """Take case after case until the clock (monotonic) shows ``until``."""
        await asyncio.sleep(self.chance.uniform(0, THINKS[1]))
        while time.monotonic() < until:
            try:
                await self._take_one()
            except Unreachable:
                self.tally.retries += 1  # she opens the page anew
            await self._think()
        await self.browser.client.aclose()

    async def _think(self) -> None:
        await asyncio.sleep(self.chance.uniform(*THINKS))

    async def _take_one(self) -> None:
        queue = await self._open("queue", "/console/queue")
        if queue is None:
            return
        lists = [link for link in _links(queue) if "list=" in link]
        if lists and self.chance.random() < 0.4:
            await self._think()
            queue = await self._open("queue", self.chance.choice(lists)) or queue
        found = list(dict.fromkeys(link for link in _links(queue) if CASE.search(link)))  # the most urgent first
        if not found:
            return
        await self._think()
        await self._handle(self.chance.choice(found[:FIRST]))

    async def _handle(self, place: str) -> None:
        page = await self._open("case", place)
        forms = [form for form in forms_of(page, place) if form.noun in WEIGHTS] if page is not None else []
        if not forms:
            return
        form = self.chance.choices(forms, [WEIGHTS[form.noun] for form in forms])[0]
        await self._think()
        answer = await self._send(form.noun, form.action, self._filled(form))
        if answer.status_code == 303 and "done=" in answer.headers.get("location", ""):
            case_id = place.rpartition("/")[2]
            self.tally.steps.append(Step(case_id, form.noun, self.staff.login, int(form.fields["version"])))
        elif answer.status_code < 500:
            self.tally.refused[f"{form.noun} {answer.status_code}"] += 1

    def _filled(self, form: Form) -> dict[str, str]:
        filled = dict(form.fields)
        for name, values in form.choices.items():
            if name == "unit":
                values = [unit for unit in self.units if unit in values] or values
                filled[name] = self.chance.choice(values)
            elif values and (not filled.get(name) or name in ("outcome", "ground", "upheld", "solved", "satisfaction")):
                filled[name] = self.chance.choice(values)
        for name in form.texts:
            filled[name] = WORDS
        if "done_on" in filled:
            filled["done_on"] = self.day if filled.get("outcome") == "by_date" else ""
        if "days" in filled:
            filled["days"] = "3"
        return filled

    async def _open(self, kind: str, path: str) -> str | None:
        """A page of the console; she signs in where she must. None for what is not shown to her."""
        answer = await self._get(kind, path)
        if answer.status_code == 303 and answer.headers.get("location", "").startswith("/console/session"):
            await self._sign_in()
            answer = await self._get(kind, path)
        if answer.status_code >= 500:
            raise Unreachable
        return answer.text if answer.status_code == 200 else None

    async def _sign_in(self) -> None:
        self.browser.client.cookies.clear()
        await self._send("sign_in", "/console/session", {"login": self.staff.login, "password": PASSWORD})

    async def _get(self, kind: str, path: str) -> httpx.Response:
        address = path if path.startswith("/") else f"/console/queue{path}"
        return await self.browser.send(f"console_{kind}", self.browser.client.build_request("GET", address))

    async def _send(self, kind: str, path: str, fields: dict[str, str]) -> httpx.Response:
        request = self.browser.client.build_request("POST", path, data=fields)
        return await self.browser.send(f"console_{'step' if kind in WEIGHTS else kind}", request)


def _links(page: str) -> list[str]:
    return [str(link) for link in html.fromstring(page).xpath("//a/@href")]


def forms_of(page: str, place: str) -> list[Form]:
    """The forms of a case's page that take a step."""
    found = []
    for form in html.fromstring(page).xpath("//form[@method='post']"):
        action = str(form.get("action", ""))
        if not action.startswith(f"{place}/"):
            continue
        fields = {str(one.get("name")): str(one.get("value") or "") for one in form.xpath(_INPUTS) if _is_sent(one)}
        choices: dict[str, list[str]] = {}
        for one in form.xpath(".//select"):
            options, name = one.xpath(".//option"), str(one.get("name"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            fields[name] = str(chosen[0].get("value") or "") if chosen else ""
            choices[name] = [str(option.get("value")) for option in options if option.get("value")]
        found.append(
            Form(
                action,
                action.rpartition("/")[2],
                fields,
                choices,
                [str(name) for name in form.xpath(".//textarea/@name")],
            )
        )
    return found


def _is_sent(field: html.HtmlElement) -> bool:
    """Whether a browser sends the field when nobody touches it."""
    return field.get("type") not in ("checkbox", "radio", "submit", "file") or field.get("checked") is not None
