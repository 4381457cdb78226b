"""Whose AWS account, in which region: the caller's ordinary credentials, and what is wrong with them in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)

from infra.deploy import NotDeployed

PATIENT = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
STRANGE = {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}

HELP = "`aws configure` sets them, AWS_PROFILE=… chooses among several"


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account in one region. ``who``: the ARN of whoever calls. ``endpoint``: the local engine's, else None."""

    session: Any
    region: str
    number: str
    partition: str  # "aws" or "aws-cn"
    who: str
    endpoint: str | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The boto3 client of ``service``, made once."""
        if service not in self._clients:
            self._clients[service] = self.session.client(
                service, region_name=self.region, endpoint_url=self.endpoint, config=PATIENT
            )
        return self._clients[service]


def account_of(session: Any, endpoint: str | None = None) -> Account:
    """The account of a boto3 session. Raises NotDeployed for no region, no credentials, or another part of AWS's."""
    region = session.region_name
    if not region:
        raise NotDeployed("no region is chosen: set AWS_REGION (say cn-north-1), or `aws configure set region …`")
    partition = session.get_partition_for_region(region)
    with in_words(region):
        sts = session.client("sts", region_name=region, endpoint_url=endpoint, config=PATIENT)
        caller = sts.get_caller_identity()
    return Account(session, region, caller["Account"], partition, caller["Arn"], endpoint)


def callers_account() -> Account:
    """The account of the caller's credentials, region and profile. Raises NotDeployed."""
    try:
        return account_of(boto3.Session())
    except ProfileNotFound as error:
        raise NotDeployed(
            f"{error}: AWS_PROFILE names a profile that `aws configure list-profiles` does not show"
        ) from error


@contextmanager
def in_words(region: str) -> Iterator[None]:
    """Whatever boto3 raises inside becomes NotDeployed with a sentence that says what to do."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise NotDeployed(f"no AWS credentials are at hand: {HELP}") from error
    except NoRegionError as error:
        raise NotDeployed("no region is chosen: set AWS_REGION") from error
    except SSOError as error:
        raise NotDeployed(f"the sign-in to AWS has ended: `aws sso login`, then again ({error})") from error
    except ClientError as error:
        raise NotDeployed(_refusal(error, region)) from error
    except (ConnectionError, HTTPClientError) as error:
        raise NotDeployed(
            f"AWS cannot be reached in {region} ({error}). What CloudFormation has begun goes on by itself: "
            "when the line is back, give the same command again"
        ) from error
    except BotoCoreError as error:
        raise NotDeployed(f"AWS's tools did not take it: {error}") from error


def _refusal(error: ClientError, region: str) -> str:
    code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", str(error))
    if code in STRANGE:
        return (
            f"AWS does not know these credentials in {region}. Keys of the China regions (cn-…) hold only there, all "
            f"others only elsewhere: {HELP}"
        )
    if code in EXPIRED:
        return f"these credentials have expired: sign in again, then give the same command again ({said})"
    if code in REFUSED:
        return f"these credentials may not do that ({error.operation_name}): {said}"
    if code in ("Throttling", "ThrottlingException"):
        return "AWS asks for fewer questions a minute: somebody else may be deploying; again in a minute"
    if "_IN_PROGRESS state" in said:
        return f"somebody else is deploying this stack: again when that is done ({said})"
    return f"AWS refused {error.operation_name}: {said} ({code})"
