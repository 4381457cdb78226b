"""The texts of events: every one is known, and each can be erased while the chain holds."""

import hashlib
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.chain import first_break, line_of, misfits
from chalicelib.domain.events import PAYLOADS, Event, Payload
from chalicelib.domain.folding import fold
from chalicelib.domain.texts import TEXTS, digests_of, texts_of, without_texts
from chalicelib.domain.words import State
from chalicelib.storage.records import pack_event, read_event, unpack_event
from tests.unit.matter import Matter, content

RECORD = tuple(Matter().at(State.REPLIED).happens(content()).events)
WITH_TEXTS = [event for event in RECORD if texts_of(event.payload)]

CODES = {
    "Filed": {"receipt", "mailbox", "area", "digest", "drill", "keeper"},
    "Registered": {"category", "area", "suggested_unit"},
    "Accepted": {"category", "suggested_unit"},
    "Joined": {"into"},
    "VoiceAdded": {"receipt", "from_case", "agency"},
    "Dispatched": {"unit", "category"},
    "Returned": {"unit"},
    "Signed": {"unit"},
    "Replied": {"unit", "known_from", "agency"},
    "Supplemented": {"receipt", "digest"},
    "Rated": {"receipt"},
    "VoiceWithdrawn": {"receipt"},
    "Withdrawn": {"receipt"},
    "PetitionerSeen": {"receipt"},
    "Looked": {"receipt"},
    "CameAgain": {"case_id"},
    "Erased": {"receipt"},
    "RatingAsked": {"receipts"},
    "ReworkOrdered": {"unit", "unsatisfied"},
    "ReviewAsked": {"receipt", "reviewer", "digest"},
    "ReviewDecided": {"unit"},
    "VoicesSplit": {"receipts", "to_case"},
    "SplitOff": {"receipts", "from_case", "consenting"},
    "DecisionPublished": {"quoted"},
    "ConsentWithdrawn": {"receipt"},
    "HandledDirectly": {"unit"},
    "AssistanceAsked": {"unit"},
    "AssistanceCalledOff": {"unit"},
    "AssistanceDue": {"unit"},
    "Assisted": {"unit"},
    "ConferenceCalled": {"members"},
    "ConferenceHeld": {"lead"},
    "OwnerNamed": {"login", "name"},
    "Supervised": {"offices"},
    "InspectionDue": {"offices"},
    "HearingHeld": {"lay"},
    "LayInvited": {"login", "name", "on"},
    "LayUninvited": {"login", "name"},
    "LayAnswered": {"login", "name"},
    "OpinionGiven": {"login", "name"},
    "Transferred": {"agency", "name", "number", "desk"},
    "TransferTaken": {"number", "their_number"},
    "AgencyReported": {"number", "name", "their_number"},
    "TransferReturned": {"number", "name", "desk"},
    "DeadlineSet": {"receipt", "name"},
    "ReferralReturned": {"name"},
    "RiskMarked": {"risks", "found", "receipt"},
    "AreaCorrected": {"area", "suggested_unit"},
}
"""The fields that hold a number or a code of ours, which nobody typed: they stay in the record for good."""


def written(payload: type[Payload]) -> set[str]:
    """The fields of a payload that can hold any text, or several."""
    hints = typing.get_type_hints(payload)
    return {field for field, hint in hints.items() if str in _parts(hint)}


def _parts(hint: object) -> set[object]:
    return {hint}.union(*(_parts(part) for part in typing.get_args(hint)))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_whatever_an_event_can_say_in_words_is_known_as_a_text_or_as_a_code(payload: type[Payload]) -> None:
    texts, codes = set(TEXTS.get(payload, ())), CODES.get(payload.__name__, set())
    assert written(payload) == texts | codes
    assert not texts & codes
    assert all(typing.get_type_hints(payload)[field] is str for field in texts)


def test_in_the_line_over_which_the_hash_is_taken_no_text_stands() -> None:
    for event in WITH_TEXTS:
        for field, text in texts_of(event.payload).items():
            assert text not in line_of(event)
            digest = hashlib.sha256(f"{event.salt}\n{field}\n{text}".encode()).hexdigest()
            assert digest == digests_of(event.payload, event.salt)[field]
            assert digest in line_of(event)


def test_only_an_event_with_a_text_is_salted() -> None:
    assert [bool(event.salt) for event in RECORD] == [event in WITH_TEXTS for event in RECORD]


def test_a_record_without_its_texts_holds_and_says_none_of_them() -> None:
    erased = [without_texts(event) for event in RECORD]
    assert first_break(erased) is None
    assert misfits(RECORD[0].case_id, erased) == []
    assert [line_of(event) for event in erased] == [line_of(event) for event in RECORD]
    assert replace(fold(erased), title=fold(RECORD).title) == fold(RECORD)
    stored = "".join(pack_event(event) for event in erased)
    for event in WITH_TEXTS:
        assert event.salt not in stored
        assert not any(text in stored for text in texts_of(event.payload).values())


@given(st.lists(st.sampled_from(range(len(RECORD)))))
def test_texts_can_be_erased_one_event_after_the_other_and_twice(numbers: list[int]) -> None:
    record = list(RECORD)
    for number in numbers:
        record[number] = without_texts(record[number])
    assert first_break(record) is None
    assert [read_event(pack_event(event)) for event in record] == record


@given(st.data())
def test_a_single_altered_byte_of_an_erased_line_is_found(data: st.DataObject) -> None:
    record: list[Event | None] = [without_texts(event) for event in RECORD]
    number = data.draw(st.sampled_from([RECORD.index(event) for event in WITH_TEXTS]))
    line = pack_event(without_texts(RECORD[number])).encode()
    place = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[place]))
    altered = line[:place] + bytes([byte]) + line[place + 1 :]
    record[number] = read_event(altered.decode(errors="replace"))
    assert number + 1 in misfits(RECORD[0].case_id, record)


@pytest.mark.parametrize("altered", ["text", "salt", "moved", "both"])
def test_another_text_another_salt_or_a_text_where_one_was_erased_is_found(altered: str) -> None:
    event = next(event for event in WITH_TEXTS if event.kind == "Drafted")
    forged = {
        "text": replace(event, payload=replace(event.payload, text="另一个说法")),
        "salt": replace(event, salt="00" * 16),
        "moved": replace(without_texts(event), erased={"words": next(iter(without_texts(event).erased.values()))}),
        "both": replace(event, erased=without_texts(event).erased),
    }[altered]
    record = [read_event(pack_event(forged)) if one is event else one for one in RECORD]
    assert event.number in misfits(event.case_id, record)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ('"salt":"', '"salt":"","x":"'),
        ('"hash":"', '"erased":{"nothing":"' + "0" * 64 + '"},"hash":"'),
        ('"hash":"', '"erased":{"outcome":"' + "0" * 64 + '"},"hash":"'),
    ],
)
def test_salt_and_digests_that_fit_no_text_are_no_event(here: str, there: str) -> None:
    event = next(event for event in WITH_TEXTS if event.kind == "Drafted")
    with pytest.raises(msgspec.ValidationError):
        unpack_event(pack_event(event).replace(here, there, 1))
