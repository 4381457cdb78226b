"""The room of 在线沟通: who may do what, a talk by forms alone, what two clerks see, and the hours as they are set."""

import re
from html import unescape

import pytest

from chalicelib.desk import cities
from chalicelib.domain.talk_hours import Session
from chalicelib.domain.words import Role
from chalicelib.storage import talks
from chalicelib.storage.submissions import load_folder
from tests.integration.chatting import COLLEAGUE, Caller, talks_at, words
from tests.integration.desk import Desk
from tests.integration.test_console import PEOPLE, visitor
from tests.integration.test_receptions_console import token
from tests.integration.visitor import Visitor
from tests.integration.watching import everything
from tests.integration.wire import Page

ROOM = "/console/chat"
MATTER = {
    "kind": "appeal",
    "mailbox": "petitions",
    "title": "路灯不亮",
    "text": "幸福路路灯坏了",
    "area": "",
    "name": "",
    "phone": "19900001234",
}


@pytest.fixture
def clerk(now: Desk) -> Visitor:
    """A clerk with the room open; the desk talks."""
    talks_at(now)
    return visitor(Role.CLERK).get(ROOM)


def said(person: Visitor) -> list[str]:
    """What the open page shows of a talk."""
    log = re.search(r"<ol[^>]*data-log.*?</ol>", person.page, re.DOTALL)
    return [unescape(one) for one in re.findall(r"<p>(.*?)</p>", log[0], re.DOTALL)] if log else []


def test_an_empty_room_says_what_to_do_and_that_somebody_is_there(clerk: Visitor, page: Page) -> None:
    assert clerk.status == 200
    assert "现在没有人等候" in clerk.page
    assert "开着这一页，群众就知道有人在线" in clerk.page
    assert page.ask("GET", "/api/chat").body["desk"] == "open"
    assert "script-src 'self'; connect-src 'self'" in clerk.headers["Content-Security-Policy"]
    assert "script-src" not in clerk.get("/console/queue").headers["Content-Security-Policy"]
    script = clerk.get("/console/assets/chat.js")
    assert (script.status, script.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")


def test_a_talk_goes_from_the_line_to_the_submission_by_forms_alone(clerk: Visitor, page: Page) -> None:
    caller = Caller(page, nickname="王女士", phone="19900001234")
    caller.says("幸福路路灯坏了\n三天了")
    place = f"{ROOM}/{caller.id}"
    assert "王女士" in clerk.get(ROOM).page
    assert "199******34" in clerk.get(place).page
    assert said(clerk) == ["幸福路路灯坏了\n三天了"]
    assert f'action="{place}/messages"' not in clerk.page, "she is to be taken first"
    assert clerk.send(f"{place}/taking").location == f"{place}?done=taking"
    assert "19900001234" in clerk.get(place).page
    assert clerk.send(f"{place}/messages", text="在哪一段？").location == place
    assert clerk.get(place).send(f"{place}/messages", phrase="1").status == 303
    assert said(clerk.get(place)) == ["幸福路路灯坏了\n三天了", "在哪一段？", "请稍等。"]
    assert 'value="幸福路路灯坏了"' in clerk.page, "a title is proposed"

    refused = clerk.send(f"{place}/submission", **{**MATTER, "title": "长" * 101, "text": "整理过的话"})
    assert refused.status == 400
    assert "整理过的话" in refused.page
    for _ in range(2):  # clicked twice
        assert clerk.get(place).post(f"{place}/submission", csrf=token(clerk), **MATTER).status == 303
    receipt = str(caller.news().body["receipt"]["receipt"])
    assert "在哪一段？" in load_folder(receipt).supplements[0].text
    assert len([key for key in everything() if key.endswith(" submission")]) == 1
    again = clerk.post(f"{place}/submission", csrf=token(clerk), **{**MATTER, "text": "另一件"})
    assert again.status == 409
    assert "已经转为来信" in again.page
    shown = clerk.get(place).page
    assert f"/console/find?number={receipt}" in shown
    assert str(caller.news().body["receipt"]["code_spoken"]) not in shown
    assert clerk.send(f"{place}/end").status == 303
    assert f'action="{place}/messages"' not in clerk.get(place).page
    lists = clerk.get(ROOM).page
    assert "来1人，接1人，没接上0人（全部中途离开0人），转为来信1件，等候时间中位数0分钟。" in lists
    assert place in lists


def test_of_two_clerks_one_gets_her_and_the_other_is_told_by_name(clerk: Visitor, page: Page) -> None:
    caller = Caller(page)
    place = f"{ROOM}/{caller.id}"
    second = Visitor(COLLEAGUE).sign_in().get(place)
    assert clerk.get(place).send(f"{place}/taking").status == 303
    slower = second.send(f"{place}/taking")
    assert slower.status == 409
    assert "何静已经接了这位群众" in slower.page
    assert f'action="{place}/messages"' not in slower.page
    meddling = second.post(f"{place}/messages", csrf=token(second), key="k" * 16, text="插话")
    assert meddling.status == 409
    assert "何静正在接" in meddling.page
    assert words(caller.news()) == []
    assert clerk.get(place).send(f"{place}/handover", colleague="nobody").status == 409
    assert clerk.get(place).send(f"{place}/handover", colleague=COLLEAGUE.login).status == 303
    assert f'action="{place}/messages"' in second.get(place).page
    assert "转给林立" in second.page


def test_hostile_words_are_inert_on_the_clerk_s_page(clerk: Visitor, page: Page) -> None:
    hostile = "</p><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    caller = Caller(page, nickname="<b>王</b>")
    caller.says(hostile)
    place = f"{ROOM}/{caller.id}"
    clerk.get(place).send(f"{place}/taking")
    for path in (ROOM, place):
        shown = clerk.get(path).page
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>王</b>" not in shown
    assert said(clerk) == [hostile]


def test_a_message_that_is_refused_is_still_in_its_field(clerk: Visitor, page: Page) -> None:
    caller = Caller(page)
    place = f"{ROOM}/{caller.id}"
    clerk.get(place).send(f"{place}/taking")
    refused = clerk.get(place).send(f"{place}/messages", text="长" * 1001)
    assert refused.status == 400
    assert "长" * 1001 in refused.page
    caller.ask("leaving")
    late = clerk.get(place).post(f"{place}/messages", csrf=token(clerk), key="k" * 16, text="您好")
    assert late.status == 409
    assert "已经结束" in late.page


def test_a_supervisor_reads_along_and_steps_in_nowhere(clerk: Visitor, page: Page) -> None:
    caller = Caller(page)
    caller.says("路灯坏了")
    place = f"{ROOM}/{caller.id}"
    supervisor = visitor(Role.SUPERVISOR).get(place)
    assert said(supervisor) == ["路灯坏了"]
    assert "<textarea" not in supervisor.page
    assert "接这一位" not in supervisor.page
    for step in ("taking", "messages", "handover", "end", "submission"):
        assert supervisor.post(f"{place}/{step}", csrf=token(supervisor), key="k" * 16, **MATTER).status == 403
    assert [one.login for one in talks.present(talks.read(caller.id).talk.began_at)] == ["clerk"]


@pytest.mark.parametrize("role", sorted(set(PEOPLE) - {Role.CLERK, Role.SUPERVISOR}))
def test_nobody_else_enters_the_room(role: Role, now: Desk) -> None:
    person = visitor(role)
    assert person.get(ROOM).status == 403
    assert person.post(f"{ROOM}/{'a' * 32}/taking", csrf=token(person)).status == 403


def test_a_talk_that_there_is_not_is_not_found(clerk: Visitor, page: Page) -> None:
    for talk in ("a" * 32, "x", "..%2f", "%F0%9F%98%80"):
        assert clerk.get(f"{ROOM}/{talk}").status == 404
        assert clerk.post(f"{ROOM}/{talk}/taking", csrf=token(clerk)).status == 404
    caller = Caller(page)
    assert clerk.post(f"{ROOM}/{caller.id}/taking").status == 403, "without the token of the page"


def test_a_matter_that_became_an_accusation_is_shown_to_nobody_afterwards(clerk: Visitor, page: Page) -> None:
    caller = Caller(page, nickname="张先生")
    caller.says("某某收了钱")
    place = f"{ROOM}/{caller.id}"
    clerk.get(place).send(f"{place}/taking")
    sealed = {**MATTER, "kind": "accusation", "title": "举报", "text": "某某收了钱"}
    assert clerk.get(place).send(f"{place}/submission", **sealed).status == 303
    assert said(clerk.get(place)) == ["某某收了钱"], "the talk goes on"
    supervisor = visitor(Role.SUPERVISOR).get(place)
    assert "内容已经密封" in supervisor.page
    clerk.send(f"{place}/end")
    receipt = str(caller.news().body["receipt"]["receipt_spoken"])
    for person in (clerk, supervisor):
        for path in (place, ROOM):
            shown = person.get(path).page
            for secret in ("收了钱", "张先生", receipt):
                assert secret not in shown


def test_an_administrator_sets_the_hours_and_the_phrases(now: Desk) -> None:
    admin = visitor(Role.ADMINISTRATOR).get("/console/chat_hours")
    assert 'value="13:30"' in admin.page
    form = {
        "on": "yes",
        "opens1": "08:30",
        "closes1": "11:30",
        "opens2": "",
        "closes2": "",
        "phrases": "您好。\r\n再见。",
    }
    refused = admin.send("/console/chat_hours", **{**form, "closes1": "8点"})
    assert refused.status == 400
    assert 'value="8点"' in refused.page
    assert "请写成几点几分" in refused.page
    assert admin.send("/console/chat_hours", **form).status == 303
    hours = cities.refreshed().talk
    assert (hours.sessions, hours.phrases, hours.always) == ((Session("08:30", "11:30"),), ("您好。", "再见。"), False)
    assert 'value="08:30"' in admin.get("/console/chat_hours").page
    assert visitor(Role.CLERK).get("/console/chat_hours").status == 403


def test_the_talks_of_another_day_are_found_by_it(clerk: Visitor, page: Page) -> None:
    caller = Caller(page)
    caller.ask("leaving")
    assert caller.id in clerk.get(ROOM).page
    assert caller.id not in clerk.get(f"{ROOM}?day=2026-03-02").page
    assert "来0人" in clerk.page
    assert clerk.get(f"{ROOM}?day=x").status == 200
