"""How a provider refuses a notice."""


class Unreachable(Exception):
    """Nothing can be sent to this address by this way, and no second try mends it. The message says why, without the
    address.
    """


class NotTaken(Exception):
    """The provider did not take it now. The message says why, without the address.

    ``retry_after``: seconds that it asks to be left alone. ``silent``: it gave no answer within its time.
    """

    def __init__(self, why: str, retry_after: int | None = None, *, silent: bool = False) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.silent = silent
