"""Other agencies: refer petitions by signed webhooks, say the same twice, and again when there is no answer."""

import asyncio
import json
import random
import time
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from infra.soak.asking import PAUSES, Browser, Unreachable
from infra.soak.tally import Receipt, Tally

HOME = "127.0.3.1"
THINKS = (12.0, 40.0)  # seconds between two petitions


class Refers:
    """One agency that refers petitions to the desk."""

    def __init__(self, agency: str, secret: str, chance: random.Random, origin: str, tally: Tally) -> None:
        self.agency, self.secret, self.chance, self.tally = agency, secret, chance, tally
        self.browser = Browser(origin, tally, HOME)
        self.unanswered: list[dict[str, Any]] = []
        self.known: dict[str, str] = {}  # our number by theirs
        self.sent = 0

    async def work(self, until: float) -> None:
        """Refer one after another until the clock (monotonic) shows ``until``."""
        while time.monotonic() < until:
            await asyncio.sleep(self.chance.uniform(*THINKS))
            if self.unanswered:
                await self._refer(self.unanswered.pop())
            elif time.monotonic() < until:
                self.sent += 1
                self.tally.letters += 1
                await self._refer(self._petition())

    async def come_again(self) -> None:
        """What had no answer is sent again."""
        for petition in self.unanswered[:]:
            self.unanswered.remove(petition)
            await self._refer(petition)
        await self.browser.client.aclose()

    def _petition(self) -> dict[str, Any]:
        number = f"{self.agency}-{self.sent:05}"
        return {
            "number": number,
            "kind": "appeal",
            "title": f"{number} 群众反映道路坑洼",
            "text": f"群众来电反映荻洲区第{self.chance.randint(1, 900)}号小区门前道路坑洼积水，请贵局核实办理。",
            "petitioner": {"name": "来电人", "phone": f"1980000{self.chance.randint(0, 9999):04}"},
        }

    async def _refer(self, petition: dict[str, Any]) -> None:
        answers = [self._sent(petition)]
        if self.chance.random() < 0.3:
            answers.append(self._sent(petition))  # twice at once
        told = [one for one in await asyncio.gather(*answers) if one]
        for one in told:
            before = self.known.setdefault(petition["number"], one["receipt"])
            if before != one["receipt"]:
                self.tally.differing.append(f"petition {petition['number']}: {before} and {one['receipt']}")
        if told:
            self.tally.receipts.append(Receipt(told[0]["receipt"], told[0]["code"]))
        else:
            self.unanswered.append(petition)

    async def _sent(self, petition: dict[str, Any]) -> dict[str, Any] | None:
        """One telling, tried three times under one id, as Standard Webhooks asks."""
        telling = f"msg_{self.chance.randbytes(12).hex()}"
        for pause in (*PAUSES, 0.0):
            body = json.dumps(petition, ensure_ascii=False)
            now = datetime.now(UTC)
            headers = {
                "content-type": "application/json",
                "webhook-id": telling,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(self.secret).sign(telling, now, body),
            }
            path = f"/api/agencies/{self.agency}/petitions"
            request = self.browser.client.build_request("POST", path, content=body.encode(), headers=headers)
            try:
                answer = await self.browser.send("refer", request)
            except Unreachable:
                answer = None
            if answer is not None and answer.is_success:
                told: dict[str, Any] = answer.json()
                return told
            if answer is not None and answer.status_code < 500 and answer.status_code != 409:
                self.tally.differing.append(f"petition {petition['number']} was refused: {answer.text[:200]}")
                return None
            self.tally.retries += 1
            await asyncio.sleep(pause)
        return None
