"""What a deployed stack tells of itself, as the settings that a process needs to be part of the desk."""

from collections.abc import Mapping
from typing import Any

SETTINGS = {
    "SUNLIGHT_TABLE": "TableName",
    "SUNLIGHT_UPLOADS_BUCKET": "UploadsBucketName",
    "SUNLIGHT_ROUTING_QUEUE_URL": "RoutingQueueUrl",
    "SUNLIGHT_NOTICES_QUEUE_URL": "NoticesQueueUrl",
    "SUNLIGHT_WEBHOOKS_QUEUE_URL": "WebhooksQueueUrl",
    "SUNLIGHT_MAIL_QUEUE_URL": "MailQueueUrl",
    "SUNLIGHT_ROUTING_DLQ_URL": "RoutingDeadLettersUrl",
    "SUNLIGHT_NOTICES_DLQ_URL": "NoticesDeadLettersUrl",
    "SUNLIGHT_WEBHOOKS_DLQ_URL": "WebhooksDeadLettersUrl",
    "SUNLIGHT_MAIL_DLQ_URL": "MailDeadLettersUrl",
    "SUNLIGHT_KMS_KEY_ID": "DeskKeyArn",
    "SUNLIGHT_SECRETS": "DeskSecretsArn",
}


def outputs_of(described: Mapping[str, Any]) -> dict[str, str]:
    """The outputs in CloudFormation's description of one stack."""
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def settings_of(outputs: Mapping[str, str], stage: str, origin: str) -> dict[str, str]:
    """The variables of ``chalicelib.config``. Raises KeyError for the outputs of another stack."""
    named = {variable: outputs[output] for variable, output in SETTINGS.items()}
    return {**named, "SUNLIGHT_STAGE": stage, "SUNLIGHT_PUBLIC_ORIGIN": origin}
