"""通知文字: an office words its notices; every one can be looked at, put back, and says nothing that it must not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.config import config
from chalicelib.desk import setting_words, submitting, wording, wording_examples
from chalicelib.domain.errors import Changed, Invalid, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.receipts import spoken
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import LANGUAGES, NOTICES, SEALED, Words, name_of, read_words
from chalicelib.domain.words import STAFF, Kind, Role
from chalicelib.storage import notices
from tests.integration import providers
from tests.integration.desk import CLEAR, Desk, form
from tests.integration.telling import BOTH, STEPS, of_step, tell, whole_road
from tests.integration.test_console import visitor
from tests.integration.test_notifying import page_of
from tests.integration.visitor import Visitor

PLACE = "/console/wording"
ADMIN = Staff("guanli", "管理员", Role.ADMINISTRATOR)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
OWN = "【{desk}】您的信{receipt}我们收下了，{due}前给您回音。"
HOSTILE = (
    "<script>a()</script><img src=x onerror=a()>[[ 7*7 ]] javascript:a() https://evil.example\n\n"
    "{due}<a href='x'>点我</a>"
)
EACH = [(notice, language, way) for notice in NOTICES for language in LANGUAGES for way in Way]


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


def administrator(path: str = PLACE) -> Visitor:
    """Somebody who keeps the settings, with the page before them."""
    return visitor(Role.ADMINISTRATOR).get(path)


def worded(notice: str, text: str, way: Way = Way.SMS, language: str = "zh", subject: str = "", seen: int = 0) -> bool:
    """The office words a notice."""
    return setting_words.set_words(notice, language, way, {"text": text, "subject": subject}, seen, ADMIN, NOW)


# What is packaged, and what an office begins from.


def test_every_notice_has_an_example_and_packaged_words_that_an_office_could_have_written_itself(desk: Desk) -> None:
    for notice, language, way in EACH:
        begun = wording_examples.to_begin_from(notice, language, way)
        taken = read_words({"text": begun.text, "subject": begun.subject}, notice, way)
        packaged = wording_examples.text_of(None, notice, language, way)
        assert wording_examples.text_of(taken, notice, language, way) == packaged
        subjects = {wording_examples.subject_of(one, notice, language) for one in (taken, None)}
        assert len(subjects) == 1
        assert "{" not in packaged
        number = wording_examples.BOOKING if NOTICES[notice].reception else wording_examples.RECEIPT
        assert spoken(number) in packaged
        assert all(wording_examples.places_of(notice, language, way).values()), "each place has an example"


@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_opens_with_both_ways_side_by_side(desk: Desk, notice: str) -> None:
    shown = administrator(f"{PLACE}/{notice}?in=en")
    assert shown.status == 200
    assert shown.page.count("<textarea") == 2
    assert "按" in shown.page
    assert "条计费" in shown.page
    assert wording_examples.text_of(None, notice, "en", "sms").split()[-1] in shown.page


# What goes out.


def test_what_the_office_wrote_goes_out_from_then_on_and_all_else_as_it_is_packaged(desk: Desk) -> None:
    assert worded("accepted", OWN)
    assert worded("accepted", "一切照办，{due}前答复。", Way.MAIL, subject="收到您的信（{receipt}）")
    case = whole_road(desk, desk.routed(**BOTH))
    sms, mail = sorted(of_step(case, "Accepted"), key=lambda one: one.way != "sms")
    receipt = spoken(case.receipts[0])
    assert sms.text.startswith(f"【云汀市】您的信{receipt}我们收下了，2026-")
    assert mail.subject == f"收到您的信（{receipt}）"
    assert mail.text.startswith("您好：\n\n一切照办，2026-")
    assert mail.text.endswith("请勿直接回复。")
    assert CLEAR["title"] in mail.text
    for step in (step for step in STEPS if step != "Accepted"):
        assert all("收下了" not in one.text and "一切照办" not in one.text for one in of_step(case, step))


def test_one_language_and_one_way_are_worded_without_the_others(desk: Desk) -> None:
    assert worded("receipt", "[{desk}] We have it: {receipt}.", language="en")
    submitting.submit(form(**BOTH), "en", desk.now)
    submitting.submit(form(phone="13900139000", title="别的事", text="下水道堵了，污水漫到路上。"), "zh", desk.now)
    desk.route_all()
    assert tell(desk) == []
    first = [one for day in [desk.now] for one in notices.of_day(day) if "We have it" in one.text]
    assert [one.way for one in first] == ["sms"]


def test_where_a_matter_has_nothing_for_a_place_the_packaged_words_go_out(desk: Desk) -> None:
    assert worded("replied", "【{desk}】{receipt}：{unit}已答复，{due}前办结。")
    case = whole_road(desk, desk.routed(**BOTH))
    (sms,) = [one for one in of_step(case, "Replied") if one.way == "sms"]
    assert "请凭回执号和查询码查看答复" in sms.text, "nothing was promised by a day"


def test_hostile_words_of_an_office_are_words_and_nothing_else_in_a_mail(real: Desk) -> None:
    assert worded("accepted", HOSTILE, Way.MAIL, subject="<b>来信</b>（{receipt}）")
    real.routed(**BOTH, title="{receipt}{{ 7 * 7 }}<b>")
    assert tell(real) == []
    mail = next(mail for mail in providers.mails() if "evil" in mail.html)
    page = page_of(mail.html)
    assert page.tags <= {"html", "head", "meta", "title", "body", "div", "p", "br", "a"}
    assert page.links == {f"{config().public_origin}/track.html"}
    assert "<script>a()</script><img src=x onerror=a()>[[ 7*7 ]]" in page.text
    assert "{receipt}{{ 7 * 7 }}<b>" in page.text, "what a citizen wrote is not filled in again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_office_words_a_sealed_matter_has_its_own_notice_that_tells_nothing(
    desk: Desk, language: str
) -> None:
    secrets = {"title": "举报钱主任", "text": "他在茶楼收了两条烟和一个信封。", "place": "老码头茶楼"}
    for notice, known in NOTICES.items():
        for way in Way:
            if not known.reception:
                everything = "".join(f"{{{place}}}" for place in known.may(way))
                worded(notice, "信件：" + everything, way, language, seen=0)
    box = desk.mailbox_for(Kind.ACCUSATION)
    receipt = submitting.submit(form(kind="accusation", mailbox=box, **BOTH, **secrets), language, desk.now)
    desk.route_all()
    case = whole_road(desk, desk.case_of(receipt))
    recorded = notices.of_case(case.case_id)
    unit = desk.city.unit(case.unit)
    assert len(recorded) == 2 * len(STEPS)
    assert unit is not None
    track = f"{config().public_origin}/track.html"
    for one in recorded:
        for secret in (*secrets.values(), unit.name.zh, unit.name.en, "举报", "accus"):
            assert secret not in one.subject + one.text
    name = desk.city.name.within(language)
    assert {one.text for one in recorded if one.way == "sms"} == {f"信件：{name}{spoken(receipt.number)}{track}"}


def test_a_wording_of_a_sealed_notice_that_got_into_the_table_some_other_way_still_says_nothing(desk: Desk) -> None:
    values = {"desk": "云汀市", "receipt": "482710935526", "track": "x", "title": "举报钱主任", "unit": "纪委"}
    own = wording.Wording({name_of(SEALED, "zh", "sms"): Words("【{desk}】{receipt}{title}{unit}")})
    assert "举报" not in wording.text_of(own, SEALED, "zh", "sms", values)


# The room.


def test_a_notice_is_looked_at_before_it_is_saved_and_then_saved(desk: Desk) -> None:
    place = f"{PLACE}/accepted/zh/sms"
    tried = administrator(f"{PLACE}/accepted").send(place, text=OWN, do="look", seen="0")
    assert tried.status == 200
    assert "这是预览，还没有保存" in tried.page
    assert "【云汀市】您的信4827 1093 5526我们收下了" in tried.page
    assert setting_words.history() == []
    saved = administrator(f"{PLACE}/accepted").send(place, text=OWN, do="save", seen="0")
    assert (saved.status, saved.location) == (303, f"{PLACE}/accepted?in=zh&done=wording")
    assert "现在起按新的文字发送" in administrator(saved.location).page
    again = administrator(f"{PLACE}/accepted").send(place, text=OWN, do="save", seen="1")
    assert again.location.endswith("done=wording_same")
    assert len(setting_words.history()) == 1


def test_what_is_refused_stands_in_the_form_again_with_the_reason_beside_its_field(desk: Desk) -> None:
    place = f"{PLACE}/accepted/zh/mail"
    refused = administrator(f"{PLACE}/accepted").send(place, text="<b>{name}</b>", subject="标题", do="save", seen="0")
    assert refused.status == 400
    assert "没有“name”这个占位符" in refused.page
    assert "&lt;b&gt;{name}&lt;/b&gt;" in refused.page
    assert 'value="标题"' in refused.page
    assert setting_words.history() == []


def test_packaged_words_come_back_and_each_change_can_be_put_back(desk: Desk) -> None:
    assert worded("accepted", OWN)
    assert worded("accepted", OWN + "！", seen=1)
    page = administrator(f"{PLACE}/accepted")
    assert page.send(f"{PLACE}/accepted/zh/sms", do="packaged", seen="2").location.endswith("done=wording")
    assert wording.in_force().words == {}
    room = administrator()
    assert "收下了" in room.page
    assert room.send(f"{PLACE}/undoing", setting="accepted#zh#sms", seen="3").location == f"{PLACE}?done=wording_back"
    assert wording.in_force().words == {"accepted#zh#sms": Words(OWN + "！")}
    stale = administrator().send(f"{PLACE}/undoing", setting="accepted#zh#sms", seen="2")
    assert (stale.status, "别人刚刚也改了" in stale.page) == (409, True)
    with pytest.raises(NotFound):
        setting_words.put_back("accepted#zh#sms", 9, ADMIN, NOW)


def test_of_two_who_word_the_same_at_once_the_later_is_told_and_keeps_what_she_typed(desk: Desk) -> None:
    first, second = administrator(f"{PLACE}/accepted"), administrator(f"{PLACE}/accepted")
    place = f"{PLACE}/accepted/zh/sms"
    assert first.send(place, text=OWN, do="save", seen="0").status == 303
    late = second.send(place, text=OWN + "后来的", do="save", seen="0")
    assert (late.status, "别人刚刚也改了" in late.page, "后来的" in late.page) == (409, True, True)
    with pytest.raises(Changed):
        worded("accepted", OWN + "x", seen=7)


def test_quiet_hours_are_set_seen_and_put_back(desk: Desk) -> None:
    hours = {"start": "21:30", "end": "07:30", "quiet.sms": "yes"}
    room = administrator()
    assert room.send(f"{PLACE}/quiet", **hours, seen="0").location == f"{PLACE}?done=quiet"
    shown = administrator(room.location).page
    assert "21:30–07:30，短信" in shown
    refused = administrator().send(f"{PLACE}/quiet", start="09:00", end="23:59", **{"quiet.sms": "yes"}, seen="1")
    assert (refused.status, "最多14小时" in refused.page) == (400, True)
    assert administrator().send(f"{PLACE}/undoing", setting="quiet", seen="1").status == 303
    assert wording.in_force().quiet.ways == ()


@pytest.mark.parametrize("role", sorted(STAFF - {Role.ADMINISTRATOR}))
def test_nobody_but_an_administrator_enters(desk: Desk, role: Role) -> None:
    assert visitor(role).get(PLACE).status == 403


@pytest.mark.parametrize(
    "path", ["/x", "/accepted?in=fr", "/accepted/fr/sms", "/accepted/zh/fax", "/x/zh/sms", "/..%2Fsms", "/undoing"]
)
def test_what_is_no_notice_is_refused_in_words(desk: Desk, path: str) -> None:
    room = administrator()
    for answer in (room.get(PLACE + path), administrator().send(PLACE + path, text=OWN, seen="0", setting="x")):
        assert 400 <= answer.status < 500


def test_a_put_back_that_the_rules_no_longer_take_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worded("accepted", OWN)
    assert worded("accepted", OWN + "！", seen=1)
    monkeypatch.setitem(NOTICES, "accepted", NOTICES["receipt"])
    with pytest.raises(Invalid):
        worded("accepted", OWN + "{phone}", seen=2)


@pytest.mark.parametrize(("language", "longest", "more"), [("zh", 36, "…"), ("en", 90, "...")])
def test_what_a_clerk_wrote_at_length_is_cut_in_a_text_message_and_nowhere_else(
    language: str, longest: int, more: str
) -> None:
    def where_to(text: str, way: Way) -> str:
        return wording.places_of("declined", language, way, {"where_to": text})["where_to"]

    fits, long = "请" * longest, "请" * (longest + 1)
    assert (where_to(fits, Way.SMS), where_to(long, Way.MAIL)) == (fits, long)
    assert where_to(long, Way.SMS) == "请" * (longest - len(more)) + more
