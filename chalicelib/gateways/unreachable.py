"""The one refusal of a provider that no second try mends."""


class Unreachable(Exception):
    """Nothing can be sent to this address by this way. The message says why, without the address."""
