"""Answers by SMS and e-mail that have nobody to go to any more, or wait for a person to send them again."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from chalicelib.desk import answering, mailing, telling_again, texting
from chalicelib.desk.sending import GIVEN_UP_AFTER
from chalicelib.desk.stopping import talk_with
from chalicelib.desk.vault import vault
from chalicelib.domain.messages import AnswerMessage, Topic
from chalicelib.domain.people import Petitioner
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.storage.submissions import petitioner_item
from chalicelib.storage.unit_of_work import Work, commit
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.telling import BOTH, tell
from tests.integration.watching import everything, sent_at_all
from tests.integration.writing_in import MATTER, PHONE, letter, mailed, texted

pytestmark = pytest.mark.usefixtures("empty_bucket")


@pytest.fixture
def real(now: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield now


def failed() -> list[Attempted]:
    """What the provider did not take."""
    return list(telling_again.untold().failed)


@pytest.mark.parametrize(
    ("way", "number", "answer"),
    [(texting.WAY, "13900139000", 1), (mailing.WAY, "nobody@example.cn", 1), (texting.WAY, PHONE, 99)],
)
def test_what_was_forgotten_or_never_said_is_not_answered(real: Desk, way: str, number: str, answer: int) -> None:
    texted(MATTER)
    before = everything()
    answering.answer(AnswerMessage(way, talk_with(number), answer), real.now)
    assert (providers.sms(), providers.mails()) == ([], [])
    assert everything() == before


def test_a_mail_whose_writer_has_taken_her_address_back_is_not_answered(real: Desk) -> None:
    receipt = mailed(letter())
    [waits] = [one for one in sent_at_all(Topic.NOTICES) if isinstance(one, AnswerMessage) and one.way == mailing.WAY]
    nameless = vault().seal_petitioner(Petitioner(name="王秀英"), receipt)
    commit(Work(real.now, kept=[petitioner_item(receipt, nameless)]))
    answering.answer(waits, real.now)
    assert providers.mails() == []
    assert [one for one in notices.of_day(real.now) if one.talk] == []


def test_an_answer_that_was_not_taken_for_a_day_is_sent_again_by_a_person(real: Desk) -> None:
    texted(MATTER)
    with providers.down("sns"):
        for _ in range(4):
            tell(real)
            real.now += GIVEN_UP_AFTER / 3
    [unsent] = failed()
    assert (unsent.talk, unsent.case_id, providers.sms()) == (talk_with(PHONE), "", [])
    telling_again.send_again(*notices.key_of(unsent), real.now)
    assert tell(real) == []
    assert [number for number, _ in providers.sms()] == [f"+86{PHONE}"]
    assert failed() == []


def test_what_is_being_sent_at_this_moment_is_not_sent_again_with_all_others(real: Desk) -> None:
    real.routed(**BOTH)
    with providers.down("sns"):
        for _ in range(4):
            tell(real)
            real.now += GIVEN_UP_AFTER / 3
    first, *others = failed()
    sending = replace(first, state=Sending.SENDING, at=real.now, rounds=first.rounds + 1)
    commit(Work(real.now, newer=[notices.notice_item(sending)]))
    assert sending in failed()
    assert telling_again.send_all_again(real.now) == len(others) > 0
    assert sending in failed()
