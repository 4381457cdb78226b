"""Checking the record: in one's own browser, and by the auditor's command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page, expect

from infra.local.engine import CREDENTIALS, REGION
from infra.local.stack import NAME
from infra.outputs import outputs_of
from infra.package import ROOT
from tests.e2e.conftest import Opener, Running
from tests.e2e.people import Citizen, Slip

pytestmark = pytest.mark.e2e

OLDEST = f"""
from infra.office import become_part_of
become_part_of({NAME!r})
from chalicelib.desk.vault import vault
from chalicelib.storage import cases
[case] = cases.addressed_to("petitions", limit=1000).cases[-1:]
receipt = case.voices[0].receipt
print(receipt, vault().code_of(receipt), case.case_id)
"""


class Auditor:
    """Somebody with all rights at the running desk's data."""

    def __init__(self, running: Running) -> None:
        port = (Path(running.environment["LOCAL_DIR"]) / "engine-port").read_text()
        self.environment = {**running.environment, **CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        described = self._client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
        self.table, self.database = outputs_of(described)["TableName"], self._client("dynamodb")

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of Python's, against the running desk."""
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )

    def verified(self) -> tuple[int, dict[str, Any]]:
        """What the command says, and its exit code."""
        done = self.run("-m", "infra.verify", "--stack", NAME)
        return done.returncode, json.loads(done.stdout)

    def oldest(self) -> tuple[Slip, str]:
        """The slip of a letter whose days are long closed, and its case."""
        done = self.run("-c", OLDEST)
        assert done.returncode == 0, done.stderr
        receipt, code, case_id = done.stdout.split()
        return Slip(receipt, code), case_id

    def item(self, case_id: str, number: int) -> dict[str, Any]:
        """One event as it is stored."""
        key = {"pk": {"S": f"case#{case_id}"}, "sk": {"S": f"event#{number:06}"}}
        found: dict[str, Any] = self.database.get_item(TableName=self.table, Key=key)["Item"]
        return found

    def put(self, item: dict[str, Any]) -> None:
        """Write it."""
        self.database.put_item(TableName=self.table, Item=item)


@pytest.fixture
def auditor(running: Running) -> Auditor:
    """An auditor, who leaves everything as it was."""
    return Auditor(running)


def check(page: Page, slip: Slip) -> None:
    """Ask the page to check the record."""
    page.goto("/verify.html")
    if page.locator("[data-asking]").is_visible():
        page.fill("#receipt", slip.receipt)
        page.fill("#code", slip.code)
        page.locator("[data-asking] button[type=submit]").click()
    expect(page.locator("[data-result]")).to_be_visible()


def test_a_new_letter_s_record_is_whole_and_waits_for_tonight_s_stamp(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    slip = citizen.send()
    citizen.sees(slip, "已登记")
    page = citizen.page
    page.locator("a[href='verify.html'].button").click()
    verdict = page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "good")
    expect(verdict).to_contain_text("没有被改过")
    expect(page.locator("[data-here]")).to_have_attribute("data-here", "true")
    assert page.locator(".chain li").count() == page.locator(".chain li.waits").count() >= 2
    expect(page.locator(".chain li").first).to_contain_text("半夜过后盖日印")
    expect(page.locator("[data-stamp]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_old_letter_s_steps_stand_under_published_stamps_which_the_browser_asks_for_itself(
    opened: Opener, auditor: Auditor
) -> None:
    slip, _ = auditor.oldest()
    page = opened("/verify.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    check(page, slip)
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "good")
    assert page.locator(".chain li.holds").count() >= 2
    assert any("/api/roots?from=" in url for url in asked)
    page.locator(".chain li summary").first.click()
    expect(page.locator(".chain li dl").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_one_altered_byte_turns_its_link_red_and_the_command_names_it(opened: Opener, auditor: Auditor) -> None:
    assert auditor.verified()[1]["faults"] == []
    slip, case_id = auditor.oldest()
    item = auditor.item(case_id, 2)
    auditor.put({**item, "body": {"S": item["body"]["S"].replace('"number":2', '"number":3')}})
    try:
        page = opened("/verify.html")
        check(page, slip)
        expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "bad")
        expect(page.locator(".chain li.broken")).to_have_count(1)
        expect(page.locator(".chain li.broken")).to_contain_text("第 2 步")
        code, found = auditor.verified()
        assert (code, found["chain_breaks"], found["root_mismatches"]) == (1, 1, 1)
        assert {(fault["case"], fault["event"]) for fault in found["faults"] if fault["what"] == "chain"} == {
            (case_id, 2)
        }
    finally:
        auditor.put(item)
    assert auditor.verified()[1]["faults"] == []


def test_a_root_that_is_not_the_published_one_is_found_out_by_the_browser_itself(
    opened: Opener, auditor: Auditor
) -> None:
    slip, _ = auditor.oldest()
    page = opened("/verify.html")

    def forge(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        told["roots"][0]["root"] = "ab" * 32
        route.fulfill(response=answer, json=told)

    page.route("**/api/roots?from=*", forge)
    check(page, slip)
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "bad")


def test_a_wrong_code_is_told_and_nothing_typed_is_lost(opened: Opener, auditor: Auditor) -> None:
    slip, _ = auditor.oldest()
    page = opened("/en/verify.html", language="en-GB")
    page.fill("#receipt", slip.receipt)
    page.fill("#code", "AAAA AAAA" if slip.code != "AAAAAAAA" else "BBBB BBBB")
    page.locator("[data-asking] button[type=submit]").click()
    expect(page.locator("[data-asking] [data-trouble]")).to_contain_text("Not found")
    expect(page.locator("#receipt")).to_have_value(slip.receipt)


def test_words_that_are_not_those_of_the_fingerprint_are_found_out_by_the_browser_itself(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(title="我原来写的题目")
    slip = citizen.send()
    citizen.sees(slip, "已登记")
    page = citizen.page
    check(page, slip)
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "good")
    page.locator(".chain li summary").first.click()
    expect(page.locator(".chain li").first).to_contain_text("我原来写的题目")

    def forge(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        assert told["records"][0]["events"][0]["words"] == {"title": "我原来写的题目"}
        told["records"][0]["events"][0]["words"]["title"] = "我没有写过的题目"
        route.fulfill(response=answer, json=told)

    page.route("**/api/verification", forge)
    check(page, slip)
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "bad")
    expect(page.locator(".chain li.broken")).to_have_count(1)
    expect(page.locator(".chain li.broken")).to_contain_text("第 1 步")
