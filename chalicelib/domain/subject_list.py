"""The subject list (内容分类): class, subject, matter. A city may use one, two or three of the levels.

An id shows its place: ``construction.sanitation.toilets`` is a matter of the subject ``construction.sanitation``, which
is of the class ``construction``. So figures roll up by the id alone, whatever the list has become since.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.name import Name
from chalicelib.domain.words import Level

SUBJECT_PARTS = 2  # of the id of a subject that belongs to a class


class Matter(Struct, frozen=True, omit_defaults=True):
    """三级分类: a subject more exactly. Where ``function`` or ``level`` is set, another unit is competent for it."""

    id: str  # the subject's, a dot, and one part more
    name: Name
    words: tuple[str, ...] = ()
    strong_words: tuple[str, ...] = ()
    function: str | None = None
    level: Level | None = None


class Category(Struct, frozen=True):
    """二级分类: a subject, the words by which letters show it, and the function that handles it."""

    id: str
    name: Name
    function: str  # which function of a unit is competent; "" for a class, which is nobody's as a whole
    level: Level  # the lowest level that has the competence: the place decides which unit of that level
    words: tuple[str, ...] = ()
    strong_words: tuple[str, ...] = ()  # each counts three times
    group: Name | None = None  # 一级分类: the class of the trade's subject list it belongs to
    matters: tuple[Matter, ...] = ()

    def refined(self, matter: Matter) -> "Category":
        """``matter`` as what is chosen: with its own competence where it has one."""
        return replace(
            self,
            id=matter.id,
            name=matter.name,
            function=self.function if matter.function is None else matter.function,
            level=self.level if matter.level is None else matter.level,
            words=matter.words,
            strong_words=matter.strong_words,
            matters=(),
        )


class SubjectClass(Struct, frozen=True):
    """一级分类 with what stands in it. ``id``: "" where the subjects' ids do not show one."""

    id: str
    name: Name | None
    categories: tuple[Category, ...]


def found_in(categories: tuple[Category, ...], wanted: str | None) -> Category | None:
    """The class, subject or matter of the id ``wanted``; None if there is none. A class has no function."""
    if not wanted:
        return None
    subject = wanted if wanted.count(".") < SUBJECT_PARTS else subject_id(wanted)
    for category in categories:
        if category.id == subject:
            if subject == wanted:
                return category
            return next((category.refined(matter) for matter in category.matters if matter.id == wanted), None)
    inside = (one for one in categories if one.group is not None and class_id(one.id) == wanted != one.id)
    first = next(inside, None)
    return Category(wanted, first.group, "", Level.CITY, group=first.group) if first and first.group else None


def subject_id(wanted: str) -> str:
    """The id of the subject in which ``wanted`` counts: its own, or of a matter the one it refines."""
    return ".".join(wanted.split(".")[:SUBJECT_PARTS])


def class_id(wanted: str) -> str:
    """The id of the class in which ``wanted`` stands."""
    return wanted.partition(".")[0]


def counts_as(wanted: str, one: str) -> bool:
    """Whether what stands under the id ``wanted`` is ``one``, or lies in it."""
    return wanted == one or wanted.startswith(f"{one}.")


def classes_of(categories: Iterable[Category]) -> tuple[SubjectClass, ...]:
    """The list by its classes, in their order; subjects without a class come first."""
    together: dict[str, list[Category]] = {}
    for one in sorted(categories, key=lambda one: one.group is not None):
        together.setdefault(one.group.zh if one.group else "", []).append(one)
    return tuple(SubjectClass(_shown_class(found), found[0].group, tuple(found)) for found in together.values())


def _shown_class(found: list[Category]) -> str:
    """The class that the ids of ``found`` show, if they all show one."""
    ids = {class_id(one.id) if "." in one.id else "" for one in found}
    return ids.pop() if len(ids) == 1 else ""


def every_level(categories: Iterable[Category]) -> Iterator[Category]:
    """Every subject, each followed by its matters."""
    for category in categories:
        yield category
        yield from (category.refined(matter) for matter in category.matters)
