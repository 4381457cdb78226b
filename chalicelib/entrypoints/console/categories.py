"""The category in the forms of a case: the model's offers first, the whole list after them."""

from chalicelib.desk import cities, working
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import Registered
from chalicelib.domain.offers import Offers, offers_of
from chalicelib.domain.opinions import LIST_MARK
from chalicelib.entrypoints.console.visits import Visit


def offers_for(dossier: working.Dossier) -> Offers:
    """What is offered for the letter that began the case; nothing where no model has spoken of it."""
    registered = [event.payload for event in dossier.events if isinstance(event.payload, Registered)]
    if not registered or registered[0].model_says is None or not dossier.voices:
        return Offers()
    first, letter = registered[0], dossier.voices[0]
    words = tuple(word for word in first.moved_by.split(LIST_MARK) if word)
    return offers_of(
        registered[0].model_says, words, dossier.case.category, letter.title, letter.text, cities.current()
    )


def chosen_category(visit: Visit) -> str | None:
    """The category that was chosen, None for none: in the list, or among the offers.

    Raises Invalid for two different ones. The offer that was marked when the page came yields to the list.
    """
    listed, offer = visit.form.get("category", ""), visit.form.get("offer", "")
    if listed and offer not in ("", visit.form.get("offer_was", ""), listed):
        raise Invalid([FieldError("category", "learning.two_chosen")])
    return listed or offer or None
