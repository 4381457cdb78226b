"""Notices: whom each step reaches, in which words, and that it reaches them once."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from chalicelib.config import config
from chalicelib.desk import handling, notifying, submitting, working
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import Kind, Role
from chalicelib.storage import cases, notices
from chalicelib.storage.notices import Sending
from chalicelib.storage.unit_of_work import Work, commit
from tests.integration import providers
from tests.integration.desk import CLEAR, Desk, form
from tests.integration.telling import BOTH, STEPS, of_step, steps, tell, whole_road
from tests.integration.watching import in_plain, outbox

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


@pytest.mark.parametrize(
    ("left", "ways"),
    [
        ({"phone": "13800138000"}, ["sms"]),
        ({"phone": "", "email": "wang@example.cn"}, ["mail"]),
        (BOTH, ["mail", "sms"]),
        ({"anonymous": True, "name": "", "phone": ""}, []),
    ],
    ids=["telephone", "mail", "both", "nothing"],
)
def test_each_step_reaches_the_citizen_by_every_way_she_left(
    desk: Desk, left: dict[str, object], ways: list[str]
) -> None:
    case = whole_road(desk, desk.routed(**left))
    assert steps(case) == [(step, way, Sending.SENT, 1) for step in STEPS for way in ways]
    assert not any(identity.startswith("notices.") for identity in outbox())


def test_the_providers_get_what_is_recorded_word_for_word(real: Desk) -> None:
    case = whole_road(real, real.routed(**BOTH))
    recorded = notices.of_case(case.case_id)
    assert providers.sms() == [("+8613800138000", one.text) for one in recorded if one.way == "sms"]
    mailed = [one for one in recorded if one.way == "mail"]
    assert [(mail.to, mail.subject) for mail in providers.mails()] == [
        ("wang@example.cn", one.subject) for one in mailed
    ]
    for mail, one in zip(providers.mails(), mailed, strict=True):
        assert "".join(page_of(mail.html).text.split()) == "".join((one.subject + one.text).split())
    assert len({one.provider_id for one in recorded}) == 2 * len(STEPS)


def test_a_notice_tells_the_number_the_term_the_unit_and_where_to_look(desk: Desk) -> None:
    case = whole_road(desk, desk.routed(**BOTH))
    unit = desk.city.unit(case.unit)
    assert unit is not None
    for one in notices.of_case(case.case_id):
        assert spoken(one.recipient) in one.text
        assert f"{config().public_origin}/track.html" in one.text
        assert one.text.startswith("【") is (one.way == "sms")
        assert (CLEAR["title"] in one.text) is (one.way == "mail")
    assert all(unit.name.zh in one.text and re.search(r"2026-03-\d\d", one.text) for one in of_step(case, "Dispatched"))
    assert all(unit.name.zh in one.text for one in of_step(case, "Replied"))


def test_neither_a_name_nor_an_address_nor_a_code_is_kept_with_what_was_sent(desk: Desk) -> None:
    case = whole_road(desk, desk.routed(**BOTH))
    assert {one.to for one in notices.of_case(case.case_id)} == {"138******00", "w***@example.cn"}
    code = desk.receipts[0].code
    for secret in ("王秀英", BOTH["phone"], BOTH["email"], code):
        assert secret not in in_plain()


# The console's inboxes.


def test_the_unit_finds_a_new_case_in_its_inbox_once_and_no_other_unit_does(desk: Desk) -> None:
    case = desk.dispatched()
    for _ in range(2):
        assert tell(desk) == []
    for person in (desk.handler(case), desk.head(case)):
        assert [(entry.kind, entry.case_id) for entry in working.inbox_of(person)] == [("Dispatched", case.case_id)]
    other = next(unit.id for unit in desk.city.units if unit.id not in (case.unit, desk.city.desk_unit))
    assert working.inbox_of(Staff("elsewhere", "李四", Role.HANDLER, other)) == []
    assert working.inbox_of(desk.clerk) == working.inbox_of(desk.supervisor) == []


def test_the_clerk_is_told_of_what_the_rules_left_and_of_what_a_unit_gave_back(desk: Desk) -> None:
    desk.registered()
    case = desk.dispatched()
    handling.return_to_desk(case.case_id, case.version, desk.head(case), desk.later(minutes=1).now, "不是我局职责。")
    assert not tell(desk)
    assert [entry.kind for entry in working.inbox_of(desk.clerk)] == ["Returned", "LeftToClerk"]


def test_the_head_is_told_of_a_draft_the_handler_of_one_sent_back_and_the_supervisor_of_a_late_case(desk: Desk) -> None:
    case = desk.drafted()
    case = handling.send_back(case.case_id, case.version, desk.head(case), desk.later(minutes=1).now, "请写明时间。")
    assert case.deadline is not None
    desk.now = case.deadline.red_at
    desk.swept()
    assert not tell(desk)
    assert "Drafted" in [entry.kind for entry in working.inbox_of(desk.head(case))]
    assert "Drafted" not in [entry.kind for entry in working.inbox_of(desk.handler(case))]
    assert "SentBack" in [entry.kind for entry in working.inbox_of(desk.handler(case))]
    assert [entry.kind for entry in working.inbox_of(desk.supervisor)] == ["Supervised"]


# The words.


def test_each_citizen_of_one_case_is_answered_in_her_own_language(desk: Desk) -> None:
    first = desk.routed(phone="13800138000")
    receipt = submitting.submit(form(phone="", email="smith@example.com"), "en", desk.later(minutes=5).now)
    desk.route_all()
    case = whole_road(desk, cases.load(first.case_id))
    assert case.receipts == (desk.receipts[0].number, receipt.number)
    in_english = [one for one in notices.of_case(case.case_id) if one.recipient == receipt.number]
    assert [one.way for one in in_english] == ["mail", "mail"], "what came before she wrote is none of hers"
    for one in notices.of_case(case.case_id):
        words = one.subject + one.text.replace(CLEAR["title"], "")
        assert bool(CHINESE.search(words)) is (one.way == "sms"), words
        assert ("Follow it" in words) is (one.way == "mail")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_notice_of_a_sealed_accusation_says_no_word_of_it_at_any_step(real: Desk, language: str) -> None:
    words = {"title": "举报钱主任", "text": "他在茶楼收了两条烟和一个信封。", "place": "老码头茶楼"}
    box = real.mailbox_for(Kind.ACCUSATION)
    receipt = submitting.submit(form(kind="accusation", mailbox=box, **BOTH, **words), language, real.now)
    real.route_all()
    case = real.case_of(receipt)
    assert case.sealed
    case = whole_road(real, case)
    recorded = notices.of_case(case.case_id)
    assert len(recorded) == 2 * len(STEPS)
    reached = [text for _, text in providers.sms()] + [mail.subject + mail.html for mail in providers.mails()]
    unit = real.city.unit(case.unit)
    assert unit is not None
    secrets = ("举报", "accus", "钱主任", "茶楼", "两条烟", "信封", unit.name.zh, unit.name.en, unit.phone or "\0")
    for text in [*reached, *(one.subject + one.text for one in recorded)]:
        assert not [secret for secret in secrets if secret in text]
    assert len({one.text for one in recorded if one.way == "sms"}) == 1, "not even the step can be told from it"
    assert not any(word in entry.title for entry in working.inbox_of(real.head(case)) for word in words.values())


MARKUP = "<script>a()</script><img src=x onerror=a()> {{ 7 * 7 }} https://evil.example a@evil.example"


def test_markup_and_links_in_a_title_are_words_and_nothing_else_in_a_mail(real: Desk) -> None:
    real.routed(**BOTH, title=MARKUP)
    assert not tell(real)
    assert providers.mails()
    for mail in providers.mails():
        page = page_of(mail.html)
        assert page.tags <= {"html", "head", "meta", "title", "body", "div", "p", "br", "a"}
        assert page.links == {f"{config().public_origin}/track.html"}
        assert MARKUP in page.text


class Page(HTMLParser):
    """A mail's page as a reader's program sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str | None] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that a program would act upon."""
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name in ("href", "src")}

    def handle_data(self, data: str) -> None:
        """What is read."""
        self.text += data


def page_of(html: str) -> Page:
    """A mail, read."""
    page = Page()
    page.feed(html)
    page.close()
    return page


def test_a_message_about_a_step_of_which_nobody_is_told_is_done_with_and_tells_nobody(desk: Desk) -> None:
    case = desk.signed()
    assert tell(desk) == []
    handler = desk.handler(case)
    working.petitioner_of(handler, case.case_id, case.receipts[0], desk.now)
    message = Message(Topic.NOTICES, case.case_id, cases.load(case.case_id).version)
    commit(Work(desk.now, messages=[message]))
    before = steps(case)
    notifying.notify(message, desk.now)
    assert message.id not in outbox()
    assert steps(case) == before
