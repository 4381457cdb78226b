"""What goes wrong, and when: all of it follows from a seed, so that a run that broke something can be had again.

The fault of a call depends on the seed, the operation and how many of that operation came before; when nothing of a
service works depends on the seed alone. In which order 70 people's calls arrive is the machine's to say.
"""

import random
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What can happen to one call of AWS."""

    THROTTLED = "throttled"
    CONFLICT = "conflict"  # somebody else's transaction holds an item
    FAILED_BEFORE = "failed_before"  # the service's own error, and nothing was done
    FAILED_AFTER = "failed_after"  # done, and an error all the same
    CUT_BEFORE = "cut_before"  # the line breaks, and nothing was done
    CUT_AFTER = "cut_after"  # done, and the line breaks
    SLOW = "slow"
    KILLED_BEFORE = "killed_before"  # the function dies as it asks
    KILLED_AFTER = "killed_after"  # the function dies with its work done and nothing said
    REFUSED_SOME = "refused_some"  # of a batch of messages
    DOUBLED = "doubled"  # each message comes twice
    REORDERED = "reordered"  # later ones overtake earlier ones


class Fault(Struct, frozen=True):
    """What happens to a call. ``stubborn``: to its repetitions by the client too; ``seconds`` of delay."""

    kind: Kind
    stubborn: bool = False
    seconds: float = 0.0


class Spell(Struct, frozen=True):
    """From ``begins`` to ``ends``, in seconds of the run, every call of ``service`` meets ``kind``."""

    service: str
    kind: Kind
    begins: float
    ends: float


READS: dict[Kind, float] = {
    Kind.THROTTLED: 4,
    Kind.FAILED_BEFORE: 3,
    Kind.CUT_BEFORE: 3,
    Kind.SLOW: 3,
    Kind.KILLED_BEFORE: 0.3,
}
WRITES: dict[Kind, float] = {
    Kind.THROTTLED: 5,
    Kind.CONFLICT: 4,
    Kind.FAILED_BEFORE: 4,
    Kind.FAILED_AFTER: 7,
    Kind.CUT_BEFORE: 4,
    Kind.CUT_AFTER: 7,
    Kind.SLOW: 2,
    Kind.KILLED_BEFORE: 2,
    Kind.KILLED_AFTER: 5,
}
SENDS: dict[Kind, float] = {
    Kind.DOUBLED: 12,
    Kind.REORDERED: 8,
    Kind.REFUSED_SOME: 5,
    Kind.FAILED_BEFORE: 2,
    Kind.FAILED_AFTER: 4,
    Kind.CUT_BEFORE: 2,
    Kind.CUT_AFTER: 4,
    Kind.KILLED_BEFORE: 2,
    Kind.KILLED_AFTER: 2,
}
OTHERS: dict[Kind, float] = {
    Kind.FAILED_BEFORE: 3,
    Kind.CUT_BEFORE: 3,
    Kind.CUT_AFTER: 3,
    Kind.SLOW: 3,
}  # S3, KMS, taking back a message

WRITING = frozenset({"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"})
SENDING = frozenset({"SendMessage", "SendMessageBatch"})
SHARES = {"read": (0.015, READS), "write": (0.08, WRITES), "send": (0.3, SENDS), "other": (0.02, OTHERS)}

STUBBORN = 0.5  # of the faults: else the client's own retries would hide nearly all of them
LONGEST_DELAY = 2.5  # seconds
SPELL_EVERY = 40.0  # seconds
SPELLS = (
    ("dynamodb", Kind.CUT_BEFORE, 2.0),
    ("dynamodb", Kind.CUT_AFTER, 1.5),
    ("dynamodb", Kind.THROTTLED, 4.0),
    ("dynamodb", Kind.FAILED_AFTER, 2.0),
    ("sqs", Kind.CUT_BEFORE, 6.0),
    ("sqs", Kind.FAILED_AFTER, 4.0),
)
"""What fails altogether for a while: the service, how, and for how many seconds at the most."""


class Plan(Struct, frozen=True):
    """Everything that goes wrong in ``duration`` seconds."""

    seed: str
    duration: float
    spells: tuple[Spell, ...]

    def fault(self, operation: str, number: int) -> Fault | None:
        """What happens to the ``number``-th call of ``operation``; None for what mostly happens: nothing."""
        chance = random.Random(f"{self.seed}/{operation}/{number}")
        share, kinds = SHARES[group_of(operation)]
        if chance.random() >= share:
            return None
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        return Fault(kind, chance.random() < STUBBORN, chance.uniform(0.2, LONGEST_DELAY))

    def spell(self, service: str, second: float) -> Fault | None:
        """What happens to every call of ``service`` just now."""
        found = next((one for one in self.spells if one.service == service and one.begins <= second < one.ends), None)
        return Fault(found.kind) if found is not None else None

    def chance(self, who: str) -> random.Random:
        """The dice of one of the people."""
        return random.Random(f"{self.seed}/{who}")


def group_of(operation: str) -> str:
    """Which faults an operation may meet."""
    if operation in WRITING:
        return "write"
    if operation in SENDING:
        return "send"
    return "read" if operation in ("GetItem", "Query", "BatchGetItem", "TransactGetItems") else "other"


def planned(seed: str, duration: float) -> Plan:
    """The plan of a seed."""
    chance = random.Random(f"{seed}/spells")
    spells = []
    for number in range(int(duration / SPELL_EVERY)):
        service, kind, longest = chance.choice(SPELLS)
        begins = number * SPELL_EVERY + chance.uniform(5, SPELL_EVERY - longest)
        spells.append(Spell(service, kind, begins, begins + chance.uniform(longest / 2, longest)))
    return Plan(seed, duration, tuple(spells))
