"""What every test stands on: no real AWS, ever; and real letters only where they lie beside the checkout."""

import os
from pathlib import Path

import pytest

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="cn-north-1",
    AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",
    SUNLIGHT_STAGE="local",
    SUNLIGHT_TABLE="sunlight-test",
    SUNLIGHT_UPLOADS_BUCKET="sunlight-test-uploads",
    SUNLIGHT_ROUTING_QUEUE_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/routing",
    SUNLIGHT_NOTICES_QUEUE_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/notices",
    SUNLIGHT_WEBHOOKS_QUEUE_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/webhooks",
    SUNLIGHT_ROUTING_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/routing-dead",
    SUNLIGHT_NOTICES_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/notices-dead",
    SUNLIGHT_WEBHOOKS_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/webhooks-dead",
    SUNLIGHT_KMS_KEY_ID="alias/sunlight-test",
    SUNLIGHT_PUBLIC_ORIGIN="http://127.0.0.1:8000",
    SUNLIGHT_LOOPBACK_WEBHOOKS="yes",
)

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def letters() -> Path:
    """The folder of real letters, which never come with the project."""
    if not LETTERS.is_dir():
        pytest.skip("no real letters beside this checkout")
    return LETTERS


def pytest_itemcollected(item: pytest.Item) -> None:
    """Where tests run side by side, those that share a running desk or a built package stay together."""
    folder = item.path.parent.name
    if folder in ("e2e", "infrastructure"):
        item.add_marker(pytest.mark.xdist_group(folder))
