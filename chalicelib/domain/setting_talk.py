"""The hours of 在线沟通 and the clerks' phrases, as an office sets them."""

from collections.abc import Mapping

from chalicelib.domain.fields import FieldReader
from chalicelib.domain.talk_hours import Session, TalkHours, minutes_of

MOST_SESSIONS = 2  # of a day: the morning and the afternoon
MOST_PHRASES, LONGEST_PHRASE = 12, 200


def read_hours(raw: Mapping[str, object]) -> TalkHours:
    """The hours that a form says: ``on``, ``always`` ("yes"), ``opens1``, ``closes1``, ``opens2``, ``closes2``, and
    ``phrases``, one a line. A session without times is none. Raises Invalid naming the fields.
    """
    reader = FieldReader(raw)
    always = raw.get("always") == "yes"
    sessions: list[Session] = []
    for number in range(1, MOST_SESSIONS + 1):
        opens, closes = (reader.text(f"{name}{number}", longest=5) for name in ("opens", "closes"))
        if opens or closes:
            sessions.append(Session(opens, closes))
            _check(reader, sessions, number)
    if not sessions and not always:
        reader.refuse("opens1", "field.empty")
    lines = reader.text("phrases", longest=MOST_PHRASES * (LONGEST_PHRASE + 2), many_lines=True).split("\n")
    phrases = tuple(line.strip() for line in lines if line.strip())
    if len(phrases) > MOST_PHRASES or any(len(phrase) > LONGEST_PHRASE for phrase in phrases):
        reader.refuse("phrases", "chat.phrases", most=str(MOST_PHRASES), longest=str(LONGEST_PHRASE))
    reader.raise_errors()
    return TalkHours(raw.get("on") == "yes", always, tuple(sessions), phrases)


def _check(reader: FieldReader, sessions: list[Session], number: int) -> None:
    """A session ends after it begins, and begins when the one before is over."""
    opens, closes = minutes_of(sessions[-1].opens), minutes_of(sessions[-1].closes)
    if opens is None:
        reader.refuse(f"opens{number}", "chat.not_time")
    if closes is None:
        reader.refuse(f"closes{number}", "chat.not_time")
    if opens is None or closes is None:
        return
    if closes <= opens:
        reader.refuse(f"closes{number}", "chat.ends_before")
    before = minutes_of(sessions[-2].closes) if len(sessions) > 1 else None
    if before is not None and opens < before:
        reader.refuse(f"opens{number}", "chat.overlaps")
