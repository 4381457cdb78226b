"""What every test stands on: no real AWS, ever; and real letters only where they lie beside the checkout."""

import gc
import json
import os
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

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
    SUNLIGHT_MAIL_QUEUE_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/mail",
    SUNLIGHT_ROUTING_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/routing-dead",
    SUNLIGHT_NOTICES_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/notices-dead",
    SUNLIGHT_WEBHOOKS_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/webhooks-dead",
    SUNLIGHT_MAIL_DLQ_URL="https://sqs.cn-north-1.amazonaws.com.cn/123456789012/mail-dead",
    SUNLIGHT_SECRETS=json.dumps(
        {"sms_inbound": {"current": "whsec_" + "c21z" * 8}, "mail_inbound": {"current": "whsec_" + "bWFp" * 8}}
    ),
    SUNLIGHT_KMS_KEY_ID="alias/sunlight-test",
    SUNLIGHT_PUBLIC_ORIGIN="http://127.0.0.1:8000",
    SUNLIGHT_LOOPBACK_WEBHOOKS="yes",
)

settings.register_profile("desk", deadline=None)  # a busy machine is no fault of the rules
settings.load_profile("desk")

SHARED = (
    "tests/e2e/",
    "tests/infrastructure/",
    "tests/integration/test_sweep_robust.py",
    "tests/integration/test_replay.py",
)
"""A running desk, a built package, cases in every state, letters that were played."""

FIRST = (
    "tests/integration/test_year.py",
    "tests/integration/test_generated_calls.py",
    "tests/integration/test_verify.py",
    "tests/integration/test_exams.py",
)
"""A minute or more in one test: begun last, it would keep one worker at work alone."""

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def letters() -> Path:
    """The folder of real letters, which never come with the project."""
    if not LETTERS.is_dir():
        pytest.skip("no real letters beside this checkout")
    return LETTERS


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; within that, what pytest-randomly made of it."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_collection_finish() -> None:
    """All that is imported by now stays: the garbage collector need not walk through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: one of them mostly waits, for the desk that runs and for the browser."""
    return (os.cpu_count() or 1) + 1


class Beside(LoadScopeScheduling):
    """Tests side by side: each for itself, but those that share what is dear to make on one worker.

    What a worker has done is forgotten: it is counted anew after each test.
    """

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """One test is over."""
        scope = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in SHARED if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Beside:
    """How the tests are dealt out to the workers."""
    return Beside(config, log)
