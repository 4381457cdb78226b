"""Files: a signed leave before the upload, a look at the content after it, and nothing served in between."""

import base64
import json
from collections.abc import Iterator
from hashlib import sha256

import pytest

from chalicelib.config import config
from chalicelib.desk import routing, uploading
from chalicelib.desk.submitting import Receipt
from chalicelib.domain.errors import Changed, Invalid
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.uploads import LARGEST, TYPES, kind_found
from chalicelib.domain.words import State
from chalicelib.gateways import objects as store
from chalicelib.storage.submissions import Checked, load_folder, load_submission
from tests.integration.desk import Desk
from tests.integration.watching import objects, own
from tests.unit.test_office_files import with_part
from tests.unit.test_pictures import GPS, photo
from tests.unit.test_uploads import DOCX, FORBIDDEN, PPTX, SAMPLES, XLSX

PNG = dict(SAMPLES)["image/png"]


pytestmark = pytest.mark.usefixtures("empty_bucket")


def uploaded(leave: uploading.Leave, content: bytes) -> None:
    """What the browser's POST would leave in the bucket."""
    own("s3").put_object(Bucket=config().uploads_bucket, Key=leave.fields["key"], Body=content)


def filed_with(desk: Desk, content: bytes | None, content_type: str = "image/png", name: str = "现场.png") -> Receipt:
    """A submission with one file."""
    leave = desk.leave(name=name, type=content_type, size=len(content or b"x"))
    if content is not None:
        uploaded(leave, content)
    return desk.filed(uploads=[leave.ticket])


def findings(receipt: Receipt) -> tuple[Checked, ...]:
    """What the check found."""
    return load_folder(receipt.number).checked


def test_the_leave_binds_the_upload_to_its_key_type_size_and_time(desk: Desk) -> None:
    leave = desk.leave(size=1234)
    policy = json.loads(base64.b64decode(leave.fields["policy"]))
    conditions = [
        next(iter(condition.items())) if isinstance(condition, dict) else tuple(condition)
        for condition in policy["conditions"]
    ]
    assert ("content-length-range", 1234, 1234) in conditions
    assert ("Content-Type", "image/png") in conditions
    assert leave.fields["Content-Type"] == "image/png"
    assert ("key", leave.fields["key"]) in conditions
    assert leave.fields["key"].startswith("incoming/")
    assert leave.url == f"{config().public_origin}/uploads/"
    assert "现场" not in json.dumps(leave.fields), "the name of a file is the citizen's own"


@pytest.mark.parametrize("content_type", TYPES)
def test_leave_is_given_for_every_type_the_desk_takes(desk: Desk, content_type: str) -> None:
    assert desk.leave(type=content_type, size=LARGEST).fields["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "text/html"),
        ("type", "image/svg+xml"),
        ("type", "application/x-msdownload"),
        ("type", ""),
        ("type", None),
        ("type", 5),
        ("type", "image/png\r\nX: y"),
        ("size", 0),
        ("size", -1),
        ("size", LARGEST + 1),
        ("size", 10**400),
        ("size", "100"),
        ("size", 1.5),
        ("size", True),
        ("size", None),
        ("size", float("inf")),
        ("name", ""),
        ("name", None),
        ("name", "长" * 201),
        ("name", "a\x00.png"),
        ("name", "\ud800.png"),
        ("name", 5),
        ("name", []),
    ],
)
def test_leave_is_refused_by_field(desk: Desk, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        desk.leave(**{field: value})
    assert [error.field for error in refused.value.errors] == [field]


def test_giving_leave_makes_no_call_of_aws(desk: Desk) -> None:
    from tests.integration.watching import watched

    desk.leave()
    with watched() as calls:
        desk.leave()
    assert calls == []


def test_a_sound_picture_may_be_read_after_the_check_and_not_before(desk: Desk) -> None:
    receipt = filed_with(desk, PNG)
    assert findings(receipt) == ()
    assert not any(key.startswith("clean/") for key in objects())
    desk.route_all()
    clean = Checked(0, "clean", "image/png", len(PNG), f"clean/{receipt.number}/0", sha256(PNG).hexdigest())
    assert findings(receipt) == (clean,)
    assert objects() == [f"clean/{receipt.number}/0"], "what was uploaded is gone"
    kept = own("s3").get_object(Bucket=config().uploads_bucket, Key=objects()[0])
    assert kept["Body"].read() == PNG
    assert kept["ContentType"] == "image/png"


@pytest.mark.parametrize(("declared", "content"), SAMPLES, ids=[content_type for content_type, _ in SAMPLES])
def test_every_sound_file_is_let_through(desk: Desk, declared: str, content: bytes) -> None:
    receipt = filed_with(desk, content, declared, "附件")
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["clean"]


@pytest.mark.parametrize("declared", ["image/png", "application/pdf", DOCX, XLSX, PPTX])
@pytest.mark.parametrize(
    "content", [FORBIDDEN["an executable"], FORBIDDEN["a page"], FORBIDDEN["an archive"]], ids=["exe", "html", "zip"]
)
def test_what_is_not_what_it_says_is_refused_and_never_served(desk: Desk, content: bytes, declared: str) -> None:
    receipt = filed_with(desk, content, declared, "照片.png")
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]
    assert objects() == []
    assert findings(receipt)[0].clean_key == ""


def test_a_file_that_never_came_is_missing_and_the_matter_goes_on(desk: Desk) -> None:
    receipt = filed_with(desk, None)
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["missing"]
    assert desk.case_of(receipt).unit is not None


def test_an_empty_file_is_nothing_that_the_desk_takes(desk: Desk) -> None:
    receipt = filed_with(desk, b"")
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]


def test_a_file_larger_than_the_desk_takes_is_refused_whatever_the_store_let_in(desk: Desk) -> None:
    receipt = filed_with(desk, b"x")
    key = load_folder(receipt.number).attachments[0].object_key
    own("s3").put_object(Bucket=config().uploads_bucket, Key=key, Body=PNG + bytes(LARGEST))
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]


def test_five_files_are_each_looked_at(desk: Desk) -> None:
    contents = [PNG, FORBIDDEN["an executable"], None, dict(SAMPLES)["image/jpeg"], PNG]
    leaves = [desk.leave() for _ in contents]
    for leave, content in zip(leaves, contents, strict=True):
        if content is not None:
            uploaded(leave, content)
    receipt = desk.filed(uploads=[leave.ticket for leave in leaves])
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["clean", "refused", "missing", "clean", "clean"]


def test_the_same_ticket_twice_is_the_same_file_twice(desk: Desk) -> None:
    leave = desk.leave()
    uploaded(leave, PNG)
    receipt = desk.filed(uploads=[leave.ticket, leave.ticket])
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["clean", "clean"]


def test_the_files_of_an_addition_are_looked_at_too(desk: Desk) -> None:
    receipt = filed_with(desk, PNG)
    desk.route_all()
    leave = desk.leave(name="第二张.png")
    uploaded(leave, PNG)
    desk.supplemented(receipt, "补一张照片。", uploads=[leave.ticket])
    assert len(findings(receipt)) == 1
    desk.route_all()
    assert [(finding.number, finding.verdict) for finding in findings(receipt)] == [(0, "clean"), (1, "clean")]
    assert [attachment.name for attachment in load_folder(receipt.number).attachments] == ["现场.png", "第二张.png"]


def test_the_files_of_a_withdrawn_or_faster_registered_submission_are_looked_at(desk: Desk) -> None:
    receipt = filed_with(desk, PNG)
    desk.withdrawn(receipt)
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["clean"]


def test_a_check_whose_commit_failed_finds_the_same_the_second_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = [desk.leave(), desk.leave()]
    uploaded(leaves[0], PNG)
    uploaded(leaves[1], FORBIDDEN["an executable"])
    receipt = desk.filed(uploads=[leave.ticket for leave in leaves])
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)

    def failing(*_: object, **__: object) -> None:
        raise Changed()

    with monkeypatch.context() as patched:
        patched.setattr(routing, "finish", failing)
        with pytest.raises(Changed):
            routing.route(message, desk.now)
    assert findings(receipt) == ()
    routing.route(message, desk.now)
    assert [finding.verdict for finding in findings(receipt)] == ["clean", "refused"]


def test_only_what_was_looked_at_is_kept_though_the_leave_to_upload_still_lasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = filed_with(desk, PNG)
    attachment = load_folder(receipt.number).attachments[0]
    put = store.put

    def changed_meanwhile(key: str, content: bytes, content_type: str) -> None:
        uploaded(uploading.Leave("", "", {"key": attachment.object_key}), FORBIDDEN["a page"])
        put(key, content, content_type)

    monkeypatch.setattr(store, "put", changed_meanwhile)
    desk.route_all()
    kept = own("s3").get_object(Bucket=config().uploads_bucket, Key=f"clean/{receipt.number}/0")
    assert kept["Body"].read() == PNG


def scanned(key: str, said: str) -> None:
    """GuardDuty tags an object."""
    tags = {"TagSet": [{"Key": uploading.SCAN_TAG, "Value": said}]}
    own("s3").put_object_tagging(Bucket=config().uploads_bucket, Key=key, Tagging=tags)


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The office has GuardDuty scan what is uploaded."""
    monkeypatch.setenv("SUNLIGHT_MALWARE_SCAN", "guardduty")
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()


def test_where_malware_is_scanned_for_nothing_is_shown_before_the_scan_is_over(guarded: None, now: Desk) -> None:
    receipt = filed_with(now, PNG)
    with pytest.raises(uploading.Unscanned):
        now.route_all()
    assert findings(receipt) == (), "it waits, and so does its letter: the queue brings it again"
    scanned(load_folder(receipt.number).attachments[0].object_key, uploading.NOTHING_FOUND)
    now.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["clean"]


@pytest.mark.parametrize("said", ["THREATS_FOUND", "UNSUPPORTED", "ACCESS_DENIED", "FAILED"])
def test_what_the_scan_did_not_find_free_of_threats_is_refused(guarded: None, now: Desk, said: str) -> None:
    receipt = filed_with(now, PNG)
    scanned(load_folder(receipt.number).attachments[0].object_key, said)
    now.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]
    assert not [key for key in objects() if key.startswith("clean/")]


def test_a_scan_that_never_comes_holds_up_no_letter_and_shows_no_file(guarded: None, now: Desk) -> None:
    receipt = filed_with(now, PNG)
    now.later(minutes=25).route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]
    assert now.case_of(receipt).state is not State.RECEIVED


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # eicar.org's harmless test file


@pytest.mark.parametrize("declared", list(TYPES))
def test_the_scanners_test_file_is_refused_by_its_content_alone_whatever_it_is_called(declared: str) -> None:
    assert kind_found(EICAR, declared) is None


def test_a_picture_that_a_unit_may_read_does_not_say_where_it_was_taken(desk: Desk) -> None:
    receipt = filed_with(desk, photo(), "image/jpeg", "现场.jpg")
    desk.route_all()
    kept = own("s3").get_object(Bucket=config().uploads_bucket, Key=f"clean/{receipt.number}/0")["Body"].read()
    assert kept == photo(traces=False)
    assert GPS not in b"".join([kept, *(value.encode() for value in map(str, findings(receipt)))])


def test_an_office_file_with_macros_is_refused(desk: Desk) -> None:
    receipt = filed_with(desk, with_part("word/vbaProject.bin"), DOCX, "材料.docx")
    desk.route_all()
    assert [finding.verdict for finding in findings(receipt)] == ["refused"]
