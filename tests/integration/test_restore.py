"""Data is lost and comes back: out of DynamoDB's own backups, and out of a file. What was erased stays erased."""

import json
import zipfile
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.config import config
from chalicelib.desk import closing_days, vault
from chalicelib.desk.closing_days import close_days
from chalicelib.storage import cases, settings, table
from chalicelib.storage.submissions import load_sealed_petitioner
from infra import kept
from infra.backup import files
from infra.backup.files import NotEmpty, NotReadable
from infra.restore import __main__ as command
from infra.restore.__main__ import restore
from infra.restore.fetching import NotFetched, beside, is_there, name_beside
from infra.table import create_table
from infra.verify import verify
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, objects

MIDNIGHT = datetime(2026, 3, 2, 16, 10, tzinfo=UTC)
PICTURE = b"\x89PNG a picture of the road"


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with three matters, one of them answered and rated; a day is closed."""
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 3)
    desk.replied(name="王秀英", phone="13900001111")
    desk.filed(**UNCLEAR)
    desk.route_all()
    close_days(MIDNIGHT)
    desk.later(days=1).rated(desk.receipts[0])
    return desk


@pytest.fixture
def backup(told: Desk) -> str:
    """A backup of the desk as it stands, by DynamoDB."""
    client = boto3.client("dynamodb")
    made = client.create_backup(TableName=config().table, BackupName="before")
    return str(made["BackupDetails"]["BackupArn"])


@pytest.fixture(autouse=True)
def no_other_tables(table: str) -> Any:
    """What a test restored is gone after it."""
    yield
    client = boto3.client("dynamodb")
    for name in client.list_tables()["TableNames"]:
        if name != table:
            client.delete_table(TableName=name)
    if not is_there(client, table):
        create_table(client, table)


def lose(fits: Callable[[str, str], bool]) -> int:
    """Somebody deletes items by mistake; how many."""
    client = boto3.client("dynamodb")
    keys = [kept.key_of(item) for item in kept.items(client, config().table)]
    return kept.remove(client, config().table, [key for key in keys if fits(*key)])


def stable() -> dict[str, Any]:
    """All that lies in the table but what goes by itself or is done with."""
    gone_by_itself = ("outbox#", "session#", "tries#", "inbox#", "band#", "topic", "sketches#")
    return {key: item for key, item in everything().items() if not key.startswith(gone_by_itself)}


def test_lost_cases_and_letters_come_back_and_the_record_holds_again(told: Desk, backup: str) -> None:
    before = stable()
    case = told.case_of(told.receipts[0]).case_id
    assert lose(lambda pk, sk: pk in (f"case#{case}", f"receipt#{told.receipts[0].number}")) > 5
    looked = restore(None, backup, put_back=False)
    assert looked["whole"] is False
    assert looked["record_now"]["wrong"] > 0, "a day's root is over events that are gone"
    assert looked["record_then"]["wrong"] == 0
    assert looked["differences"]["gone"]["receipt submission"] == 1
    brought = restore(None, backup, put_back=True)
    assert brought["whole"] is True, brought
    assert verify().faults == []
    assert {key: item for key, item in stable().items() if key in before} == before
    petitioner = load_sealed_petitioner(told.receipts[0].number)
    assert petitioner is not None
    assert vault.vault().open_petitioner(petitioner, told.receipts[0].number).name == "王秀英"


def test_what_moved_since_is_not_turned_back(told: Desk, backup: str) -> None:
    other = told.case_of(told.receipts[1])
    told.supplemented(told.receipts[1], "又有新的情况。")
    told.filed(title="后来的来信", text="后来又发生了一件事，请有关部门看一看，谢谢。")
    lost = told.case_of(told.receipts[0]).case_id
    lose(lambda pk, sk: pk == f"case#{lost}" and sk == "event#000003")
    moved = cases.load(other.case_id).version
    assert restore(None, backup, put_back=True)["whole"] is True
    assert cases.load(other.case_id).version == moved > other.version
    assert told.case_of(told.receipts[-1]).version == 1


def test_an_altered_event_is_mended_and_a_lost_tail_is_folded_again(told: Desk, backup: str) -> None:
    case = told.case_of(told.receipts[0])
    client = boto3.client("dynamodb")
    key = {"pk": {"S": f"case#{case.case_id}"}, "sk": {"S": "event#000002"}}
    item = client.get_item(TableName=config().table, Key=key)["Item"]
    altered = {**item, "body": {"S": item["body"]["S"].replace("desk", "head")}}
    assert altered != item
    client.put_item(TableName=config().table, Item=altered)
    lose(lambda pk, sk: pk == f"case#{case.case_id}" and sk in (f"event#{case.version:06}", "case"))
    told_of = restore(None, backup, put_back=True)
    assert told_of["whole"] is True, told_of
    assert cases.load(case.case_id) == case


def test_what_a_citizen_had_erased_does_not_come_back(told: Desk, backup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.desk import erasing, routing
    from chalicelib.domain.messages import Topic
    from tests.integration.watching import sent

    monkeypatch.setattr(erasing, "check_erasable", lambda *_: None)
    number = told.receipts[0].number
    erasing.erase(number, told.now)
    for message in sent(Topic.ROUTING):
        routing.route(message, told.now)
    assert load_sealed_petitioner(number) is None
    brought = restore(None, backup, put_back=True)
    assert load_sealed_petitioner(number) is None
    assert brought["lost"] == 0
    assert "王秀英" not in str(everything())


def test_a_table_that_is_gone_stands_again_under_its_own_name(told: Desk, backup: str) -> None:
    before, client = everything(), boto3.client("dynamodb")
    client.delete_table(TableName=config().table)
    table.configure()
    again = restore(None, "", put_back=False)
    assert (again["whole"], again["restored"]) == (True, config().table)
    assert everything() == before
    described = client.describe_continuous_backups(TableName=config().table)["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    lives = client.describe_time_to_live(TableName=config().table)["TimeToLiveDescription"]
    assert (lives["TimeToLiveStatus"], lives["AttributeName"]) == ("ENABLED", "expires")
    client.update_table(TableName=config().table, DeletionProtectionEnabled=False)


def test_without_any_backup_it_says_so_and_makes_no_table(table: str) -> None:
    client = boto3.client("dynamodb")
    for one in client.list_backups()["BackupSummaries"]:
        client.delete_backup(BackupArn=one["BackupArn"])
    client.delete_table(TableName=table)
    with pytest.raises(NotFetched):
        restore(None, "", put_back=False)
    assert not is_there(client, table)


def test_a_moment_s_table_is_made_once_and_named_for_its_moment(told: Desk) -> None:
    client, at = boto3.client("dynamodb"), datetime(2026, 3, 3, 1, 2, 3, tzinfo=UTC)
    client.update_continuous_backups(
        TableName=config().table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    name = beside(client, config().table, at, "")
    assert name == name_beside(config().table, at, "") == beside(client, config().table, at, "")
    assert name.endswith("-of-20260303T010203")
    assert len(name_beside("t" * 255, at, "")) <= 255


def test_the_command_asks_for_a_zone_and_for_one_of_the_two(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["--stack", "s"], ["--stack", "s", "--at", "2026-03-01T09:00"], ["--at", "x", "--stack", "s"]):
        monkeypatch.setattr("sys.argv", ["restore", *arguments])
        with pytest.raises(SystemExit):
            command.main()
    assert "say the zone" in capsys.readouterr().err


# The file.


def clients() -> tuple[Any, Any]:
    """Of table and bucket."""
    return boto3.client("dynamodb"), boto3.client("s3")


def into(folder: Path) -> Path:
    """The desk's backup in a file."""
    file = folder / "desk.backup"
    files.write(*clients(), config().table, config().uploads_bucket, file, datetime.now(UTC))
    return file


def taken(file: Path, key: str = "") -> files.About:
    """The file taken in."""
    kms = boto3.client("kms")
    return files.take_in(*clients(), kms, config().table, config().uploads_bucket, key or config().kms_key, file)


def everything_lost() -> None:
    """Table and files are destroyed, and a new empty table is there."""
    client = boto3.client("dynamodb")
    client.delete_table(TableName=config().table)
    create_table(client, config().table)
    for key in objects():
        boto3.client("s3").delete_object(Bucket=config().uploads_bucket, Key=key)
    table.configure()
    vault.vault.cache_clear()


def test_a_destroyed_desk_comes_back_from_its_file_with_persons_files_and_record(
    told: Desk, tmp_path: Path, empty_bucket: None
) -> None:
    boto3.client("s3").put_object(
        Bucket=config().uploads_bucket, Key="clean/1/现场.png", Body=PICTURE, ContentType="image/png"
    )
    before, file = everything(), into(tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as archive:
        assert "王秀英" not in archive.read("items.jsonl").decode()
    everything_lost()
    assert everything() == {}
    assert taken(file).items == len(before)
    changed = {key for key, item in everything().items() if item != before[key]}
    assert changed <= {"settings key"}, "wrapped anew, everything else to the letter"
    assert verify().faults == []
    sealed = load_sealed_petitioner(told.receipts[0].number)
    assert sealed is not None
    assert vault.vault().open_petitioner(sealed, told.receipts[0].number).phone == "13900001111"
    found = boto3.client("s3").get_object(Bucket=config().uploads_bucket, Key="clean/1/现场.png")
    assert (found["Body"].read(), found["ContentType"]) == (PICTURE, "image/png")


def test_another_stack_s_own_key_wraps_the_desk_s_key_from_then_on(told: Desk, tmp_path: Path) -> None:
    file, wrapped = into(tmp_path), settings.load_wrapped_key()
    other = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    everything_lost()
    taken(file, other)
    assert wrapped != settings.load_wrapped_key()
    opened = boto3.client("kms").decrypt(
        CiphertextBlob=b64decode(settings.load_wrapped_key() or ""),
        EncryptionContext=files.PURPOSE,
    )
    assert opened["KeyId"] == other


def test_a_desk_with_data_is_not_written_over(told: Desk, tmp_path: Path) -> None:
    file, before = into(tmp_path), everything()
    with pytest.raises(NotEmpty):
        taken(file)
    assert everything() == before


def test_a_file_that_is_not_whole_changes_nothing(told: Desk, tmp_path: Path, empty_bucket: None) -> None:
    boto3.client("s3").put_object(Bucket=config().uploads_bucket, Key="clean/1/a.png", Body=PICTURE)
    file = into(tmp_path)
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(held["about.json"])
    everything_lost()
    for spoilt in (
        {"items.jsonl": held["items.jsonl"].replace("路口".encode(), "街口".encode())},
        {"objects/clean/1/a.png": held["objects/clean/1/a.png"] + b"!"},
        {"about.json": json.dumps({**about, "format": 2}).encode()},
        {"about.json": b"{}"},
    ):
        assert spoilt.items() - held.items(), "it is another file"
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in {**held, **spoilt}.items():
                archive.writestr(name, content)
        with pytest.raises(NotReadable):
            taken(file)
    for content in (whole[:-40], b""):
        file.write_bytes(content)
        with pytest.raises(NotReadable):
            taken(file)
    assert everything() == {}
    assert objects() == []


def test_a_backup_that_was_cut_off_leaves_no_file_of_that_name(
    told: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(kept, "objects", cut_off)
    with pytest.raises(KeyboardInterrupt):
        into(tmp_path)
    assert not (tmp_path / "desk.backup").exists()
