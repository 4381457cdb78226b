"""What is refused at a reception."""

from chalicelib.domain.errors import Refused


class Full(Refused):
    """Every place of the reception is taken."""

    code = "reception_full"


class Begun(Refused):
    """The reception has begun or is over: it is no longer booked, changed, or cancelled by who booked."""

    code = "reception_begun"


class CalledOff(Refused):
    """The reception does not take place."""

    code = "reception_called_off"


class NotYet(Refused):
    """Nobody is heard before the day."""

    code = "reception_not_yet"


class Settled(Refused):
    """Somebody was heard, or did not come: what is booked can no longer be cancelled or called off."""

    code = "booking_settled"


class TurnTaken(Refused):
    """Somebody else has that turn, or it is none of the day's."""

    code = "reception_turn_taken"
