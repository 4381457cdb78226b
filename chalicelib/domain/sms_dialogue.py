"""来信短信: a dialogue by numbers, as a machine of states.

(what was said so far, a text) → (what is said then, an answer, what the desk is to do).

A dialogue is filed once at most: filing ends it, and the next one has another key. Nobody is asked the same for ever:
after three answers that cannot be read it stops, and says so.
"""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain.arrivals import cleaned, language_of, mailbox_for
from chalicelib.domain.city import Area, City
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.sms_talk import Add, Answer, File, Show, Step, Talk, Turn
from chalicelib.domain.sms_words import KINDS, Word, is_matter, is_name, number_in, pair_in, word_in
from chalicelib.domain.words import Kind, Level

MOST_WRONG = 3
SHOWN_OF_TEXT = 10  # characters of it, when she is asked whether to send it


def turn(talk: Talk, said: str, key: str, city: City) -> Turn:
    """What follows from ``said``. ``key``: of the dialogue, should one begin with it."""
    said = cleaned(said)
    word = word_in(said)
    if word is Word.OFF:
        return Turn(Talk(language=talk.language), Answer("off"))
    if word is Word.END and talk.step not in (Step.OPEN, Step.SHOWN):
        return _stopped(talk)
    if word is Word.HELP and talk.step not in (Step.OPEN, Step.SHOWN):
        return Turn(talk, _question(talk, city))
    return _STEPS[talk.step](talk, said, key, city)


def filed(after: Turn, receipt: str) -> Turn:
    """What is said once the matter is filed."""
    return Turn(Talk(Step.SHOWN, after.talk.language, receipt=receipt), Answer("receipt", {"receipt": receipt}))


def shown(after: Turn, receipt: str, values: dict[str, str]) -> Turn:
    """What is said to who has number and code; ``values`` tell how it stands."""
    return Turn(Talk(Step.SHOWN, after.talk.language, receipt=receipt), Answer("status", values))


def not_admitted(after: Turn, message: str, values: dict[str, str]) -> Turn:
    """What is said to who has not, and may try again: too often in one dialogue not."""
    talk = replace(after.talk, step=Step.PAIR, receipt="", wrong=after.talk.wrong + 1)
    return Turn(talk, Answer(message, values)) if talk.wrong < MOST_WRONG else _lost(talk)


def added(after: Turn, message: str) -> Turn:
    """What is said once something was added, or could not be."""
    return Turn(after.talk, Answer(message))


def areas_of(city: City) -> tuple[Area, ...]:
    """The areas in the order of their numbers: the counties of a city, the townships of a county."""
    for level in (Level.COUNTY, Level.TOWNSHIP):
        within = tuple(area for area in city.areas if area.level is level and area.parent is not None)
        if within:
            return within
    return ()


def _open(talk: Talk, said: str, key: str, city: City) -> Turn:
    pair = pair_in(said)
    if pair is not None and pair.code:  # its letters are no language
        return Turn(Talk(Step.PAIR, talk.language, key), None, Show(pair))
    begun = Talk(Step.MENU, language_of(said, talk.language), key)
    if is_matter(said):
        return _ask(replace(begun, text=said[: LONGEST["text"]], written=True), city)
    return _menu(begun, said, key, city) if number_in(said) in (1, 2) else Turn(begun, Answer("menu"))


def _menu(talk: Talk, said: str, key: str, city: City) -> Turn:
    match number_in(said):
        case 1:
            return _ask(talk, city)
        case 2:
            return Turn(replace(talk, step=Step.PAIR, wrong=0), Answer("pair"))
        case 0:
            return _stopped(talk)
        case _ if is_matter(said) or pair_in(said) is not None:
            return _open(talk, said, key, city)
        case _:
            return _wrong(talk, city)


def _kind(talk: Talk, said: str, key: str, city: City) -> Turn:
    number = number_in(said)
    if number == 0:
        return _stopped(talk)
    if number is not None and number <= len(KINDS):
        kind = KINDS[number - 1]
        if mailbox_for(city, kind) is None:
            return Turn(Talk(language=talk.language), Answer("sealed_only" if kind is Kind.ACCUSATION else "not_taken"))
        return _ask(replace(talk, kind=kind), city)
    return _more_or_wrong(talk, said, city)


def _area(talk: Talk, said: str, key: str, city: City) -> Turn:
    number, areas = number_in(said), areas_of(city)
    if number is not None and number <= len(areas):
        return _ask(replace(talk, area=areas[number - 1].code if number else ""), city)
    return _more_or_wrong(talk, said, city)


def _text(talk: Talk, said: str, key: str, city: City) -> Turn:
    number = number_in(said)
    if number == 0:
        return _stopped(talk)
    if number == 1 and talk.text:
        return _ask(replace(talk, written=True), city)
    return _wrong(talk, city) if number is not None or not said else _noted(talk, said)


def _name(talk: Talk, said: str, key: str, city: City) -> Turn:
    if number_in(said) == 0:
        return _ask(replace(talk, name=""), city)
    if is_name(said):
        return _ask(replace(talk, name=" ".join(said.split())), city)
    return _more_or_wrong(talk, said, city)


def _confirm(talk: Talk, said: str, key: str, city: City) -> Turn:
    match number_in(said):
        case 1:
            assert talk.kind is not None  # it is asked for before this
            matter = File(talk.key, talk.kind, talk.area or "", talk.text, talk.name or "")
            return Turn(Talk(language=talk.language), None, matter)
        case 2:
            return Turn(replace(talk, step=Step.CHANGE, wrong=0), Answer("change"))
        case 0:
            return _stopped(talk)
        case _:
            return _more_or_wrong(talk, said, city)


def _change(talk: Talk, said: str, key: str, city: City) -> Turn:
    match number_in(said):
        case 1:
            return _ask(replace(talk, kind=None), city)
        case 2:
            return _ask(replace(talk, area=None), city)
        case 3:
            return _ask(replace(talk, text="", written=False), city)
        case 4:
            return _ask(replace(talk, name=None), city)
        case 0:
            return _ask(talk, city)
        case _:
            return _wrong(talk, city)


def _pair(talk: Talk, said: str, key: str, city: City) -> Turn:
    if number_in(said) == 0:
        return _stopped(talk)
    pair = pair_in(f"{talk.receipt} {said}") if talk.receipt else pair_in(said)
    if pair is None:
        return _wrong(replace(talk, receipt=""), city)
    if not pair.code:
        return Turn(replace(talk, receipt=pair.number, wrong=0), Answer("code"))
    return Turn(talk, None, Show(pair))


def _shown(talk: Talk, said: str, key: str, city: City) -> Turn:
    if number_in(said) == 3:
        return Turn(replace(talk, step=Step.ADDING, text="", wrong=0), Answer("adding"))
    return _open(talk, said, key, city)


def _adding(talk: Talk, said: str, key: str, city: City) -> Turn:
    number = number_in(said)
    if number == 0:
        return _stopped(talk)
    if number == 1 and talk.text:
        return Turn(Talk(Step.SHOWN, talk.language, receipt=talk.receipt), None, Add(talk.receipt, talk.text))
    return _wrong(talk, city) if number is not None or not said else _noted(talk, said)


_STEPS: dict[Step, Callable[[Talk, str, str, City], Turn]] = {
    Step.OPEN: _open,
    Step.MENU: _menu,
    Step.KIND: _kind,
    Step.AREA: _area,
    Step.TEXT: _text,
    Step.NAME: _name,
    Step.CONFIRM: _confirm,
    Step.CHANGE: _change,
    Step.PAIR: _pair,
    Step.SHOWN: _shown,
    Step.ADDING: _adding,
}


def _ask(talk: Talk, city: City) -> Turn:
    """Ask for the first thing that is missing; for a yes when nothing is."""
    missing = {
        Step.KIND: talk.kind is None,
        Step.AREA: talk.area is None and bool(areas_of(city)),
        Step.TEXT: not talk.written,
        Step.NAME: talk.name is None,
        Step.CONFIRM: True,
    }
    asking = replace(talk, step=next(step for step in missing if missing[step]), wrong=0)
    return Turn(asking, _question(asking, city))


def _question(talk: Talk, city: City, *, again: bool = False) -> Answer:
    """The question of the step; its lists are filled in where the languages are known."""
    values: dict[str, str] = {}
    if talk.step is Step.CONFIRM:
        assert talk.kind is not None
        values = {
            "kind": talk.kind.value,
            "area": talk.area or "",
            "name": talk.name or "",
            "count": str(len(talk.text)),
            "start": " ".join(talk.text.split())[:SHOWN_OF_TEXT],
        }
    return Answer(talk.step.value, values, again)


def _more_or_wrong(talk: Talk, said: str, city: City) -> Turn:
    """A long text is no answer to a question, but goes on with the matter: long texts come in parts."""
    if number_in(said) is None and talk.written and is_matter(said):
        longer = _with(talk, said)
        return Turn(longer, _question(longer, city)) if longer.text != talk.text else Turn(talk, _full())
    return _wrong(talk, city)


def _noted(talk: Talk, said: str) -> Turn:
    longer = _with(talk, said)
    if longer.text == talk.text:
        return Turn(talk, _full())
    return Turn(longer, Answer("noted", {"count": str(len(longer.text))}))


def _with(talk: Talk, said: str) -> Talk:
    """The text with another part, unless that is more than a submission can hold."""
    text = f"{talk.text}\n{said}" if talk.text else said
    return replace(talk, text=text, wrong=0) if len(text) <= LONGEST["text"] else talk


def _full() -> Answer:
    return Answer("full", {"most": str(LONGEST["text"])})


def _wrong(talk: Talk, city: City) -> Turn:
    wrong = replace(talk, wrong=talk.wrong + 1)
    return Turn(wrong, _question(wrong, city, again=True)) if wrong.wrong < MOST_WRONG else _lost(wrong)


def _lost(talk: Talk) -> Turn:
    return Turn(Talk(language=talk.language), Answer("lost"))


def _stopped(talk: Talk) -> Turn:
    return Turn(Talk(language=talk.language), Answer("stopped"))
