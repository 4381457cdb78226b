"""Small models for tests: each label is known by a few words, and the models are put to work as an office does it."""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from chalicelib.desk import models
from chalicelib.domain.learning import AtWork
from chalicelib.domain.model_card import Card
from chalicelib.domain.subject_file import Head, pack
from chalicelib.domain.subject_grams import PAIRS, PARTS, buckets
from chalicelib.domain.subject_model import read_model
from chalicelib.gateways import objects
from chalicelib.storage import learning

BITS = 14
MADE_AT = datetime(2026, 2, 1, tzinfo=UTC)
STREETS, ROADS = "市容秩序与占道经营", "市政道路与排水"
KNOWS = {STREETS: ("说不清", "小贩"), ROADS: ("路灯", "井盖"), "交通运输": ("公交", "出租")}


def taught(
    knows: Mapping[str, tuple[str, ...]] = KNOWS,
    made_at: datetime = MADE_AT,
    sure_from: float = 0.9,
    certainty: float = 12.0,
) -> bytes:
    """A model that takes a letter with a word of ``knows`` for that label: the surer, the more ``certainty``."""
    size = 1 << BITS
    weights, rows = bytearray(size), [bytearray(size) for _ in knows]
    for row, words in zip(rows, knows.values(), strict=True):
        for word in words:
            for place in buckets(word, PAIRS, BITS):
                weights[place], row[place] = 200, 127
    labels = tuple(knows)
    table = bytes(weights) + b"".join(map(bytes, rows))
    fingerprint = f"{zlib.crc32(repr((labels, table, made_at, certainty)).encode()):08x}"
    card = Card(labels, 400, made_at, sure_from, 0.88, 0.9, fingerprint)
    starts, scales = (0.0,) * len(labels), (certainty / 127,) * len(labels)
    shares = tuple(float(part is PAIRS) for part in PARTS)
    return pack(Head(card, BITS, scales, starts, shares, (1.0, 0.0)), table)


def at_work(data: bytes, at: datetime, on_trial: bool = False, **changes: object) -> AtWork:
    """Let the model of ``data`` be at work, and this process know it at once."""
    before = learning.at_work()
    card = read_model(data).card
    key = f"models/{card.fingerprint}"
    objects.put(key, data, "application/octet-stream")
    version = before.version + 1 if before is not None else 1
    now = AtWork(version, at, "", "李工", card, key, on_trial=on_trial)
    now = replace(now, **changes)
    learning.put_to_work(now)
    models.forget()
    return now
