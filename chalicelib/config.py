"""Every setting of the deployment, read once from the environment."""

import os
from functools import cache

from msgspec import Struct

VERSION = "0.1.0"
"""Of the desk, as in pyproject.toml; which is not packaged."""


class Config(Struct, frozen=True):
    """Where the desk's parts are. Settings of the trade are not here: they are data (``domain.city``)."""

    stage: str
    table: str
    uploads_bucket: str
    routing_queue: str
    notices_queue: str
    webhooks_queue: str
    mail_queue: str
    routing_dead_letters: str
    notices_dead_letters: str
    webhooks_dead_letters: str
    mail_dead_letters: str
    kms_key: str
    public_origin: str
    sms: str  # "record", "sns" or "http"
    mail: str  # "record" or "ses"
    mail_from: str
    loopback_webhooks: bool  # only ever true on a developer's machine
    sms_url: str = ""  # of the HTTP gateway: where an SMS is POSTed to
    malware_scan: bool = False  # whether GuardDuty tags what is uploaded: docs/security.md
    secrets: str = ""  # ARN of the secret that holds all that are shared with others; or, outside a stack, its text
    sms_from: str = ""  # the sender's number or name that the provider has registered for us
    uploads_url: str = ""  # where a page sends a file; "": below the desk's own address

    @property
    def local(self) -> bool:
        """Whether this is a developer's machine."""
        return self.stage == "local"


@cache
def config() -> Config:
    """The settings of this process. Raises KeyError naming a variable that is missing."""
    env = os.environ
    return Config(
        stage=env["SUNLIGHT_STAGE"],
        table=env["SUNLIGHT_TABLE"],
        uploads_bucket=env["SUNLIGHT_UPLOADS_BUCKET"],
        routing_queue=env["SUNLIGHT_ROUTING_QUEUE_URL"],
        notices_queue=env["SUNLIGHT_NOTICES_QUEUE_URL"],
        webhooks_queue=env["SUNLIGHT_WEBHOOKS_QUEUE_URL"],
        mail_queue=env["SUNLIGHT_MAIL_QUEUE_URL"],
        routing_dead_letters=env["SUNLIGHT_ROUTING_DLQ_URL"],
        notices_dead_letters=env["SUNLIGHT_NOTICES_DLQ_URL"],
        webhooks_dead_letters=env["SUNLIGHT_WEBHOOKS_DLQ_URL"],
        mail_dead_letters=env["SUNLIGHT_MAIL_DLQ_URL"],
        kms_key=env["SUNLIGHT_KMS_KEY_ID"],
        public_origin=env["SUNLIGHT_PUBLIC_ORIGIN"].rstrip("/"),
        sms=env.get("SUNLIGHT_SMS", "record"),
        mail=env.get("SUNLIGHT_MAIL", "record"),
        mail_from=env.get("SUNLIGHT_MAIL_FROM", ""),
        loopback_webhooks=env["SUNLIGHT_STAGE"] == "local" and env.get("SUNLIGHT_LOOPBACK_WEBHOOKS") == "yes",
        sms_url=env.get("SUNLIGHT_SMS_URL", ""),
        malware_scan=env.get("SUNLIGHT_MALWARE_SCAN") == "guardduty",
        secrets=env.get("SUNLIGHT_SECRETS", ""),
        sms_from=env.get("SUNLIGHT_SMS_FROM", ""),
        uploads_url=env.get("SUNLIGHT_UPLOADS_URL", ""),
    )
