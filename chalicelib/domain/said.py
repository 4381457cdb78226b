"""What a model said of a letter, as the record keeps it: labels and how sure it was, and nothing of the letter."""

from msgspec import Struct


class Said(Struct, frozen=True):
    """One guess. ``label``: as the model was taught it; ``per_mille``: how sure it is, 930 for 93 in 100. A whole
    number, for the record is hashed, and programs write fractions differently.
    """

    label: str
    per_mille: int


class ModelSays(Struct, frozen=True, omit_defaults=True):
    """What the model of fingerprint ``model`` says, best guess first, three at most. ``sure``: whether it was as sure
    of the first as the desk asks of a model that decides.
    """

    model: str
    guesses: tuple[Said, ...]
    sure: bool = False
