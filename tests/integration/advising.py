"""Advice that was decided: how tests bring it there, publish it, and read what is public."""

from chalicelib.desk import handling, publishing, working
from chalicelib.desk.submitting import Receipt
from chalicelib.domain.case import Case
from chalicelib.domain.words import Outcome
from chalicelib.storage.placing import TO_PUBLISH
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything
from tests.integration.wire import Answer, Page

DECISIONS = "/api/decisions"


ADVICE = {"kind": "advice", "title": "建议在公交站加座椅", "text": "公交站台没有座椅，老人等车只能站着，建议装几条。"}


SAID = ("公交站增设座椅", "有市民建议在公交站加座椅。已采纳，年底前完成二十处。")


def decided(desk: Desk, outcome: Outcome = Outcome.ADOPTED, reply: str = "您好，建议采纳。", **changes: object) -> Case:
    """A piece of advice that was answered."""
    case = desk.signed(**{**UNCLEAR, **ADVICE, **changes})
    case = handling.draft(case.case_id, case.version, desk.handler(case), desk.now, reply, outcome)
    return handling.reply(case.case_id, case.version, desk.head(case), desk.now)


def publish(desk: Desk, case: Case, title: str = SAID[0], text: str = SAID[1]) -> Case:
    """The clerk makes it public."""
    return publishing.publish_decision(case.case_id, case.version, desk.clerk, desk.now, title, text)


def public() -> list[dict[str, object]]:
    """All items of the public lists."""
    return [item for key, item in everything().items() if key.startswith("decisions#")]


def awaiting(desk: Desk) -> list[str]:
    """What the clerk is still to publish."""
    return [case.case_id for case in working.worklist(desk.clerk, TO_PUBLISH, 50).cases]


def shown(page: Page, query: str = "", language: str = "zh") -> Answer:
    """What everybody is told."""
    return page.ask("GET", f"{DECISIONS}{query}", language=language)


def act(page: Page, receipt: Receipt, noun: str, **said: object) -> Answer:
    """The citizen does something with her letter."""
    return page.post(f"/api/submissions/{receipt.number}/{noun}", {"code": receipt.code, **said})
