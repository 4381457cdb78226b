"""The categories that a clerk is offered first, where a model has said what it takes a letter for."""

from msgspec import Struct

from chalicelib.domain.city import Category, City, Name
from chalicelib.domain.opinions import meant_by, name_of, said_in_percent
from chalicelib.domain.routing import likeliest_by_words
from chalicelib.domain.said import ModelSays

LEAST_SAID = 50  # per mille from which a top class is worth a line


class Offer(Struct, frozen=True):
    """A category, and how sure the model is; "" for the one that the case stands under, if the model named it not."""

    category: Category
    confidence: str = ""


class Offers(Struct, frozen=True):
    """What to choose from, best first. ``classes``: top classes that the model named, in which no word shows one
    category before the others, each with its confidence: these are for the list. ``moved_by``: words of the letter.
    """

    offers: tuple[Offer, ...] = ()
    classes: tuple[tuple[Name, str], ...] = ()
    moved_by: tuple[str, ...] = ()


def offers_of(
    says: ModelSays, moved_by: tuple[str, ...], current: str | None, title: str, text: str, city: City
) -> Offers:
    """The offers for a letter. ``current``: the category that it stands under."""
    found: dict[str, Offer] = {}
    classes: list[tuple[Name, str]] = []
    for guess in says.guesses:
        meant = meant_by(guess.label, city)
        one = meant[0] if len(meant) == 1 else likeliest_by_words(title, text, frozenset(one.id for one in meant), city)
        if one is not None:
            found.setdefault(one.id, Offer(one, said_in_percent(guess)))
        elif meant and guess.per_mille >= LEAST_SAID:
            classes.append((name_of(guess.label, city), said_in_percent(guess)))
    standing = city.category(current)
    if standing is not None:
        found.setdefault(standing.id, Offer(standing))
    return Offers(tuple(found.values()), tuple(classes), moved_by)
