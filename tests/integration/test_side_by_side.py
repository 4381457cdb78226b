"""Two letters side by side: what differs is marked, what was found is kept, and nobody sees what is not theirs."""

import html
import re

import pytest

from chalicelib.desk import side_by_side
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Role, State
from chalicelib.storage import cases
from tests.integration.desk import Desk
from tests.integration.test_joining import ALIKE, BRIDGE, two_cases
from tests.integration.visitor import Visitor

LEADER = Staff("leader", "市长", Role.LEADER, None, mailboxes=("mayor",))


def place_of(one: Case, other: Case) -> str:
    """Where the two are compared."""
    return f"/console/cases/{one.case_id}/alike/{other.case_id}"


def shown(page: str) -> str:
    """What a reader of the page reads."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_what_differs_is_marked_with_numbers_and_words(now: Desk) -> None:
    first, second = two_cases(now)
    page = Visitor(now.clerk).sign_in().get(place_of(second, first)).page
    assert ALIKE["text"] in shown(re.sub(r"<sup>.*?</sup>|<span class=\"not-here\">.*?</span>", "", page))
    assert BRIDGE["text"] in shown(re.sub(r"<sup>.*?</sup>|<span class=\"not-here\">.*?</span>", "", page))
    assert "<mark>半个月没有人管，请抓紧<sup>异2</sup></mark>" in page
    assert "<mark>请赶快修好<sup>异2</sup></mark>" in page
    assert "〔异1：此处没有〕" in page, "the title of the one says more"
    for words in ("文字大致相同", "另一人", "相似度"):
        assert words in page


def test_the_clerk_joins_from_there_after_she_was_told_what_will_be(now: Desk) -> None:
    first, second = two_cases(now)
    clerk = Visitor(now.clerk).sign_in().get(place_of(first, second))
    form = clerk.page.partition(f'action="/console/cases/{second.case_id}/joining"')[2].partition("</form>")[0]
    assert "确认并案" in form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert clerk.post(f"/console/cases/{second.case_id}/joining", **fields).status == 303
    assert cases.load(second.case_id).joined_to == first.case_id


def test_not_the_same_is_remembered_on_both_sides_and_can_be_undone(now: Desk) -> None:
    first, second = two_cases(now)
    clerk = Visitor(now.clerk).sign_in()
    token = clerk.get(place_of(second, first)).hidden()["csrf"]
    for _ in range(2):
        assert clerk.post(f"{place_of(second, first)}/difference", csrf=token).status == 303
    for one, other in ((first, second), (second, first)):
        page = clerk.get(f"/console/cases/{one.case_id}").page
        assert "likely.compare" not in page
        assert f'{place_of(one, other)}">并排比对' not in page
        assert "认定为不是同一件的（1）" in page
        assert f"{now.clerk.name}于" in clerk.get(place_of(one, other)).page
        assert "确认并案" not in clerk.page
    for _ in range(2):
        assert clerk.post(f"{place_of(first, second)}/difference-end", csrf=token).status == 303
    assert f'{place_of(first, second)}">并排比对' in clerk.get(f"/console/cases/{first.case_id}").page


@pytest.mark.parametrize("role", [Role.HANDLER, Role.HEAD, Role.SUPERVISOR])
def test_who_neither_registers_nor_leads_compares_nothing(desk: Desk, role: Role) -> None:
    first, second = two_cases(desk)
    staff = Staff("somebody", "某人", role, first.unit)
    for act in (side_by_side.side_by_side, side_by_side.find_apart, side_by_side.find_open):
        with pytest.raises(NotAllowed):
            act(staff, first.case_id, second.case_id, desk.now)


def test_a_leader_sees_what_came_to_her_mailbox_and_decides_nothing(desk: Desk) -> None:
    box = next(box.id for box in desk.city.mailboxes if Kind.APPEAL in box.kinds)
    leader = Staff("leader", "市长", Role.LEADER, None, mailboxes=(box,))
    first, second = desk.routed(mailbox=box, **BRIDGE), desk.later(days=1).routed(mailbox=box, **ALIKE)
    assert side_by_side.side_by_side(leader, first.case_id, second.case_id, desk.now).text
    with pytest.raises(NotAllowed):
        side_by_side.find_apart(leader, first.case_id, second.case_id, desk.now)
    with pytest.raises(NotFound):
        side_by_side.side_by_side(LEADER, first.case_id, second.case_id, desk.now)


def test_a_sealed_case_is_never_beside_another(desk: Desk) -> None:
    box = desk.mailbox_for(Kind.ACCUSATION)
    sealed = desk.routed(kind="accusation", mailbox=box, **BRIDGE)
    plain = desk.later(days=1).routed(**ALIKE)
    for one, other in ((sealed, plain), (plain, sealed), (plain, plain)):
        with pytest.raises(NotFound):
            side_by_side.side_by_side(desk.clerk, one.case_id, other.case_id, desk.now)


@pytest.mark.parametrize("other", ["000000000000", "x", "%00", "..", "a" * 300])
def test_a_number_that_no_case_has_is_not_found(now: Desk, other: str) -> None:
    case = now.dispatched(**BRIDGE)
    clerk = Visitor(now.clerk).sign_in()
    assert clerk.get(f"/console/cases/{case.case_id}/alike/{other}").status in (403, 404)
    assert clerk.get(f"/console/cases/{other}/alike/{case.case_id}").status in (403, 404)


def test_what_a_stranger_typed_is_text_on_the_page(now: Desk) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    first, second = (
        now.dispatched(title=BRIDGE["title"], text=BRIDGE["text"] + bad),
        now.later(days=1).dispatched(**ALIKE),
    )
    page = Visitor(now.clerk).sign_in().get(place_of(second, first)).page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page.partition("<main")[2]
    assert "<img src=x" not in page


def test_a_case_that_was_joined_meanwhile_offers_no_second_joining(now: Desk) -> None:
    first, second = two_cases(now)
    clerk = Visitor(now.clerk).sign_in().get(place_of(first, second))
    form = clerk.page.partition(f'action="/console/cases/{second.case_id}/joining"')[2].partition("</form>")[0]
    clerk.post(f"/console/cases/{second.case_id}/joining", **dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))
    assert cases.load(second.case_id).state is State.JOINED
    page = clerk.get(place_of(first, second)).page
    assert (clerk.status, "确认并案" in page) == (200, False)
