"""The free texts of events. The record is chained over their digests, so that a text can be erased and the chain holds.

Whatever a person typed is a text: a new kind of event lists its own here.
"""

import hashlib
from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.events import Event, Payload

TEXTS: dict[type[Payload], tuple[str, ...]] = {
    happened.Filed: ("title",),
    happened.Registered: ("place", "moved_by"),
    happened.RiskMarked: ("shown", "words"),
    happened.Declined: ("where_to",),
    happened.Dispatched: ("note",),
    happened.Returned: ("ground",),
    happened.Noted: ("text",),
    happened.Drafted: ("text",),
    happened.SentBack: ("words",),
    happened.Replied: ("text",),
    happened.Rated: ("words",),
    happened.VoiceWithdrawn: ("reason",),
    happened.Withdrawn: ("reason",),
    happened.Reminded: ("words",),
    happened.Supervised: ("words",),
    happened.Instructed: ("words",),
    happened.VoicesSplit: ("words",),
    happened.SplitOff: ("words",),
    happened.Referred: ("agency", "words", "their_number"),
    happened.Asked: ("question",),
    happened.ExtensionAsked: ("reason",),
    happened.ExtensionRefused: ("words",),
    happened.ExtensionGranted: ("reason",),
    happened.CalledBack: ("words",),
    happened.ReworkOrdered: ("words",),
    happened.HearingHeld: ("on", "present", "minutes"),
    happened.ReviewDecided: ("text",),
    happened.AssistanceAsked: ("words",),
    happened.AssistanceCalledOff: ("words",),
    happened.Assisted: ("text",),
    happened.ConferenceCalled: ("place", "words"),
    happened.ConferenceCalledOff: ("words",),
    happened.ConferenceHeld: ("present", "minutes", "opinion"),
    happened.OwnerNamed: ("words",),
    happened.DecisionPublished: ("title", "text"),
    happened.DecisionTakenDown: ("words",),
    happened.DecisionWithheld: ("words",),
    happened.OrderAnswered: ("words",),
    happened.OrderInspected: ("words",),
    happened.OrderReleased: ("words",),
    happened.InspectionOrdered: ("words",),
    happened.InspectionEnded: ("words",),
    happened.LayInvited: ("place", "words"),
    happened.LayUninvited: ("words",),
    happened.LayAnswered: ("words",),
    happened.OpinionGiven: ("words",),
    happened.Transferred: ("words",),
    happened.AgencyReported: ("unit_name", "words"),
    happened.TransferReturned: ("words",),
    happened.ReferralReturned: ("words",),
}


def texts_of(payload: Payload) -> dict[str, str]:
    """The texts that stand in ``payload``, by their fields; the empty ones left out."""
    fields = TEXTS.get(type(payload), ())
    return {field: text for field in fields if (text := str(getattr(payload, field)))}


def with_texts(payload: Payload, texts: Mapping[str, str]) -> Payload:
    """``payload`` with other texts in the fields that ``texts`` names."""
    return replace(payload, **texts) if texts else payload


def digests_of(payload: Payload, salt: str) -> dict[str, str]:
    """What the chain holds of each text of ``payload``: SHA-256, in hexadecimal, over salt, field and text."""
    return {field: _digest(salt, field, text) for field, text in texts_of(payload).items()}


def _digest(salt: str, field: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\n{field}\n{text}".encode()).hexdigest()


def detached(event: Event) -> Payload:
    """The event's payload with the digests in the place of its texts, of those also that were erased."""
    return with_texts(event.payload, {**event.erased, **digests_of(event.payload, event.salt)})


def without_texts(event: Event) -> Event:
    """The event once its texts and their salt are erased: who has only digests can guess at nothing."""
    digests = digests_of(event.payload, event.salt)
    emptied = with_texts(event.payload, dict.fromkeys(digests, ""))
    return replace(event, payload=emptied, salt="", erased={**event.erased, **digests})


def well_formed(event: Event) -> bool:
    """Whether salt and erased digests fit the payload: a salt where there are texts, else none; never texts and erased
    ones in one event, for they are erased together.
    """
    fields, texts = TEXTS.get(type(event.payload), ()), texts_of(event.payload)
    return bool(event.salt) == bool(texts) and not (texts and event.erased) and set(event.erased) <= set(fields)
