"""The year put into an empty table: each life's items as the desk's commits leave them, written many at a time.

What is not written: the bands by which near-identical letters and replies are found (nothing here looks for them, and
they expire), topics (they are those of the last three months), and the messages of the outbox, all of which were acted
upon.
"""

import base64
import hashlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from tqdm import tqdm

from chalicelib.config import config
from chalicelib.desk import cities
from chalicelib.desk.committing import Step
from chalicelib.desk.vault import vault
from chalicelib.domain.facts import Entry, entries_of
from chalicelib.gateways import aws
from chalicelib.gateways.kms import PURPOSE
from chalicelib.storage import decisions, matters, settings
from chalicelib.storage.facts import ledger_item
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import Work, items_of
from infra.year.city import city_of_the_year
from infra.year.course import live
from infra.year.living import Life
from infra.year.plan import Letter
from infra.year.writing import write

WORKERS = min(2, os.cpu_count() or 1)  # the engine is one process: more than two wait for it
AT_ONCE = 200  # letters that a worker is given


class Loaded(Struct):
    """What was put into the table."""

    events: int = 0
    items: int = 0
    seconds: float = 0.0


class Numbered(Struct, frozen=True):
    """A letter with its receipt."""

    letter: Letter
    receipt: str


def load(letters: Sequence[Letter], seed: int, workers: int = WORKERS) -> Loaded:
    """Put the city and the lives of ``letters`` into the table of this process; ``workers`` 0: without others."""
    began = time.monotonic()
    _furnish(seed)
    numbered = _numbered(letters, seed)
    parts = [numbered[start : start + AT_ONCE] for start in range(0, len(numbered), AT_ONCE)]
    loaded = Loaded()
    with tqdm(desc=f"{len(letters)} lives", total=len(letters), unit="", file=sys.stderr, mininterval=0.5) as bar:
        for part, done in zip(parts, _done(parts, seed, workers), strict=True):
            loaded.events += done.events
            loaded.items += done.items
            bar.update(len(part))
    loaded.seconds = time.monotonic() - began
    return loaded


def _furnish(seed: int) -> None:
    """The city, and a key that follows from ``seed``: the same year has the same numbers on every table."""
    key = hashlib.sha256(f"year {seed}".encode()).digest()
    wrapped = aws.client("kms").encrypt(KeyId=config().kms_key, Plaintext=key, EncryptionContext=PURPOSE)
    settings.save_wrapped_key(base64.b64encode(wrapped["CiphertextBlob"]).decode())
    settings.save_city(city_of_the_year())
    cities.refreshed()


def _done(parts: list[list[Numbered]], seed: int, workers: int) -> Iterable[Loaded]:
    if not workers:
        yield from (load_part(part, seed) for part in parts)
        return
    # not forked: an open connection to the engine must not be shared
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(load_part, parts, [seed] * len(parts))


def _numbered(letters: Sequence[Letter], seed: int) -> list[Numbered]:
    """Each letter under the receipt that its form's key gives, or, where two keys meet in one, its next."""
    taken: set[str] = set()
    numbered = []
    for letter in letters:
        key, attempt = write(letter, seed).form.key, 0
        while (receipt := vault().receipt_of(key, attempt)) in taken:
            attempt += 1
        taken.add(receipt)
        numbered.append(Numbered(letter, receipt))
    return numbered


def load_part(part: list[Numbered], seed: int) -> Loaded:
    """Write the lives of some letters."""
    cities.current()
    loaded = Loaded()
    with DeskItem.batch_write() as batch:
        for one in part:
            life = live(one.letter, write(one.letter, seed), one.receipt, seed)
            for item in items_of_life(life):
                batch.save(item)
                loaded.items += 1
            loaded.events += life.case.version
    return loaded


def items_of_life(life: Life) -> list[DeskItem]:
    """What the table holds of a life: of each step what its commit writes, but for messages, less what later ones take
    away, and the ledgers that they add up to.
    """
    kept = {(item.pk, item.sk): item for item in life.beside}
    ledgers: dict[tuple[str, date], Entry] = {}
    for step in life.steps:
        work = _work(step)
        written, gone = items_of(work)
        kept |= {(item.pk, item.sk): item for item in written}
        for item in gone:
            kept.pop((item.pk, item.sk), None)
        for entry in work.entries:
            earlier = ledgers.get((entry.unit, entry.month))
            facts = (*(earlier.facts if earlier is not None else ()), *entry.facts)
            ledgers[entry.unit, entry.month] = replace(entry, facts=facts)
    return [*kept.values(), *(ledger_item(entry) for entry in ledgers.values())]


def _work(step: Step) -> Work:
    """What the desk commits for ``step``, as ``committing.finish`` gathers it."""
    work = Work(step.after.moved_at)
    work.move(step.before, step.after, list(step.events))
    work.entries += entries_of(step.before, step.after, step.events)
    for changes in (decisions.changes, matters.changes):
        kept, gone = changes(step.before, step.after, step.events)
        work.kept += kept
        work.gone += gone
    return work
