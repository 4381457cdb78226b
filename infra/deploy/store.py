"""The bucket of code: every zip, template and site that was put in force, under its hash, and a line for each time."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from infra.deploy import NotDeployed
from infra.deploy.account import Account

HASH = 24  # hexadecimal digits of a name
STAMP = "%Y%m%dT%H%M%S"


class Release(Struct, frozen=True):
    """What is put in force: keys in the code bucket. ``revision``: git's name of the sources; "" outside git."""

    code: str
    template: str
    site: str
    revision: str = ""

    def same_as(self, other: "Release") -> bool:
        """Whether both put the same in force, whatever the sources were called."""
        return (self.code, self.template, self.site) == (other.code, other.template, other.site)


class Deployment(Struct, frozen=True):
    """One time that a release was put in force. ``by``: the ARN that the caller's credentials stand for."""

    id: str
    at: datetime
    by: str
    stack: str
    release: Release
    parameters: dict[str, str]  # without secrets
    back_to: str = ""  # of a rollback, the deployment whose release it took


class Store(Struct, frozen=True):
    """The code bucket of an account and region."""

    account: Account
    bucket: str

    @property
    def _owner(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account.number}

    def keep_file(self, file: Path, kind: str) -> str:
        """Put a file under its hash, unless it lies there already; gives its key."""
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()[:HASH]
        key = f"{kind}/{digest}{file.suffix}"
        if not self.has(key):
            s3 = self.account.client("s3")
            s3.upload_file(str(file), self.bucket, key, ExtraArgs={"ExpectedBucketOwner": self.account.number})
        return key

    def keep_text(self, text: str, kind: str, suffix: str) -> str:
        """The same of a text."""
        key = f"{kind}/{hashlib.sha256(text.encode()).hexdigest()[:HASH]}{suffix}"
        if not self.has(key):
            self.account.client("s3").put_object(**self._owner, Key=key, Body=text.encode())
        return key

    def has(self, key: str) -> bool:
        """Whether something lies under ``key``."""
        try:
            self.account.client("s3").head_object(**self._owner, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True

    def read(self, key: str) -> bytes:
        """What lies under ``key``. Raises NotDeployed when it was removed."""
        if not self.has(key):
            raise NotDeployed(f"{key} is no longer in the code bucket {self.bucket}")
        content: bytes = self.account.client("s3").get_object(**self._owner, Key=key)["Body"].read()
        return content

    def address(self, key: str) -> str:
        """Where CloudFormation reads a template."""
        return f"{self.account.client('s3').meta.endpoint_url}/{self.bucket}/{key}"

    def note(self, deployment: Deployment) -> None:
        """Write down that something was put in force."""
        key = f"deployments/{deployment.stack}/{deployment.id}.json"
        body = msgspec.json.format(msgspec.json.encode(deployment), indent=1)
        self.account.client("s3").put_object(**self._owner, Key=key, Body=body, ContentType="application/json")

    def deployments(self, stack: str) -> list[Deployment]:
        """Every time that something was put in force in ``stack``, latest first."""
        keys = sorted(self._keys(f"deployments/{stack}/"), reverse=True)
        return [msgspec.json.decode(self.read(key), type=Deployment) for key in keys]

    def latest(self, stack: str) -> Deployment | None:
        """What was last put in force in ``stack``; None when nothing was."""
        key = max(self._keys(f"deployments/{stack}/"), default=None)
        return None if key is None else msgspec.json.decode(self.read(key), type=Deployment)

    def _keys(self, prefix: str) -> Iterator[str]:
        pages = self.account.client("s3").get_paginator("list_objects_v2").paginate(**self._owner, Prefix=prefix)
        for page in pages:
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def forget_all_but(self, kept: set[str]) -> None:
        """Remove every file but ``kept``; the lines stay. For a desk of one machine: each change leaves 17 MB."""
        for kind in ("code/", "templates/", "sites/"):
            for key in [key for key in self._keys(kind) if key not in kept]:
                self.account.client("s3").delete_object(**self._owner, Key=key)


def new_id(at: datetime) -> str:
    """The name of a deployment: its moment to the thousandth of a second, so that names sort as times do."""
    utc = at.astimezone(UTC)
    return f"{utc:{STAMP}}{utc.microsecond // 1000:03}Z"


def open_store(account: Account, given: str | None = None) -> Store:
    """The bucket that the office gives, or the account's own in this region, made when it is missing.

    Raises NotDeployed for a given one that is not there or is another's.
    """
    bucket = given or f"sunlight-code-{account.number}-{account.region}"
    store, s3 = Store(account, bucket), account.client("s3")
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account.number)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "301":
            raise NotDeployed(f"the bucket {bucket} lies in another region than {account.region}") from error
        if code == "403":
            raise NotDeployed(f"the bucket {bucket} is another account's, or closed to these credentials") from error
        if code not in ("404", "NoSuchBucket"):
            raise
        if given is not None:
            raise NotDeployed(f"code_bucket: there is no bucket {given} in this account") from error
        _make(account, bucket)
    return store


def _make(account: Account, bucket: str) -> None:
    """A bucket that nobody outside reads, that keeps what is overwritten, and speaks by TLS only."""
    s3 = account.client("s3")
    where = (
        {} if account.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": account.region}}
    )
    s3.create_bucket(Bucket=bucket, **where)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    arn = f"arn:{account.partition}:s3:::{bucket}"
    by_tls = {
        "Sid": "ByTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    if account.endpoint is None:  # the local engine speaks plainly, on this machine only
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [by_tls]}))
