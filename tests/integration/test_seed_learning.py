"""The demonstration's model: trained from sentences that nobody wrote, and never one that decides."""

import pytest

from chalicelib.storage import learning as stored
from infra.seed.learning import OF_EACH, category_for, invented, teach
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.test_learning import WORKS, registered


@pytest.mark.usefixtures("empty_bucket")
def test_the_demo_city_has_a_model_on_trial_that_is_called_what_it_is(desk: Desk) -> None:
    teach(desk.city, desk.now)
    entry = stored.at_work()
    assert entry is not None
    assert entry.card is not None
    assert (entry.demo, entry.on_trial) == (True, True)
    assert set(entry.card.labels) == {one.group.zh for one in desk.city.categories if one.group is not None}
    says = registered(desk.registered(**UNCLEAR)).model_says
    assert says is not None
    assert len(says.guesses) == 3


def test_the_invented_letters_are_the_same_each_time_and_name_nobody(desk: Desk) -> None:
    letters = list(invented(desk.city))
    assert letters == list(invented(desk.city))
    assert len(letters) == OF_EACH * len(desk.city.categories)
    assert not any("{" in text for _, text, _ in letters)


def test_the_clerk_of_a_story_takes_a_letter_for_what_its_unit_answers_for(desk: Desk) -> None:
    case = desk.routed()
    assert category_for(case, "", "", case.unit, desk.city) == case.category
    assert category_for(case, "", "路灯不亮", "housing", desk.city) == case.category, "no word tells anything else"
    assert category_for(case, "", "路灯不亮", "dizhou-urban-management", desk.city) in (case.category, WORKS)
