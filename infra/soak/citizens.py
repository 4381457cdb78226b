"""The citizens: each writes, comes back to look, adds, rates, withdraws, asks for review, and takes her time."""

import asyncio
import base64
import random
import time
from typing import Any

from msgspec import Struct, field

from infra.soak.asking import Browser, Refused, Unreachable, new_key
from infra.soak.tally import Receipt, Said, Tally
from infra.solving import CHALLENGES, solved

THINKS = (8.0, 32.0)  # seconds between two requests
MOST_LETTERS = 6  # of one citizen
WRITES = 0.15  # of what she does, a new letter
ARRIVED = ("not_allowed", "wrong_state")  # what was said twice is refused the second time (tracking.js)
MATTERS = (
    ("路灯不亮", "{place}从{day}号起有{number}盏路灯不亮，晚上走路看不见，老人摔过一跤，请派人修。", "hotline"),
    ("垃圾没人清运", "{place}垃圾堆了{number}天没有人清运，夏天气味很大，物业说不归他们管。", "hotline"),
    ("违建占道", "{place}有人搭了{number}间棚子占了人行道，学生只能走在车道上，请城管部门处理。", "petitions"),
    ("房产证办不下来", "我在{place}买的房子交房{number}年了，开发商一直不办产权证，跑了很多次没有结果。", "petitions"),
    ("拖欠工资", "我们{number}个人在{place}干活，工钱拖了半年没有给，老板电话不接，请帮我们要回来。", "petitions"),
    ("公交站点建议", "建议在{place}加设一个公交站，附近住了{number}百户人家，最近的站要走二十分钟。", "hotline"),
)
STREETS = ("荻洲区滨河路", "望澜区文化街", "荻洲区学府路", "望澜区港城大道", "青枫区育才路", "荻洲区解放里")
KINDS = (("appeal", 7), ("consultation", 2), ("advice", 1.5), ("accusation", 0.5))
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Letter(Struct):
    """One letter of hers: the form, and once it was answered the receipt and what she may do."""

    form: dict[str, Any]
    receipt: Receipt | None = None
    may: list[str] = field(default_factory=list)


class Citizen:
    """One of them. ``number`` tells her from the others."""

    def __init__(self, number: int, chance: random.Random, origin: str, tally: Tally) -> None:
        self.number, self.chance, self.tally = number, chance, tally
        self.browser = Browser(origin, tally, f"127.0.1.{1 + number % 250}")
        self.letters: list[Letter] = []

    async def live(self, until: float) -> None:
        """Do one thing after another until the clock (monotonic) shows ``until``."""
        await asyncio.sleep(self.chance.uniform(0, THINKS[1]))
        while time.monotonic() < until:
            await self._one_thing()
            await asyncio.sleep(self.chance.uniform(*THINKS))

    async def come_again(self) -> None:
        """What had no answer is sent again, as the page does when the line is back."""
        for letter in self.letters:
            if letter.receipt is None:
                await self._file(letter)
        await self.browser.client.aclose()

    async def _one_thing(self) -> None:
        waiting = [letter for letter in self.letters if letter.receipt is None]
        known = [letter for letter in self.letters if letter.receipt is not None]
        if waiting:
            await self._file(self.chance.choice(waiting))
        elif not known or (len(known) < MOST_LETTERS and self.chance.random() < WRITES):
            letter = Letter(await self._written())
            self.letters.append(letter)
            self.tally.letters += 1
            await self._file(letter)
        else:
            await self._look_after(self.chance.choice(known))

    async def _written(self) -> dict[str, Any]:
        title, text, mailbox = self.chance.choice(MATTERS)
        place = f"{self.chance.choice(STREETS)}{self.chance.randint(1, 200)}号"
        words = text.format(place=place, day=self.chance.randint(1, 28), number=self.chance.randint(2, 60))
        kind = self.chance.choices([kind for kind, _ in KINDS], [share for _, share in KINDS])[0]
        contact = {"phone": f"199{self.number:04}{self.chance.randint(0, 9999):04}"}
        if self.chance.random() < 0.2:
            contact["email"] = f"citizen{self.number}@example.cn"
        return {
            "key": new_key(self.chance),
            "mailbox": "petitions" if kind == "accusation" else mailbox,
            "kind": kind,
            "title": f"{place}{title}",
            "text": words,
            "name": f"市民{self.number}",
            **contact,
            "anonymous": False,
            "uploads": await self._uploads(0.12),
        }

    async def _proven(self, form: dict[str, Any]) -> dict[str, Any]:
        """The form with the work that it costs; a later try does it anew, for a proof grows old."""
        told, _ = await self.browser.insist("challenge", CHALLENGES, {"purpose": "submission", "key": form["key"]})
        return {**form, "proof": await asyncio.to_thread(solved, told)}

    async def _file(self, letter: Letter) -> None:
        try:
            told, _ = await self.browser.insist("file", "/api/submissions", await self._proven(letter.form))
        except Unreachable:
            return  # the letter is kept, and sent again
        except Refused as refused:
            self.tally.differing.append(f"the form {letter.form['key']} was refused: {refused}")
            self.letters.remove(letter)
            return
        letter.receipt = Receipt(told["receipt"], told["code"])
        self.tally.receipts.append(letter.receipt)
        if self.chance.random() < 0.1:
            await self._press_again(letter, letter.receipt)

    async def _press_again(self, letter: Letter, receipt: Receipt) -> None:
        """A second press of the button finds the same receipt."""
        try:
            told = await self.browser.ask("file_again", "/api/submissions", await self._proven(letter.form))
        except (Unreachable, Refused):
            return
        if told["receipt"] != receipt.number:
            self.tally.differing.append(f"one form was given {receipt.number} and {told['receipt']}")

    async def _look_after(self, letter: Letter) -> None:
        wishes = [one for one in ("rate", "ask_review", "supplement", "withdraw") if one in letter.may]
        odds = {"rate": 0.8, "ask_review": 0.35, "supplement": 0.25, "withdraw": 0.03}
        wish = next((one for one in wishes if self.chance.random() < odds[one]), "")
        match wish:
            case "rate":
                solved = self.chance.choice(["yes", "partly", "no"])
                satisfied = self.chance.choice(["satisfied", "fairly", "not"])
                said = {"solved": solved, "attitude": "good", "satisfaction": satisfied}
                await self._say(letter, "rating", said)
            case "ask_review":
                why = "答复里说的和现场不一样，请上级再看一看。"
                await self._say(letter, "review", {"key": new_key(self.chance), "why": why})
            case "supplement":
                said = {"key": new_key(self.chance), "text": "补充：今天又去看了，情况还是一样。"}
                await self._say(letter, "supplements", {**said, "uploads": await self._uploads(0.2)})
            case "withdraw":
                await self._say(letter, "withdrawal", {"reason": "问题已经解决了。"})
            case _:
                await self._track(letter)

    async def _track(self, letter: Letter) -> None:
        assert letter.receipt is not None  # only letters with a receipt are looked after
        try:
            told, _ = await self.browser.insist("track", "/api/tracking", self._pair(letter))
        except (Unreachable, Refused):
            return
        letter.may = list(told["may"])

    async def _say(self, letter: Letter, what: str, said: dict[str, Any]) -> None:
        assert letter.receipt is not None
        number, code = letter.receipt.number, letter.receipt.code
        try:
            told, _ = await self.browser.insist(what, f"/api/submissions/{number}/{what}", {"code": code, **said})
        except Refused as refused:
            letter.may = []
            if not (refused.repeated and refused.code in ARRIVED):
                return
        except Unreachable:
            letter.may = []  # she looks how it stands before she says it again
            return
        else:
            letter.may = list(told["may"])
        self.tally.said.append(Said(number, what, str(said.get("key", ""))))

    async def _uploads(self, share: float) -> list[str]:
        """A small picture now and then; without one where it does not go up."""
        if self.chance.random() >= share:
            return []
        about = {"name": "现场.png", "type": "image/png", "size": len(PICTURE)}
        try:
            leave = await self.browser.ask("upload_leave", "/api/uploads", about)
            files = {"file": ("photo.png", PICTURE, "image/png")}
            request = self.browser.client.build_request("POST", leave["url"], data=leave["fields"], files=files)
            answer = await self.browser.send("upload", request)
        except (Unreachable, Refused):
            return []
        return [leave["upload"]] if answer.is_success else []

    def _pair(self, letter: Letter) -> dict[str, Any]:
        assert letter.receipt is not None
        return {"receipt": letter.receipt.number, "code": letter.receipt.code}
