"""What the trade refuses, and why. Each becomes one message to the reader, at the edge."""

from msgspec import Struct

from chalicelib.domain.words import Action, State


class Refused(Exception):
    """A request the desk turns down. ``code`` is the key of its message; ``params`` fill it."""

    code = "refused"

    def __init__(self, **params: str) -> None:
        super().__init__(self.code, params)
        self.params = params


class NotAllowed(Refused):
    """This role may not do this at all."""

    code = "not_allowed"


class NotYours(Refused):
    """The case is another unit's, or not shown to this person."""

    code = "not_yours"


class WrongState(Refused):
    """The case stands where this step cannot be taken."""

    code = "wrong_state"

    def __init__(self, action: Action, state: State) -> None:
        super().__init__(action=action.value, state=state.value)


class TooLate(Refused):
    """The window for this step has closed."""

    code = "too_late"


class RuleBroken(Refused):
    """A rule of the trade stands against it. ``code`` names the rule, as its message does."""

    def __init__(self, rule: str, **params: str) -> None:
        self.code = rule
        super().__init__(**params)


class NotFound(Refused):
    """No such thing, or not for you: the two are never told apart."""

    code = "not_found"


class DataErased(Refused):
    """What is asked for was erased at the citizen's request, or is being erased; ``day``: since when."""

    def __init__(self, day: str, done: bool) -> None:
        self.code = "data_erased" if done else "data_being_erased"
        super().__init__(day=day)


class DayOpen(Refused):
    """The day is not closed: it has no root yet."""

    code = "day_open"


class SlowDown(Refused):
    """Too many wrong tries. ``seconds``: when to come again."""

    code = "slow_down"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=str(seconds))
        self.seconds = seconds


class TooMany(SlowDown):
    """More than one may ask for in a while. ``what`` names the limit as its message does; ``phone``: the counter's."""

    def __init__(self, what: str, seconds: int, phone: str) -> None:
        super().__init__(seconds)
        self.code = f"too_many_{what}"
        self.params |= {"minutes": str(-(-seconds // 60)), "phone": phone}


class KeyUsed(Refused):
    """The form's key was used for other content."""

    code = "key_used"


class Changed(Refused):
    """Somebody else moved the case in the meantime."""

    code = "changed"


class FieldError(Struct, frozen=True):
    """One field of a form that cannot be taken. ``code`` is a message key; ``params`` fill it."""

    field: str
    code: str
    params: tuple[tuple[str, str], ...] = ()


class Invalid(Refused):
    """Some fields of a form cannot be taken."""

    code = "invalid"

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__()
        self.errors = errors
