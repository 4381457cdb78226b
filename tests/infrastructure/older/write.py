"""Writes what an older revision truly wrote: letters of its own demo city, played by its own code, as one file.

``python tests/infrastructure/older/write.py CHECKOUT OUT.json.xz``, CHECKOUT being the older revision's files
(``git archive REVISION | tar -x -C CHECKOUT``). docs/decisions/0030 tells what the file is for.
"""

import base64
import json
import lzma
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SEEDED_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday morning in Shanghai
WITHIN = 42  # days before that; what is older makes the file longer and nothing new
PARTS = ("return_ground", "direct", "assistance", "conference", "owner")  # of a story: of each one letter at least
ALL_OF = ("publication", "燃气泄漏", "快要塌了")  # and all of these: what was published, what is urgent


def main(checkout: Path, out: Path) -> None:
    """Seed an engine of its own by the code in ``checkout``, and write its table and its key to ``out``."""
    os.environ["MINISTACK"] = str(ROOT / ".venv-stack" / "bin" / "ministack")
    os.chdir(checkout)
    sys.path.insert(0, str(checkout))  # from here on, ``chalicelib`` and ``infra`` are the older ones
    from infra.apart import TABLE, desk_apart

    with desk_apart():
        import boto3

        os.environ.setdefault("SUNLIGHT_MAIL_QUEUE_URL", os.environ["SUNLIGHT_NOTICES_QUEUE_URL"])
        boto3.client("s3").create_bucket(
            Bucket=os.environ["SUNLIGHT_UPLOADS_BUCKET"],
            CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_DEFAULT_REGION"]},
        )
        letters = seed()
        items = [
            item
            for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
            for item in page["Items"]
        ]
        wrapped = next(item["body"]["S"] for item in items if (item["pk"]["S"], item["sk"]["S"]) == ("settings", "key"))
        key = boto3.client("kms").decrypt(
            CiphertextBlob=base64.b64decode(wrapped),
            KeyId=os.environ["SUNLIGHT_KMS_KEY_ID"],
            EncryptionContext={"purpose": "sunlight-desk"},
        )
    items.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    written = {"key": base64.b64encode(key["Plaintext"]).decode(), "items": items}
    out.write_bytes(lzma.compress(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode(), preset=9))
    print(f"{letters} letters, {len(items)} items, {out.stat().st_size / 1000:.0f} kB")


def seed() -> int:
    """What the older ``infra.seed`` does, with fewer letters; how many."""
    from chalicelib.city import default_city
    from chalicelib.desk import cities
    from chalicelib.desk.closing_days import close_days
    from chalicelib.desk.signing_in import open_account
    from chalicelib.storage import settings
    from infra.seed import DEMO_ACCOUNTS
    from infra.seed.playing import play
    from infra.seed.staff import demo_staff
    from infra.seed.stories import stories
    from infra.seed.working_off import work_off

    settings.save_city(default_city())
    city = cities.refreshed()
    for account in DEMO_ACCOUNTS:
        open_account(demo_staff(account, city), account.password)
    told = some_of(stories())
    play(told, SEEDED_AT, work_off)
    close_days(SEEDED_AT)
    return len(told)


def some_of(stories: tuple[Any, ...]) -> tuple[Any, ...]:
    """Few stories in which everything happens that happens in all."""
    seen: set[object] = set()
    chosen = []
    for story in sorted(stories, key=lambda story: -len(traits(story))):
        if story.days_ago > WITHIN:
            continue
        if traits(story) - seen or any(getattr(story, word, word in story.text) for word in ALL_OF):
            seen |= traits(story)
            chosen.append(story)
    return tuple(chosen)


def traits(story: Any) -> set[object]:
    """What happens in a story."""
    return {story.end, story.kind, *(part for part in PARTS if getattr(story, part))}


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
