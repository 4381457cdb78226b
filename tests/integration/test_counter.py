"""登记台: what is said at the counter is filed as a web letter is, and a caller's earlier matters are found."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import callers, cities, copying, counter, erasing, timing, tracking, working, written
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import DataErased, Invalid, KeyUsed, NotAllowed, NotFound, WrongState
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.words import Channel, Role
from chalicelib.entrypoints.own_data import copy_view
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_folder, load_sealed_petitioner, load_submission
from tests.integration.counter import ADDRESS, case_of, letter, registered, typed
from tests.integration.desk import Desk
from tests.integration.watching import in_plain

CALLER = "18800001234"


def looks(case_id: str) -> list[str]:
    """Who looked at who wrote it, in order."""
    return [event.by.id for event in cases.record_of(case_id) if event.kind == "PetitionerSeen"]


def found(desk: Desk, **fields: str) -> list[str]:
    """The receipts that a clerk finds."""
    return [one.receipt for one in callers.earlier(fields, desk.clerk, desk.now).matters]


# Filing.


def test_what_is_said_is_on_record_by_its_way_and_by_whose_hand(desk: Desk) -> None:
    for channel in (Channel.PHONE, Channel.VISIT, Channel.LETTER):
        slip = registered(desk, typed(channel=channel.value))
        [filed, *_] = cases.record_of(case_of(slip).case_id)
        assert (load_submission(slip.receipt.number).channel, filed.by.id) == (channel, "clerk")
        assert vault().opens(slip.receipt.number, slip.receipt.code)
        assert tracking.track(slip.receipt.number, desk.now).title == "路口占道经营严重"


def test_the_same_form_twice_is_filed_once_and_another_under_its_key_is_refused(desk: Desk) -> None:
    raw = typed()
    first, second = counter.register(raw, desk.clerk, desk.now), counter.register(raw, desk.clerk, desk.now)
    assert (first.receipt.number, first.receipt.code) == (second.receipt.number, second.receipt.code)
    assert second.receipt.repeated
    with pytest.raises(KeyUsed):
        counter.register({**raw, "title": "另一件事"}, desk.clerk, desk.now)


def test_nobody_but_a_clerk_registers_looks_callers_up_or_adds(desk: Desk) -> None:
    slip = registered(desk, typed(phone=CALLER))
    for role in set(Role) - {Role.CLERK}:
        person = Staff("other", "别人", role, "urban-management")
        with pytest.raises(NotAllowed):
            counter.register(typed(), person, desk.now)
        with pytest.raises(NotAllowed):
            callers.earlier({"phone": CALLER}, person, desk.now)
        with pytest.raises(NotAllowed):
            counter.add({**typed(), "receipt": slip.receipt.number}, person, desk.now)
        with pytest.raises(NotAllowed):
            counter.arrived(counter.Scan("信.png", "image/png", b"x"), person, desk.now)
    assert looks(case_of(slip).case_id) == []


def test_the_slip_tells_days_each_after_the_one_before(desk: Desk) -> None:
    slip = registered(desk, typed())
    assert slip.accept_by is not None
    assert slip.answer_by is not None
    assert desk.now < slip.receipt.register_by < slip.accept_by < slip.answer_by


def test_a_letter_to_a_leader_takes_the_mailbox_s_road(desk: Desk) -> None:
    slip = registered(desk, letter(channel="box", mailbox="leader-mayor", passed_by="省政府办公厅", their_number="8号"))
    leader = Staff("shizhang", "江平", Role.LEADER, None, ("leader-mayor",))
    page = working.worklist(leader, "leader-mayor", 10)
    assert [case.case_id for case in page.cases] == [case_of(slip).case_id]
    [voice] = working.dossier(leader, case_of(slip).case_id, desk.now).voices
    assert voice.marks is not None
    assert (voice.marks.passed_by, voice.marks.their_number) == ("省政府办公厅", "8号")


# The address.


def test_an_address_is_sealed_masked_copied_and_erased(desk: Desk) -> None:
    slip = registered(desk, letter())
    number = slip.receipt.number
    assert ADDRESS not in in_plain()
    [voice] = working.dossier(desk.clerk, case_of(slip).case_id, desk.now).voices
    assert voice.petitioner is not None
    assert voice.petitioner.address == "云汀市荻洲******"
    assert working.petitioner_of(desk.clerk, case_of(slip).case_id, number, desk.now).address == ADDRESS
    copy = copy_view(copying.copy_of(number, desk.now), desk.city, "zh")
    assert copy.address == ADDRESS
    desk.withdrawn(slip.receipt)
    erasing.erase(number, desk.later(days=2_000).now)
    assert load_sealed_petitioner(number) is None
    with pytest.raises(DataErased):
        tracking.track(number, desk.now)
    assert load_submission(number).marks is None


def test_what_was_kept_before_addresses_were_is_still_read() -> None:
    from chalicelib.storage.records import unpack

    assert unpack('{"name":"王秀英","phone":"13800000000"}', Petitioner) == Petitioner("王秀英", "13800000000")


def test_what_stands_on_an_accusation_s_envelope_is_encrypted(desk: Desk) -> None:
    raw = letter(kind="accusation", mailbox="discipline", postmark="望澜高塘邮局", passed_by="省纪委信访室")
    slip = registered(desk, raw)
    assert "高塘" not in in_plain()
    assert "省纪委" not in in_plain()
    marks = written.marks_of(load_submission(slip.receipt.number))
    assert marks is not None
    assert (marks.postmark, marks.passed_by) == ("望澜高塘邮局", "省纪委信访室")


# Who is on the telephone.


def test_a_caller_is_found_by_the_number_in_any_spelling_and_nobody_else_is(desk: Desk) -> None:
    here = [desk.filed(phone=kept).number for kept in (CALLER, f"+86{CALLER}", f"188-{CALLER[3:]}")]
    desk.filed(phone="18800009999")
    for spelt in (CALLER, "+86 188 0000 1234", "１８８００００１２３４", "188-0000-1234", "008618800001234"):
        assert set(found(desk, phone=spelt)) == set(here), spelt


def test_a_caller_is_found_by_mail_by_name_and_address_and_by_the_number_read_out(desk: Desk) -> None:
    by_mail = desk.filed(phone="", email="Wang@example.cn").number
    by_post = registered(desk, letter(name="祝长根")).receipt.number
    assert found(desk, email="wang@EXAMPLE.cn") == [by_mail]
    assert found(desk, name="祝长根", address=f" {ADDRESS} ") == [by_post]
    assert found(desk, phone=f"{by_mail[:4]} {by_mail[4:8]} {by_mail[8:]}") == [by_mail]
    assert found(desk, name="别人", address=ADDRESS) == found(desk, phone="123") == found(desk) == []


def test_a_matter_found_tells_how_it_stands_and_whether_the_name_is_the_same(desk: Desk) -> None:
    case = desk.replied(phone=CALLER, name="温素琴")
    [one] = callers.earlier({"phone": CALLER, "name": "温 素琴"}, desk.clerk, desk.now).matters
    assert (one.status.case.case_id, one.status.case.unit, one.last.kind) == (case.case_id, case.unit, "Replied")
    assert (one.petitioner.name, one.petitioner.phone, one.same_name) == ("温某某", "188******34", True)
    [other] = callers.earlier({"phone": CALLER, "name": "温小琴"}, desk.clerk, desk.now).matters
    assert other.same_name is False


def test_a_search_is_a_look_on_the_record_of_each_matter_found_once_a_call(desk: Desk) -> None:
    case = desk.routed(phone=CALLER)
    for _ in range(3):
        found(desk, phone=CALLER)
    assert looks(case.case_id) == ["clerk"]
    found(desk.later(hours=2), phone=CALLER)
    assert looks(case.case_id) == ["clerk", "clerk"]
    copy = copying.copy_of(case.voices[0].receipt, desk.now)
    assert len(copy.looks) == 2


def test_nobody_learns_at_the_counter_who_accused(desk: Desk) -> None:
    case = desk.routed(mailbox="discipline", kind="accusation", phone=CALLER)
    assert found(desk, phone=CALLER) == found(desk, phone=case.voices[0].receipt) == []
    assert looks(case.case_id) == []
    with pytest.raises(NotFound):
        counter.add({**typed(), "receipt": case.voices[0].receipt}, desk.clerk, desk.now)


def test_of_many_matters_the_newest_are_shown_and_the_others_counted(desk: Desk) -> None:
    for number in range(callers.MOST_SHOWN + 2):
        desk.later(hours=1).filed(phone=CALLER, title=f"第{number}件")
    looked = callers.earlier({"phone": CALLER}, desk.clerk, desk.now)
    assert looked.matters[0].status.title == f"第{callers.MOST_SHOWN + 1}件"
    assert (len(looked.matters), looked.more) == (callers.MOST_SHOWN, 2)


# It is about that one.


def test_what_a_caller_adds_stands_with_her_matter_by_its_way_and_by_whose_hand(desk: Desk) -> None:
    case = desk.signed(phone=CALLER)
    receipt, raw = case.voices[0].receipt, typed(text="昨天又堵上了。")
    for _ in range(2):
        assert counter.add({**raw, "receipt": receipt}, desk.clerk, desk.now).case_id == case.case_id
    [added] = load_folder(receipt).supplements
    assert (added.text, added.channel, added.typed_by) == ("昨天又堵上了。", Channel.PHONE, "赵敏")
    last = cases.record_of(case.case_id)[-1]
    assert (last.kind, last.by.id) == ("Supplemented", "clerk")


def test_nothing_is_added_to_what_is_over_nor_without_words(desk: Desk) -> None:
    over, running = desk.concluded(phone=CALLER), desk.signed(phone="18800004321")
    [one] = callers.earlier({"phone": CALLER}, desk.clerk, desk.now).matters
    assert not one.may_add
    with pytest.raises(WrongState):
        counter.add({**typed(), "receipt": over.voices[0].receipt}, desk.clerk, desk.now)
    with pytest.raises(Invalid):
        counter.add({**typed(text=" "), "receipt": running.voices[0].receipt}, desk.clerk, desk.now)
    with pytest.raises(NotFound):
        counter.add({**typed(), "receipt": "000000000000"}, desk.clerk, desk.now)


def test_a_citizen_who_was_waited_for_answers_by_telephone_and_the_clocks_run_on(desk: Desk) -> None:
    case = desk.signed(phone=CALLER)
    timing.ask(case.case_id, case.version, desk.handler(case), desk.now, "请问是哪个路口？")
    receipt = case.voices[0].receipt
    counter.add({**typed(text="东门路口。"), "receipt": receipt}, desk.clerk, desk.later(hours=3).now)
    assert [event.kind for event in cases.record_of(case.case_id)][-2:] == ["Supplemented", "Resumed"]
    assert cases.load(case.case_id).waiting is None
    assert timedelta(0) < desk.now - case.opened_at


def test_where_the_city_sets_a_single_term_the_slip_promises_no_days_beside_it(desk: Desk) -> None:
    cities.use(replace(desk.city, version=desk.city.version + 1, terms=replace(desk.city.terms, single_days=60)))
    slip = counter.register(typed(), desk.clerk, desk.now)
    assert (slip.accept_by, slip.answer_by) == (None, None)
    assert load_submission(slip.receipt.number).title == slip.form.title


@pytest.mark.parametrize(
    ("changes", "refused"),
    [({"receipt": "12"}, NotFound), ({"receipt": "不是编号"}, NotFound), ({"channel": "pigeon"}, Invalid)],
)
def test_nothing_is_added_under_a_number_that_is_misread_nor_by_a_way_that_is_none(
    desk: Desk, changes: dict[str, str], refused: type[Exception]
) -> None:
    slip = registered(desk, typed(phone=CALLER))
    said = {"receipt": slip.receipt.number, "channel": "phone", "text": "又坏了一盏。", "key": "k" * 32}
    with pytest.raises(refused):
        counter.add({**said, **changes}, desk.clerk, desk.now)
    assert load_folder(slip.receipt.number).supplements == ()
