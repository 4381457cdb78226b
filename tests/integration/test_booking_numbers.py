"""The numbers of bookings: two are never one, and of a number that is forgotten nothing is told."""

import pytest

from chalicelib.config import config
from chalicelib.desk import booking
from chalicelib.desk.vault import Vault
from chalicelib.domain.errors import NotFound
from chalicelib.storage import receptions
from chalicelib.storage.keys import booking_key
from tests.integration.desk import Desk
from tests.integration.receiving import ADDRESS, booked, booking_form, planned
from tests.integration.watching import own


def test_two_forms_that_meet_in_one_number_are_two_bookings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception = planned(desk)
    first = booked(desk, reception)
    honest = Vault.receipt_of

    def meeting(self: Vault, form_key: str, attempt: int = 0) -> str:
        return honest(self, form_key, attempt) if attempt else first.standing.number

    monkeypatch.setattr(Vault, "receipt_of", meeting)
    second = booked(desk, planned(desk, days=4))
    assert second.standing.number != first.standing.number
    assert not second.repeated
    assert booking.look_up(first.standing.number).reception.id == reception.id, "the first is untouched"


def test_of_a_number_that_is_forgotten_nothing_is_told_not_even_to_its_own_form(desk: Desk) -> None:
    reception, form = planned(desk), booking_form()
    number = booking.book(reception.id, form, "zh", ADDRESS, desk.now).standing.number
    pk, sk = booking_key(number)
    own("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    with pytest.raises(NotFound):
        booking.look_up(number)
    with pytest.raises(NotFound):
        booking.book(reception.id, form, "zh", ADDRESS, desk.now)
    assert len(receptions.load(reception.id).bookings) == 1, "and no second place is taken"
