"""What a letter is about by two opinions, the city's words' and a model's: which decides, and where neither does.

The words are the floor: a model speaks only where they are not sure, and where both are sure and differ a person
decides (docs/decisions/0024). Nothing here ever sees an accusation.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.city import Category, City, Name
from chalicelib.domain.events import Reason
from chalicelib.domain.said import ModelSays, Said
from chalicelib.domain.subject_list import counts_as
from chalicelib.domain.subjects import Subject

WORDS_SHOWN = 5
LIST_MARK = "、"


class Heard(Struct, frozen=True):
    """A model's opinion on one letter. ``words``: of the letter, by which it was moved; ``decides``: False for a model
    that only advises as yet.
    """

    says: ModelSays
    words: tuple[str, ...] = ()
    decides: bool = True

    @property
    def moved_by(self) -> str:
        """The words in one line."""
        return LIST_MARK.join(self.words[:WORDS_SHOWN])


def meant_by(label: str, city: City) -> tuple[Category, ...]:
    """The categories of ``city`` that a model's label stands for: one by its id or name, or all of a top class; none
    where the city knows no such thing.
    """
    exact = tuple(one for one in city.categories if label in (one.id, one.name.zh))
    return exact[:1] or tuple(one for one in city.categories if one.group is not None and one.group.zh == label)


def name_of(label: str, city: City) -> Name:
    """What a label is called in both languages; itself where the city knows no such thing."""
    found = meant_by(label, city)
    if not found:
        return Name(label, label)
    group = found[0].group
    return group if group is not None and group.zh == label else found[0].name


def said_in_percent(said: Said) -> str:
    """How sure it is, rounded down: what is not certain is never called 100 %."""
    return f"{said.per_mille // 10}%"


def joined(words: Subject, among: Callable[[frozenset[str]], Subject], heard: Heard, city: City) -> Subject:
    """What the letter is about by both. ``words``: by the words alone; ``among``: the same with none but the categories
    of these ids to choose from.
    """
    best = next(iter(heard.says.guesses), None)
    meant = meant_by(best.label, city) if best is not None else ()
    if best is None or not meant:
        return words
    said = _params(best, city)
    known = words.category if not words.doubts else None
    if not (heard.says.sure and heard.decides):
        advice = Reason("reason.model_advises" if heard.decides else "reason.model_on_trial", said)
        return words if known is not None else replace(words, grounds=(*words.grounds, advice))
    if known is not None:
        agreed = any(counts_as(known.id, one.id) for one in meant)
        return words if agreed else replace(words, doubts=(_contradiction(known, said),))
    ground = Reason("reason.model", said)
    if len(meant) == 1:
        if words.category is not None and counts_as(words.category.id, meant[0].id):
            return Subject(words.category, (*words.grounds, ground), ())
        return Subject(meant[0], (ground,), ())
    narrowed = among(frozenset(one.id for one in meant))
    if narrowed.category is None:
        return Subject(None, (ground,), (Reason("reason.model_group", said),))
    return replace(narrowed, grounds=(*narrowed.grounds, ground))


def _params(said: Said, city: City) -> dict[str, str]:
    """Never the letter's own words: reasons stay in the record when a letter is erased."""
    name = name_of(said.label, city)
    return {"said_zh": name.zh, "said_en": name.en, "confidence": said_in_percent(said)}


def _contradiction(category: Category, said: dict[str, str]) -> Reason:
    names = {"category_zh": category.name.zh, "category_en": category.name.en}
    return Reason("reason.model_differs", {**names, **said})
