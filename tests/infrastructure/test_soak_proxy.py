"""What the soak's proxy has go wrong is what AWS does when it goes wrong: botocore takes it for that, and the engine
behind has done, or has not done, what the caller is not told.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError

from infra.local.engine import CREDENTIALS, Engine, free_port
from infra.soak.plan import Fault, Kind, Plan, planned
from infra.soak.proxy import Proxy
from infra.soak.victims import MARK, Victim, end, victims, whose
from infra.table import create_table

TABLE = "soaked"


class Always(Plan, frozen=True):
    """The same fault for every call, or for every first try."""

    always: Fault | None = None

    def fault(self, operation: str, number: int) -> Fault | None:
        return self.always


class Street:
    """An engine, the proxy before it, and clients through it and past it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ended: list[int] = []
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.proxy = Proxy(engine.url, planned("1", 0), self._end)
        self.at = self.wait(self.proxy.start())
        self.straight = self._client("dynamodb", engine.url)
        create_table(self.straight, TABLE)
        self.queue = self._client("sqs", engine.url).create_queue(QueueName="soaked")["QueueUrl"]

    def wait(self, work: Any) -> Any:
        """Have the proxy's loop do something."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def _end(self, port: int) -> Victim | None:
        self.ended.append(port)
        return None

    def _client(self, service: str, at: str, tries: int = 1) -> Any:
        retries = {"total_max_attempts": tries, "mode": "standard"}
        config = Config(retries=retries, region_name=CREDENTIALS["AWS_DEFAULT_REGION"])
        return boto3.client(
            service, endpoint_url=at, config=config, aws_access_key_id="local", aws_secret_access_key="local"
        )

    def through(self, service: str, fault: Fault | None, tries: int = 1) -> Any:
        """A client whose calls meet ``fault``."""
        self.proxy.plan = Always("1", 0, (), fault)
        self.proxy.storm()
        return self._client(service, self.at, tries)

    def there(self, name: str) -> bool:
        """Whether the item was written, asked past the proxy."""
        return "Item" in self.straight.get_item(TableName=TABLE, Key=key(name), ConsistentRead=True)

    def bodies(self, number: int) -> list[str]:
        """The ``number`` messages that arrive in the queue, in their order, and whatever comes right after them."""
        client, found, left = self._client("sqs", self.engine.url), [], 60
        while left > 0:
            for message in client.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", []):
                found.append(message["Body"])
                client.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            left = min(left - 1, 3) if len(found) >= number else left - 1
            time.sleep(0.1)
        return found


def key(name: str) -> dict[str, dict[str, str]]:
    """An item's key."""
    return {"pk": {"S": name}, "sk": {"S": "soak"}}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One for all tests here."""
    engine = Engine(free_port(), None, tmp_path_factory.mktemp("soak") / "engine.log").start()
    try:
        street = Street(engine)
        yield street
        street.wait(street.proxy.stop())
        street.loop.call_soon_threadsafe(street.loop.stop)
    finally:
        engine.stop()


def put(client: Any, name: str) -> None:
    client.put_item(TableName=TABLE, Item=key(name))


def transact(client: Any, name: str) -> None:
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": key(name)}}])


REFUSALS = {
    Kind.THROTTLED: ({"ThrottlingException", "ProvisionedThroughputExceededException"}, False),
    Kind.CONFLICT: ({"TransactionCanceledException", "TransactionConflictException"}, False),
    Kind.FAILED_BEFORE: ({"InternalServerError"}, False),
    Kind.FAILED_AFTER: ({"InternalServerError"}, True),
}


@pytest.mark.parametrize("write", [put, transact])
@pytest.mark.parametrize("kind", REFUSALS)
def test_botocore_takes_a_refusal_for_what_it_stands_for(
    street: Street, kind: Kind, write: Callable[[Any, str], None]
) -> None:
    codes, done = REFUSALS[kind]
    name = f"{kind}-{write.__name__}"
    with pytest.raises(ClientError) as refused:
        write(street.through("dynamodb", Fault(kind)), name)
    assert refused.value.response["Error"]["Code"] in codes
    assert street.there(name) is done


def test_a_conflict_says_which_item_it_was(street: Street) -> None:
    with pytest.raises(ClientError) as refused:
        transact(street.through("dynamodb", Fault(Kind.CONFLICT)), "reasons")
    assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]] == ["TransactionConflict"]


@pytest.mark.parametrize(("kind", "done"), [(Kind.CUT_BEFORE, False), (Kind.CUT_AFTER, True)])
def test_a_line_that_breaks_is_a_closed_connection(street: Street, kind: Kind, done: bool) -> None:
    with pytest.raises(ConnectionClosedError):
        put(street.through("dynamodb", Fault(kind)), kind)
    assert street.there(kind) is done


def test_a_function_is_killed_by_its_connection_before_or_after_the_work(street: Street) -> None:
    for kind, done in ((Kind.KILLED_BEFORE, False), (Kind.KILLED_AFTER, True)):
        with pytest.raises(BotoCoreError):
            put(street.through("dynamodb", Fault(kind)), kind)
        assert street.there(kind) is done
    assert len(street.ended) == 2


def test_the_clients_own_retry_hides_a_fault_that_is_not_stubborn_and_no_other(street: Street) -> None:
    put(street.through("dynamodb", Fault(Kind.FAILED_BEFORE), tries=2), "hidden")
    assert street.there("hidden")
    with pytest.raises(ClientError):
        put(street.through("dynamodb", Fault(Kind.FAILED_BEFORE, stubborn=True), tries=2), "shown")
    assert not street.there("shown")


def test_a_transaction_that_was_done_and_not_told_is_done_once_when_it_is_tried_again(street: Street) -> None:
    transact(street.through("dynamodb", Fault(Kind.CUT_AFTER), tries=2), "once")
    assert street.there("once")


def sent(street: Street, kind: Kind, *bodies: str) -> Any:
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    client = street.through("sqs", Fault(kind, seconds=0.1))
    return client.send_message_batch(QueueUrl=street.queue, Entries=entries)


def test_messages_are_doubled_overtaken_and_refused_in_part(street: Street) -> None:
    assert not sent(street, Kind.DOUBLED, "a", "b").get("Failed")
    assert sorted(street.bodies(4)) == ["a", "a", "b", "b"]
    assert not sent(street, Kind.REORDERED, "c", "d").get("Failed")
    assert street.bodies(2) == ["d", "c"]
    answer = sent(street, Kind.REFUSED_SOME, "e", "f")
    assert ([one["Id"] for one in answer["Successful"]], [one["Id"] for one in answer["Failed"]]) == (["0"], ["1"])
    assert street.bodies(1) == ["e"]


def test_when_it_is_calm_nothing_goes_wrong(street: Street) -> None:
    client = street.through("dynamodb", Fault(Kind.CUT_BEFORE))
    street.proxy.calm = True
    put(client, "calm")
    assert street.there("calm")


def test_only_what_runs_a_function_for_this_engine_is_ever_ended(tmp_path: Path) -> None:
    script = tmp_path / f"{MARK.decode()}test.py"
    script.write_text("import time; time.sleep(60)")
    ours = subprocess.Popen([sys.executable, script])
    another = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        me = os.getpid()
        while not (found := victims(me)):
            time.sleep(0.02)
        assert [victim.pid for victim in found] == [ours.pid]
        assert whose(1, 2, me) is None
        assert not end(Victim(another.pid, ""), me)
        assert not end(found[0], another.pid)
        assert (ours.poll(), another.poll()) == (None, None)
        assert end(found[0], me)
        assert ours.wait(10) == -9
    finally:
        for process in (ours, another):
            process.kill()
            process.wait()
