"""The site's files in their bucket: each with its type and how long it may be kept, and none that is no longer ours."""

import mimetypes
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from infra import site
from infra.deploy import formation
from infra.deploy.account import Account
from infra.package import CHINA

FOR_EVER = "public, max-age=31536000, immutable"  # a folder of assets is named after its content
ASK_FIRST = "no-cache"
AT_ONCE = 8
DELETED_AT_ONCE = 1000  # DeleteObjects' limit
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".webmanifest": "application/json"}
"""What this machine's own tables may not know, or know otherwise."""


def pack_site(out: Path) -> Path:
    """Build the site and pack it into one file, the same for the same sources."""
    with tempfile.TemporaryDirectory(prefix="sunlight-site-") as folder:
        site.build(Path(folder))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in _files(Path(folder)):
                info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), (2020, 1, 1, 0, 0, 0))
                archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out


def lay_out(account: Account, bucket: str, folder: Path) -> int:
    """Make the bucket hold what ``folder`` holds; gives the number of files.

    Assets go first, so that no page ever asks for one that is not there yet. Of older assets those of the site before
    this one stay: whoever has a page of it open still finds its scripts.
    """
    files = {file.relative_to(folder).as_posix(): file for file in _files(folder)}
    if account.partition == CHINA:  # no function of the CDN's there, which would know what /en/ means
        files["en/"] = folder / "en" / "index.html"
    assets = [key for key in files if key.startswith("assets/")]
    for keys in (assets, [key for key in files if not key.startswith("assets/")]):
        _upload(account, bucket, {key: files[key] for key in keys})
    _remove(account, bucket, _outdated(account, bucket, set(files)))
    return len(files)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _upload(account: Account, bucket: str, files: dict[str, Path]) -> None:
    s3 = account.client("s3")

    def put(key: str) -> None:
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=files[key].read_bytes(),
            ContentType=content_type(files[key].name),
            CacheControl=FOR_EVER if key.startswith("assets/") else ASK_FIRST,
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in tqdm(pool.map(put, files), total=len(files), unit=" files", leave=False, disable=None):
            pass


def content_type(name: str) -> str:
    """The media type of a file, by its name."""
    kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _outdated(account: Account, bucket: str, current: set[str]) -> list[str]:
    others: dict[str, datetime] = {}
    for page in account.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket):
        others |= {one["Key"]: one["LastModified"] for one in page.get("Contents", []) if one["Key"] not in current}
    folders: dict[str, datetime] = {}
    for key, at in others.items():
        if key.startswith("assets/"):
            folder = "/".join(key.split("/")[:2])
            folders[folder] = max(at, folders.get(folder, at))
    before = max(folders, key=lambda folder: folders[folder], default=None)
    return [key for key in others if before is None or not key.startswith(f"{before}/")]


def _remove(account: Account, bucket: str, keys: list[str]) -> None:
    for start in range(0, len(keys), DELETED_AT_ONCE):
        objects = [{"Key": key} for key in keys[start : start + DELETED_AT_ONCE]]
        account.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


def unpack_site(content: Path, folder: Path) -> None:
    """The files of a packed site, in ``folder``."""
    with zipfile.ZipFile(content) as archive:
        archive.extractall(folder)


def forget_in_cdn(account: Account, stack: str) -> list[str]:
    """Let the CDN ask for every page anew; gives the distributions that were told, none where there is no CDN."""
    told = []
    for distribution in formation.resources_of(account, stack, "AWS::CloudFront::Distribution"):
        account.client("cloudfront").create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": 1, "Items": ["/*"]},
                "CallerReference": datetime.now(UTC).isoformat(),
            },
        )
        told.append(distribution)
    return told
