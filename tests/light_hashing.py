"""A password's hash takes 66 ms, on purpose; a thousand tests sign somebody in, and most are about something else.

Here argon2 is given a thousandth of the memory that the desk asks for, and all else as it asks: its hashes still differ
by their settings. The tests with a browser go by the real ones: their desk is another process.
"""

from typing import Any

from argon2 import DEFAULT_MEMORY_COST, DEFAULT_PARALLELISM, PasswordHasher

THOUSANDTH = 1024


def hash_lightly() -> None:
    """Once a process, before any hasher is made."""
    made = PasswordHasher.__init__

    def lightly(self: PasswordHasher, **settings: Any) -> None:
        least = 8 * settings.get("parallelism", DEFAULT_PARALLELISM)  # KiB: argon2 takes no less
        memory = max(settings.pop("memory_cost", DEFAULT_MEMORY_COST) // THOUSANDTH, least)
        made(self, **settings, memory_cost=memory)

    setattr(PasswordHasher, "__init__", lightly)  # noqa: B010
