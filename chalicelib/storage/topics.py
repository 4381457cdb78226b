"""Topics, their letters, and the index by which a new letter finds its like: everything by key, nothing scanned."""

import base64
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.hot_topics import Hot, Member, Thresholds
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.topic_words import Commons, Profile, Written
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp, under

KEPT_FOR = timedelta(days=400)  # sketches and postings; the longest window and the time in which a step is undone
POSTING = 16  # letters, the latest, that a telling gram remembers
RANKING = "topics"  # the list of topics that stand by themselves, by their latest letter
_SETTINGS, _COMMONS = ("topics", "settings"), ("topics", "commons")


class Sketch(Struct, frozen=True, omit_defaults=True):
    """What is kept of a letter to compare it: hashes of its grams, and places it names. ``topic``: "" while alone.

    ``title`` is masked: who tends the topics by night opens no letter.
    """

    receipt: str
    case_id: str
    at: datetime
    grams: str  # base85 of (hash, times) of five bytes each
    names: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    person: str = ""  # keyed digest, shortened; "" for nobody
    topic: str = ""
    title: str = ""
    signers: int = 0
    area: str | None = None
    category: str | None = None

    @property
    def member(self) -> Member:
        """The letter as one of a topic."""
        return Member(self.receipt, self.case_id, self.at, self.title, self.person, self.signers)

    @property
    def ref(self) -> str:
        """How postings name it: by the day of its coming and its number."""
        return ref_of(self.receipt, self.at)

    @property
    def written(self) -> Written:
        """What is compared."""
        raw = base64.b85decode(self.grams)
        return Written(dict(struct.iter_unpack("<IB", raw)), self.names, self.districts)


def ref_of(receipt: str, filed_at: datetime) -> str:
    """As of ``Sketch``."""
    return f"{day_in_shanghai(filed_at).isoformat()}/{receipt}"


def packed_grams(written: Written) -> str:
    """The grams of a letter, as a sketch keeps them: all, so that what is common can be counted again; 4 kB at most."""
    pairs = (struct.pack("<IB", gram, min(255, times)) for gram, times in written.grams.items())
    return base64.b85encode(b"".join(pairs)).decode()


def sketch_item(sketch: Sketch) -> DeskItem:
    """A sketch as the table keeps it, among those of its day."""
    day, receipt = sketch.ref.split("/")
    return DeskItem(f"sketches#{day}", receipt, body=pack(sketch), expires=_ends(sketch.at))


def load_sketches(refs: Sequence[str]) -> dict[str, Sketch]:
    """The sketches of ``refs`` that are there. One read of up to 100."""
    keys = [(f"sketches#{day}", receipt) for day, receipt in (ref.split("/") for ref in refs)]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    return {sketch.ref: sketch for sketch in (unpack(item.body, Sketch) for item in found)}


def sketches_of(day: date) -> Iterator[Sketch]:
    """The sketches of the letters of a day."""
    return (unpack(item.body, Sketch) for item in under(f"sketches#{day.isoformat()}", consistent=False))


Postings = dict[int, tuple[str, ...]]
"""By the hash of a gram, the letters that show it, latest first."""


def postings_of(grams: Sequence[int]) -> Postings:
    """The letters that show one of ``grams``. One read of up to 100."""
    found = DeskItem.batch_get([_posting_key(gram) for gram in grams]) if grams else ()
    return {int(item.pk.removeprefix("topic-gram#")): unpack(item.body, tuple[str, ...]) for item in found}


def posting_items(grams: Sequence[int], ref: str, at: datetime, found: Postings) -> list[DeskItem]:
    """One item a gram, with this letter before those ``found`` there. Of two at once one may be lost to some grams:
    it is found by its others, or by the daily run.
    """
    return [
        DeskItem(
            *_posting_key(gram),
            body=pack([ref, *(one for one in found.get(gram, ()) if one != ref)][:POSTING]),
            expires=_ends(at),
        )
        for gram in grams
    ]


def _posting_key(gram: int) -> tuple[str, str]:
    return f"topic-gram#{gram}", "posting"


def most_shared(found: Postings, own: str, most: int) -> list[str]:
    """The letters that share most of the grams, the latest of equal ones first."""
    shared = Counter(ref for refs in found.values() for ref in refs if ref != own)
    return sorted(shared, key=lambda ref: (shared[ref], ref), reverse=True)[:most]


def topic_item(topic: Hot) -> DeskItem:
    """A topic as the table keeps it; merged into another, or without letters, it stands in no list."""
    item = DeskItem(f"topic#{topic.id}", "topic", body=pack(topic), version=topic.version)
    if not topic.into and (topic.letters or topic.parts):
        item.worklist, item.worklist_at = RANKING, stamp(topic.last_at)
    return item


def member_item(topic_id: str, member: Member) -> DeskItem:
    """A letter's place in a topic."""
    return DeskItem(f"topic#{topic_id}", f"letter#{member.receipt}", body=pack(member))


def profile_item(topic_id: str, profile: Profile) -> DeskItem:
    """What the letters of a topic say on the mean."""
    grams = b"".join(struct.pack("<If", gram, weight) for gram, weight in profile.weights.items())
    kept = _Profile(
        base64.b85encode(grams).decode(), tuple(profile.names), tuple(sorted(profile.districts)), profile.size
    )
    return DeskItem(f"topic#{topic_id}", "profile", body=pack(kept))


class _Profile(Struct, frozen=True):
    weights: str
    names: tuple[int, ...]
    districts: tuple[str, ...]
    size: int

    @property
    def whole(self) -> Profile:
        raw = base64.b85decode(self.weights)
        return Profile(
            dict(struct.iter_unpack("<If", raw)), frozenset(self.names), frozenset(self.districts), self.size
        )


def load_topics(ids: Iterable[str]) -> dict[str, Hot]:
    """The topics of ``ids`` that are there. One read of up to 100."""
    keys = [(f"topic#{one}", "topic") for one in dict.fromkeys(ids)]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    return {topic.id: topic for topic in (unpack(item.body, Hot) for item in found)}


def load_profiles(ids: Iterable[str]) -> dict[str, Profile]:
    """What the topics of ``ids`` say. One read of up to 100."""
    keys = [(f"topic#{one}", "profile") for one in dict.fromkeys(ids)]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    return {item.pk.removeprefix("topic#"): unpack(item.body, _Profile).whole for item in found}


def members_of(topic_id: str) -> list[Member]:
    """The letters of a topic, without those of its parts."""
    return [unpack(item.body, Member) for item in under(f"topic#{topic_id}", "letter#")]


def ranked(since: datetime, most: int) -> list[Hot]:
    """The topics with a letter since then, the latest first, up to ``most``."""
    found = DeskItem.worklist_index.query(
        RANKING, DeskItem.worklist_at >= stamp(since), scan_index_forward=False, limit=most
    )
    return [unpack(item.body, Hot) for item in found]


def thresholds() -> Thresholds:
    """What the office has set, or the defaults."""
    item = get(*_SETTINGS)
    return Thresholds() if item is None else unpack(item.body, Thresholds)


def thresholds_item(rules: Thresholds) -> DeskItem:
    """What the office sets, as the table keeps it."""
    return DeskItem(*_SETTINGS, body=pack(rules), version=rules.version)


class _Commons(Struct, frozen=True):
    letters: int
    shares: str  # base85 of (hash, share in ten-thousandths) of six bytes each


def commons() -> Commons:
    """What is common among the desk's letters, as it was last counted; nothing on a new desk."""
    item = get(*_COMMONS, consistent=False)
    if item is None:
        return Commons(0, {})
    kept = unpack(item.body, _Commons)
    pairs = struct.iter_unpack("<IH", base64.b85decode(kept.shares))
    return Commons(kept.letters, {gram: share / 10_000 for gram, share in pairs})


def commons_item(counted: Commons, most: int) -> DeskItem:
    """What is common, up to ``most`` grams, as the table keeps it: an item holds 400 kB."""
    commonest = sorted(counted.shares.items(), key=lambda item: (-item[1], item[0]))[:most]
    pairs = (struct.pack("<IH", gram, round(share * 10_000)) for gram, share in commonest)
    return DeskItem(*_COMMONS, body=pack(_Commons(counted.letters, base64.b85encode(b"".join(pairs)).decode())))


def moved(sketch: Sketch, topic_id: str) -> Sketch:
    """``sketch`` as that of a letter of another topic."""
    return replace(sketch, topic=topic_id)


def _ends(at: datetime) -> int:
    return int((at + KEPT_FOR).timestamp())
