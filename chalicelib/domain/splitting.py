"""拆分: what was joined by mistake is taken apart again, each citizen with the matter she wrote of."""

from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import SplitOff, VoicesSplit
from chalicelib.domain.handling import required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import State


def split(case: Case, origin: Case, words: str, at: datetime, trade: Trade) -> tuple[VoicesSplit, SplitOff]:
    """What is recorded on ``case``, and on ``origin``, which had been joined to it and goes on by itself.

    Raises Invalid when ``origin`` was not joined to ``case``, RuleBroken when its citizens were answered already or
    nobody would be left with one of the two.
    """
    if origin.state is not State.JOINED or origin.joined_to != case.case_id:
        raise Invalid([FieldError("receipt", "split.not_joined")])
    own = {voice.receipt for voice in origin.voices}
    leaving = [voice for voice in case.voices if voice.receipt in own]
    if any(voice.answered_at is not None for voice in leaving):
        raise RuleBroken("split.answered")
    going_on = tuple(receipt for receipt in case.receipts if receipt in own)
    if not going_on or len(going_on) == len(case.receipts):
        raise RuleBroken("split.nobody_left")
    said = required_words("words", words)
    receipts = tuple(voice.receipt for voice in leaving)
    dates = (voice.bound_by for voice in origin.voices if voice.bound_by is not None and not voice.withdrawn)
    clocks = trade.bound(trade.to_accept(trade.to_register(at), at), min(dates, default=None))
    consenting = tuple(receipt for receipt in case.consenting if receipt in own)
    off = SplitOff(case.case_id, going_on, said, clocks, consenting)
    return VoicesSplit(receipts, origin.case_id, said), off
