"""The public list of what was decided on advice: in pages, by months, and safe whatever stands in it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.deciding import Decision, Place
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, Role
from chalicelib.storage import decisions
from chalicelib.storage.keys import decision_key
from chalicelib.storage.records import pack
from chalicelib.storage.table import DeskItem
from tests.integration.advising import decided, shown
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.wire import Page, is_refusal


def test_the_public_list_is_read_in_pages_and_by_months(page: Page, table: str) -> None:
    for number in range(45):
        at = datetime(2026, 1, 10, 3, tzinfo=UTC) + timedelta(days=2 * number)
        laid(number, at)
    first = shown(page).body
    assert len(first["decisions"]) == 20
    assert first["months"] == ["2026-04", "2026-03", "2026-02", "2026-01"]
    second = shown(page, f"?before={first['next']}").body
    third = shown(page, f"?before={second['next']}").body
    assert (len(third["decisions"]), third["next"]) == (5, None)
    titles = [one["title"] for told in (first, second, third) for one in told["decisions"]]
    assert titles == [f"第{number}件" for number in reversed(range(45))]
    february = shown(page, "?before=2026-03-01").body
    assert february["decisions"][0]["day"] == "2026-02-27"
    assert february["months"] == first["months"], "whatever page is read"
    assert shown(page, "?before=2025-12-31").body["decisions"] == []


def laid(number: int, at: datetime, outcome: Outcome = Outcome.ADOPTED) -> None:
    """One decision in the public list."""
    decision = Decision(f"{number:012}", f"第{number}件", "已采纳。", outcome, "transport", at)
    DeskItem(*decision_key(outcome, decision.day, decision.case_id), body=pack(decision)).save()


def test_of_one_day_each_is_shown_once_and_the_next_begins_behind_the_last(page: Page, table: str) -> None:
    for number in range(21):
        laid(number, datetime(2026, 3, 2, 3, tzinfo=UTC))
    first = shown(page).body
    second = shown(page, f"?before={first['next']}").body
    assert [one["title"] for one in second["decisions"]] == ["第0件"]
    assert decisions.latest(Outcome.ADOPTED, Place(date(2026, 3, 2)), 9) == []


def test_nothing_published_is_an_empty_list(page: Page, table: str) -> None:
    assert shown(page).body == {"decisions": [], "next": None, "months": []}


@pytest.mark.parametrize(
    "query",
    [
        "?outcome=solved", "?outcome=", "?outcome=explained", "?before=", "?before=yesterday", "?before=2026-02-30",
        "?before=2026-3-2", "?before=2026-03-02-1", "?before=2026-03-02-%00", "?before=%EF%BC%92026-03-02",
        "?before=2026-03-02-3100000000011", "?before=2026-03-02%0A",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_cannot_be_read_is_refused_in_words(page: Page, table: str, query: str, language: str) -> None:
    answer = shown(page, query, language)
    assert (answer.status, is_refusal(answer)) == (400, True)
    assert answer.headers["cache-control"] == "no-store"


HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "\u202e反过来",
    "𝕏😀",
    "javascript:",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_told_as_it_is_and_drawn_as_text(page: Page, now: Desk, title: str) -> None:
    case = decided(now, title=title)
    clerk = Visitor(Staff("clerk", "何静", Role.CLERK, "petition-office")).sign_in()
    place = f"/console/cases/{case.case_id}"
    form = clerk.get(place).page
    assert "<script>alert" not in form
    assert "<img src=x" not in form
    assert clerk.send(f"{place}/publication", title=title, text=title).status == 303
    (one,) = shown(page).body["decisions"]
    assert (one["title"], one["text"]) == (title, title)
    assert "<script>alert" not in clerk.get(place).page
