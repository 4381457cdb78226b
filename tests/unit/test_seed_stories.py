"""The demo city's letters are complete: each story has all that it needs to be told."""

import re
from collections import Counter

import pytest

from chalicelib.city import default_city
from chalicelib.domain.words import Kind
from infra.seed.stories import End, Story, stories

ANSWERED = {End.DRAFT, End.REPLIED, End.RATED, End.CONCLUDED}
STORIES = stories()


def test_there_are_enough_letters_and_every_end() -> None:
    assert len(STORIES) >= 130
    assert {story.end for story in STORIES} == set(End)
    assert {story.kind for story in STORIES} == set(Kind)
    assert len({story.key for story in STORIES}) == len(STORIES)


def test_they_are_spread_over_three_months() -> None:
    months = Counter(story.days_ago // 30 for story in STORIES)
    assert all(months[month] >= 20 for month in (0, 1, 2))


def test_one_telephone_number_is_one_person() -> None:
    named = {(story.name, story.phone) for story in STORIES if story.name}
    assert len({name for name, _ in named}) == len({phone for _, phone in named}) == len(named)
    assert all(phone.startswith("199") and len(phone) == 11 for _, phone in named)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_has_all_it_needs(story: Story) -> None:
    city = default_city()
    mailbox = city.mailbox(story.mailbox)
    assert mailbox is not None
    assert story.kind in mailbox.kinds
    assert story.area == "" or city.area(story.area)
    assert story.unit is None or city.unit(story.unit)
    assert story.anonymous == (not story.name)
    assert 50 <= len(story.text) <= 400
    assert len(story.title) <= 100
    assert (story.reply is not None) == (story.end in ANSWERED)
    assert (story.rating is not None) == (story.end is End.RATED)
    assert (story.decline is not None) == (story.end is End.DECLINED)
    assert (story.withdraw_reason is not None) == (story.end is End.WITHDRAWN)
    assert (story.return_ground is not None) == (story.end is End.RETURNED)
    assert story.instruction is None or mailbox.leader


@pytest.mark.parametrize("story", [story for story in STORIES if story.reply], ids=lambda story: story.key)
def test_a_reply_says_what_was_done_when_and_whom_to_call(story: Story) -> None:
    assert story.reply is not None
    assert len(story.reply.text) >= 60
    assert re.search(r"\{date([+-]\d+)?\}", story.reply.text)
    assert "{phone}" in story.reply.text
