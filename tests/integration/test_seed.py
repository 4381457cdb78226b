"""The demo city's stories are played through the desk's own use cases, each to its end."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from chalicelib.desk.signing_in import open_account
from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.words import State
from chalicelib.storage import cases
from chalicelib.storage.table import DeskItem
from infra.seed import DEMO_ACCOUNTS
from infra.seed.playing import play
from infra.seed.staff import demo_staff
from infra.seed.stories import End, Story, stories
from infra.seed.working_off import work_off

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)  # a Friday noon
ENDED_AS = {
    End.RECEIVED: State.RECEIVED,
    End.CLERK: State.REGISTERED,
    End.ACCEPTED: State.ACCEPTED,
    End.DISPATCHED: State.DISPATCHED,
    End.RETURNED: State.RETURNED,
    End.HANDLING: State.IN_HANDLING,
    End.CONFERENCE: State.IN_CONFERENCE,
    End.DRAFT: State.AWAITING_APPROVAL,
    End.REPLIED: State.REPLIED,
    End.RATED: State.CONCLUDED,
    End.DECLINED: State.DECLINED,
    End.WITHDRAWN: State.WITHDRAWN,
}


def latest_of_each_end() -> list[Story]:
    """The shortest story of each kind."""
    by_age = sorted(stories(), key=lambda story: -story.days_ago)
    content = [story for story in by_age if story.rating is None or story.rating.satisfaction == "satisfied"]
    return list({story.end: story for story in content if story.end in ENDED_AS}.values())


def case_of(story: Story) -> Case:
    return cases.load(vault().case_id_of(vault().receipt_of(story.key)))


def test_each_story_comes_to_its_end(city: City) -> None:
    told = latest_of_each_end()
    play(tuple(told), NOW, work_off)
    assert {story.end: case_of(story).state for story in told} == ENDED_AS


def test_what_the_rules_sent_to_the_wrong_unit_comes_back_and_goes_on(city: City) -> None:
    (wrong,) = [story for story in stories() if story.title == "禾香家园二次供水水质发黄"]
    play((wrong,), NOW, work_off)
    case = case_of(wrong)
    assert (case.unit, case.returns, case.state) == (wrong.unit, 1, State.CONCLUDED)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("两年前的来信", {"HandledDirectly", "Replied"}),
        ("机车新村铁路涵洞", {"ConferenceCalled"}),
        ("望江桥人行电梯", {"ConferenceCalled", "ConferenceHeld", "Signed"}),
        ("锦绣澜庭消防通道", {"AssistanceAsked", "Assisted"}),
        ("枫林苑四十七名木工", {"OwnerNamed"}),
        ("书院街围挡占道", {"Returned", "Dispatched"}),
        ("稻川县鲤汊镇卫生院", {"Replied"}),
        ("请书记过问", {"Instructed", "Dispatched", "Signed"}),
    ],
)
def test_what_is_handled_together_is_told_through_to_where_it_stands(city: City, title: str, told: set[str]) -> None:
    for account in DEMO_ACCOUNTS:
        open_account(demo_staff(account, city), account.password)
    (story,) = [story for story in stories() if story.title.startswith(title)]
    play((story,), NOW, work_off)
    case = case_of(story)
    kinds = [event.kind for event in cases.record_of(case.case_id)]
    assert told <= set(kinds)
    assert case.direct == ("HandledDirectly" in told)
    assert (case.conference is not None) == (story.end is End.CONFERENCE)
    assert case.assisting == tuple(part.unit for part in story.assistance if part.given is None)
    assert case.owner == (story.owner.login if story.owner else None)
    assert case.first_asked == ("dizhou-urban-management" if "Returned" in told else None)
    assert (case.done_by is not None) == (story.reply is not None and story.reply.outcome == "by_date")


def test_a_letter_left_alone_climbs_the_ladder(city: City) -> None:
    (forgotten,) = [story for story in stories() if story.title.startswith("澜岸花园地下水倒灌")]
    play((forgotten,), NOW, work_off)
    happened = Counter(event.kind for event in cases.record_of(case_of(forgotten).case_id))
    assert case_of(forgotten).highest_level == happened["Supervised"] == 3
    assert happened["Reminded"] >= 1


def test_an_order_is_answered_and_inspected(city: City) -> None:
    for account in DEMO_ACCOUNTS:
        open_account(demo_staff(account, city), account.password)
    (pressed,) = [story for story in stories() if story.pressing is not None]
    play((pressed,), NOW, work_off)
    order = case_of(pressed).order
    assert order is not None
    assert order.answered_at is not None
    assert pressed.pressing is not None
    assert order.found is pressed.pressing.found


def test_playing_leaves_nothing_in_the_outbox_but_what_the_running_desk_is_to_do(city: City) -> None:
    told = latest_of_each_end()
    play(tuple(told), NOW, work_off)
    left = [item.pk for item in DeskItem.scan() if item.pk.startswith("outbox#")]
    received = [case_of(story).case_id for story in told if story.end is End.RECEIVED]
    assert sorted(left) == sorted(f"outbox#routing.{case_id}.000001" for case_id in received)
