"""A model at work: what it changes for letters, what persons decide of them, and what becomes of its file."""

import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import cities, handling, learning, models, routing
from chalicelib.domain import learning as rules
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid, NotAllowed, NotFound, RuleBroken
from chalicelib.domain.events import Registered
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.said import ModelSays, Said
from chalicelib.domain.words import Kind, Role, State
from chalicelib.gateways import objects
from chalicelib.storage import cases
from chalicelib.storage import learning as stored
from chalicelib.storage.learning import decided_item
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.unit_of_work import Work, commit
from infra.package import ROOT
from tests.integration.belongings import HERS, LONG_AGO, erased, lived, sound
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.taught import KNOWS, ROADS, STREETS, at_work, taught
from tests.integration.test_console import PEOPLE
from tests.integration.watching import everything, in_plain, own, watched

ORDER, WORKS = "construction.street_order", "construction.municipal_works"
ADMIN = PEOPLE[Role.ADMINISTRATOR]
SILENT = {**UNCLEAR, "title": "一件说不清的事情", "area": "990102"}
pytestmark = pytest.mark.usefixtures("empty_bucket", "not_far_back")


def registered(case: Case) -> Registered:
    """How the desk registered it."""
    found = next(event.payload for event in cases.record_of(case.case_id) if isinstance(event.payload, Registered))
    assert isinstance(found, Registered)
    return found


def five_minutes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what this process remembers."""
    at = time.monotonic() + cities.KEPT_FOR + 1
    monkeypatch.setattr("time.monotonic", lambda: at)


def text_of(words: str) -> dict[str, str]:
    return {**SILENT, "text": f"我想反映{words}，希望有人看到之后能和我联系一下。"}


# In routing.


def test_where_no_model_is_at_work_nothing_is_kept_of_one(desk: Desk) -> None:
    case = desk.registered(**SILENT)
    assert (registered(case).model_says, registered(case).moved_by) == (None, "")
    assert "model_says" not in in_plain()


def test_a_sure_model_sends_a_letter_on_where_the_words_are_silent(desk: Desk) -> None:
    at_work(taught(), desk.now)
    case = desk.routed(**text_of("一件说不清的事"))
    assert (case.state, case.category, case.unit) == (State.DISPATCHED, ORDER, "dizhou-urban-management")
    payload = registered(case)
    assert payload.model_says is not None
    assert payload.model_says.guesses[0].label == STREETS
    assert payload.model_says.sure
    assert "说不清" in payload.moved_by
    assert fold(cases.record_of(case.case_id)) == case


def test_on_trial_the_clerk_decides_however_sure_the_model_is(desk: Desk) -> None:
    at_work(taught(), desk.now, on_trial=True)
    assert desk.registered(**text_of("一件说不清的事")).left_to_clerk


def test_below_the_threshold_the_clerk_decides(desk: Desk) -> None:
    at_work(taught(certainty=2.0), desk.now)
    case = desk.registered(**text_of("一件说不清的事"))
    payload = registered(case)
    assert payload.model_says is not None
    assert not payload.model_says.sure
    assert "reason.model_advises" in [reason.code for reason in payload.reasons]
    at_work(taught(certainty=2.0), desk.now, sure_from=500)
    assert desk.routed(**text_of("一件说不清的事，还有别的")).state is State.DISPATCHED


def test_an_accusation_and_a_keepers_test_letter_are_not_judged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work(taught(), desk.now)
    monkeypatch.setattr(models, "heard", lambda *_: pytest.fail("it was asked"))
    desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), title="举报", text="一件说不清的事。")


def test_a_message_delivered_twice_is_judged_into_one_record(desk: Desk) -> None:
    at_work(taught(), desk.now)
    case = desk.routed(**text_of("一件说不清的事"))
    before = everything()
    routing.route(Message(Topic.ROUTING, case.case_id, 1), desk.later(minutes=1).now)
    assert everything() == before


def test_the_letters_own_words_are_erased_with_it_and_stand_in_no_reason(desk: Desk) -> None:
    at_work(taught({STREETS: ("油烟", "夜市"), ROADS: ("路灯",)}), desk.now)
    case, receipt = lived(desk)
    payload = registered(case)
    assert "油烟" in payload.moved_by
    said = [reason for reason in payload.reasons if reason.code.startswith("reason.model")]
    assert said
    assert not any("words" in reason.params for reason in said)
    desk.now += LONG_AGO
    erased(desk, receipt)
    event = next(one for one in cases.record_of(case.case_id) if isinstance(one.payload, Registered))
    assert isinstance(event.payload, Registered)
    assert (event.payload.moved_by, event.salt) == ("", "")
    assert "moved_by" in event.erased
    assert event.payload.model_says is not None, "what was said stays for the figures, and holds nothing of hers"
    assert HERS["text"] not in in_plain()
    assert sound(case)


# Its file.


@pytest.mark.parametrize(("content", "why"), [(None, "missing"), (taught()[:-9], "damaged")])
def test_a_lost_or_damaged_file_hinders_no_letter_and_is_told_of_once(
    desk: Desk, content: bytes | None, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    entry = at_work(taught(), desk.now)
    bucket = own("s3")
    bucket.delete_object(Bucket=config().uploads_bucket, Key=entry.key)
    if content is not None:
        bucket.put_object(Bucket=config().uploads_bucket, Key=entry.key, Body=content)
    with caplog.at_level(logging.ERROR):
        assert desk.registered(**SILENT).left_to_clerk
    assert [vars(line)["about"] for line in caplog.records] == [why]
    trouble = learning.room(desk.now).trouble
    assert trouble is not None
    assert (trouble.why, trouble.fingerprint) == (why, entry.fingerprint)


def test_another_models_file_in_its_place_is_not_believed(desk: Desk) -> None:
    entry = at_work(taught(), desk.now)
    own("s3").put_object(Bucket=config().uploads_bucket, Key=entry.key, Body=taught(certainty=3.0))
    assert desk.registered(**text_of("一件说不清的事")).left_to_clerk
    assert stored.trouble() is not None


def test_a_file_that_is_back_is_read_again_and_the_trouble_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = at_work(taught(), desk.now)
    own("s3").delete_object(Bucket=config().uploads_bucket, Key=entry.key)
    desk.registered(**SILENT)
    own("s3").put_object(Bucket=config().uploads_bucket, Key=entry.key, Body=taught())
    assert desk.registered(**text_of("一件说不清的事，第二封")).left_to_clerk, "not asked for with each letter"
    five_minutes_later(monkeypatch)
    assert desk.routed(**text_of("还有一件说不清的麻烦")).state is State.DISPATCHED
    assert stored.trouble() is None


def test_another_model_is_noticed_within_five_minutes_and_read_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work(taught(), desk.now)
    read: list[str] = []

    def counted(key: str, largest: int) -> bytes | None:
        read.append(key)
        return whole(key, largest)

    whole = objects.whole
    monkeypatch.setattr(objects, "whole", counted)
    assert desk.routed(**text_of("一件说不清的事")).category == ORDER
    known = models._known
    other = at_work(taught({**KNOWS, STREETS: ("占道",), ROADS: ("说不清",)}), desk.now)
    models._known = known
    assert desk.routed(**text_of("第二件说不清的事")).category == ORDER
    five_minutes_later(monkeypatch)
    assert desk.routed(**text_of("第三件说不清的麻烦事情")).category == WORKS
    assert desk.routed(**text_of("第四件说不清的，又不一样的问题")).category == WORKS
    five_minutes_later(monkeypatch)
    assert desk.routed(**text_of("第五件说不清的，谁也没有见过的怪事")).category == WORKS
    assert len(read) == 2
    assert read[1] == other.key


def test_a_cold_start_loads_nothing_of_a_model() -> None:
    """A module that is imported where a letter is judged stands further in on its line."""
    of_a_model = re.compile(r"^from chalicelib\.domain\.subject_(model|file|grams|moving) ", re.MULTILINE)
    for file in (ROOT / "chalicelib").rglob("*.py"):
        if not file.name.startswith("subject_"):
            assert not of_a_model.search(file.read_text("utf-8")), file


# What persons decide.


def test_what_a_clerk_decides_is_kept_with_what_was_said_before(desk: Desk) -> None:
    at_work(taught(certainty=2.0), desk.now)
    case = desk.registered(**text_of("一件说不清的事"))
    desk.later(hours=1)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now, WORKS)
    assert (case.category, case.suggested_unit) == (WORKS, "dizhou-urban-management")
    assert fold(cases.record_of(case.case_id)) == case
    kept = stored.decision_of(case.case_id, case.opened_at)
    assert kept is not None
    assert (kept.category, kept.said, kept.was, kept.proposed) == (WORKS, STREETS, ROADS, "")
    assert not kept.agreed
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, category=ORDER)
    again = stored.decision_of(case.case_id, case.opened_at)
    assert again is not None
    assert again.agreed, "the latest decision stands, in the one item"
    assert case.category == ORDER


def test_a_returned_case_is_categorised_anew(desk: Desk) -> None:
    case = desk.dispatched()
    handler = desk.handler(case)
    case = handling.return_to_desk(case.case_id, case.version, handler, desk.now, "不属我单位职责。")
    assert stored.decision_of(case.case_id, case.opened_at) is None
    handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, category=WORKS)
    kept = stored.decision_of(case.case_id, case.opened_at)
    assert kept is not None
    assert kept.by_person_alone
    assert (kept.proposed, kept.category) == (ORDER, WORKS)


def test_a_class_is_right_whichever_of_its_categories_it_is(desk: Desk) -> None:
    at_work(taught({"城乡建设": ("说不清",), "交通运输": ("公交",)}), desk.now)
    case = desk.registered(**text_of("一件说不清的事"))
    handling.accept(case.case_id, case.version, desk.clerk, desk.now, WORKS)
    kept = stored.decision_of(case.case_id, case.opened_at)
    assert kept is not None
    assert (kept.said, kept.was, kept.agreed) == ("城乡建设", "城乡建设", True)
    other = desk.registered(**text_of("又一件说不清的事，不一样"))
    labour = next(one.id for one in desk.city.categories if one.group is not None and one.group.zh == "教育文体")
    handling.accept(other.case_id, other.version, desk.clerk, desk.now, labour)
    kept = stored.decision_of(other.case_id, other.opened_at)
    assert kept is not None
    assert (kept.was, kept.agreed) == ("教育文体", False)


def test_no_decision_is_kept_of_an_accusation_nor_where_nobody_was_asked(desk: Desk) -> None:
    case = desk.registered(**SILENT)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
    assert stored.decision_of(case.case_id, case.opened_at) is None
    with pytest.raises(Invalid):
        handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, category="nonsense")


# The room.


def decided(desk: Desk, number: int, right: bool = True) -> list[str]:
    """So many letters that the model at work takes for matters of the streets; clerks took them for that, or not."""
    entry, category = stored.at_work(), desk.city.category(ORDER if right else WORKS)
    assert category is not None
    says = ModelSays(entry.fingerprint, (Said(STREETS, 990),), sure=True) if entry is not None else None
    found = []
    for _ in range(number):
        receipt = desk.filed(**text_of("一件说不清的事")).number
        found.append((load_submission(receipt).case_id, receipt))
    kept = [decided_item(rules.decided(*one, desk.now, desk.now, category, None, says, desk.city)) for one in found]
    commit(Work(desk.now, kept=kept))
    return [case_id for case_id, _ in found]


def test_a_month_is_counted_from_its_own_partition_and_kept(desk: Desk) -> None:
    at_work(taught(), desk.now, on_trial=True)
    decided(desk, 3)
    decided(desk, 1, right=False)
    room = learning.room(desk.now)
    assert (room.trial.decided, room.trial.agreed, room.trial.sure, room.trial.sure_right) == (4, 3, 4, 3)
    with watched() as calls:
        learning.room(desk.later(minutes=1).now)
    assert not [one for one in calls if "Scan" in one]
    assert len(calls) <= 4
    decided(desk, 1)
    assert learning.room(desk.later(minutes=11).now).trial.decided == 5


def test_a_trial_ends_only_when_it_is_passed_and_only_by_an_administrator(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = at_work(taught(), desk.now, on_trial=True)
    decided(desk, 3)
    with pytest.raises(RuleBroken):
        learning.let_decide(entry.version, ADMIN, desk.now)
    monkeypatch.setattr("chalicelib.domain.learning.FEWEST_DECIDED", 3)
    monkeypatch.setattr("chalicelib.domain.learning.FEWEST_SURE", 3)
    with pytest.raises(NotAllowed):
        learning.let_decide(entry.version, desk.clerk, desk.now)
    assert not learning.let_decide(entry.version, ADMIN, desk.now).on_trial
    models.forget()
    assert desk.routed(**text_of("最后一件说不清的事情啊")).state is State.DISPATCHED


def test_a_model_is_put_back_and_forth_and_everything_is_remembered(desk: Desk) -> None:
    first = at_work(taught(), desk.now)
    second = at_work(taught(certainty=3.0), desk.later(days=1).now)
    learning.set_threshold("80", second.version, ADMIN, desk.now)
    back = learning.put_back(3, ADMIN, desk.later(hours=1).now)
    assert (back.fingerprint, back.version, back.restores, back.login) == (first.fingerprint, 4, 1, ADMIN.login)
    assert learning.put_back(4, ADMIN, desk.now).fingerprint == second.fingerprint
    assert [one.version for one in stored.history(9)] == [5, 4, 3, 2, 1]


def test_the_first_model_is_put_back_to_none_and_comes_again(desk: Desk) -> None:
    entry = at_work(taught(), desk.now)
    none = learning.put_back(entry.version, ADMIN, desk.now)
    models.forget()
    assert (none.fingerprint, none.card) == ("", None)
    assert desk.registered(**SILENT).left_to_clerk
    assert learning.put_back(2, ADMIN, desk.now).fingerprint == entry.fingerprint


def test_two_who_change_it_at_once_do_not_undo_each_other(desk: Desk) -> None:
    entry = at_work(taught(), desk.now)
    learning.set_threshold("80", entry.version, ADMIN, desk.now)
    with pytest.raises(Changed):
        learning.set_threshold("70", entry.version, ADMIN, desk.now)
    with pytest.raises(Changed):
        stored.put_to_work(replace(entry, sure_from=1))


def test_a_city_that_drops_a_class_still_shows_its_figures(desk: Desk) -> None:
    at_work(taught(), desk.now, on_trial=True)
    decided(desk, 1)
    cities.use(replace(desk.city, categories=desk.city.categories[5:]))
    assert learning.room(desk.now + timedelta(minutes=1)).trial.decided == 1


def test_where_no_model_ever_was_letters_count_as_unjudged_and_there_is_nothing_to_change(desk: Desk) -> None:
    decided(desk, 2)
    room = learning.room(desk.now)
    assert (room.at_work, room.before, room.trial.decided) == (None, None, 0)
    assert [month.without for month in room.months][-1] == 2
    steps: tuple[Callable[[], object], ...] = (
        lambda: learning.put_back(0, ADMIN, desk.now),
        lambda: learning.set_threshold("80", 0, ADMIN, desk.now),
        lambda: learning.let_decide(0, ADMIN, desk.now),
    )
    for step in steps:
        with pytest.raises(NotFound):
            step()
    assert stored.at_work() is None
