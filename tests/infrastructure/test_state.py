"""A desk's data as one file, taken out of one engine and into another."""

import base64
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local import state
from infra.local.engine import REGION, Engine, free_port
from infra.local.stack import Stack, client
from infra.table import create_table

PURPOSE = {"purpose": "sunlight-desk"}


@contextmanager
def desk(folder: Path) -> Iterator[tuple[Engine, Stack]]:
    """An engine with a table, a bucket and a key, and nothing in them."""
    engine = Engine(free_port(), None, folder / "engine.log").start()
    try:
        create_table(client(engine, "dynamodb"), "desk")
        storage = client(engine, "s3")
        storage.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
        key = client(engine, "kms").create_key()["KeyMetadata"]["Arn"]
        yield engine, Stack({"TableName": "desk", "UploadsBucketName": "uploads", "DeskKeyArn": key}, engine.url, "")
    finally:
        engine.stop()


def test_what_was_sealed_on_one_machine_opens_on_another(tmp_path: Path) -> None:
    file = tmp_path / "desk.zip"
    with desk(tmp_path / "here") as (engine, stack):
        made = client(engine, "kms").generate_data_key(
            KeyId=stack.outputs["DeskKeyArn"], KeySpec="AES_256", EncryptionContext=PURPOSE
        )
        database, storage = client(engine, "dynamodb"), client(engine, "s3")
        wrapped = base64.b64encode(made["CiphertextBlob"]).decode()
        items = [("settings", "key", wrapped), *(("case#1", f"event#{number:06}", "来信") for number in range(60))]
        for pk, sk, body in items:
            item = {"pk": {"S": pk}, "sk": {"S": sk}, "body": {"S": body}}
            database.put_item(TableName="desk", Item=item)
        storage.put_object(Bucket="uploads", Key="clean/1/照片.png", Body=b"\x89PNG", ContentType="image/png")
        assert state.export(engine, stack, file) == f"61 items and 1 files written to {file}"
    with desk(tmp_path / "there") as (engine, stack):
        database, storage = client(engine, "dynamodb"), client(engine, "s3")
        database.put_item(TableName="desk", Item={"pk": {"S": "case#old"}, "sk": {"S": "case"}})
        assert state.take_in(engine, stack, file) == f"61 items and 1 files taken from {file}"
        held = database.scan(TableName="desk")["Items"]
        assert len(held) == 61
        [key] = [item["body"]["S"] for item in held if item["pk"]["S"] == "settings"]
        opened = client(engine, "kms").decrypt(
            CiphertextBlob=base64.b64decode(key),
            KeyId=stack.outputs["DeskKeyArn"],
            EncryptionContext=PURPOSE,
        )
        assert opened["Plaintext"] == made["Plaintext"]
        taken = storage.get_object(Bucket="uploads", Key="clean/1/照片.png")
        assert (taken["Body"].read(), taken["ContentType"]) == (b"\x89PNG", "image/png")


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_file_that_is_no_export_changes_nothing(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.zip"
    if content is None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("items.jsonl", json.dumps({}))
    else:
        file.write_bytes(content)
    engine = Engine(free_port(), None, tmp_path / "engine.log")  # never started: asking it would fail
    with pytest.raises(state.NotReadable):
        state.take_in(engine, Stack({}, engine.url, ""), file)
