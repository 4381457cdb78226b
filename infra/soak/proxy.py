"""Between the functions and their AWS: passes every call on, but for what the plan has go wrong."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable

import h11
import httpx
from msgspec import Struct

from infra.soak import answers
from infra.soak.answers import Answer
from infra.soak.plan import Fault, Kind, Plan
from infra.soak.victims import Victim

READ_AT_ONCE = 65_536  # bytes
OF_ONE_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"expect", b"date", b"server"}
SERVICES = {"DynamoDB": "dynamodb", "AmazonSQS": "sqs", "TrentService": "kms"}
REMEMBERED = 10_000  # calls whose repetitions meet the same
HELD_BACK = 3  # seconds for which a message is overtaken by later ones

End = Callable[[int], Victim | None]  # kills the function that a connection of this port belongs to


class Call(Struct, frozen=True):
    """One call of a function."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    port: int  # where it came from

    def header(self, name: bytes) -> str:
        """A header's value, "" for none."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")

    @property
    def service(self) -> str:
        """ "dynamodb", "sqs", "kms" or "s3"."""
        return SERVICES.get(self.header(b"x-amz-target").partition(".")[0].partition("_")[0], "s3")

    @property
    def operation(self) -> str:
        """ "PutItem"; of S3 the method."""
        return self.header(b"x-amz-target").rpartition(".")[2] or self.method


class Proxy:
    """One proxy before the engine at ``target``. ``end`` kills a function; while ``calm`` nothing goes wrong."""

    def __init__(self, target: str, plan: Plan, end: End) -> None:
        self.target, self.plan, self.end = target, plan, end
        self.calm = True
        self.faults: Counter[str] = Counter()  # by kind
        self.killed: Counter[str] = Counter()  # by function
        self.calls: Counter[str] = Counter()  # by operation, repetitions included
        self._first: Counter[str] = Counter()  # by operation, each call once
        self._stubborn: dict[str, Fault] = {}
        self._began = time.monotonic()
        self._later: set[asyncio.Task[Answer]] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._client = httpx.AsyncClient(timeout=40, trust_env=False, limits=httpx.Limits(max_connections=None))

    async def start(self) -> str:
        """Begin to serve; gives where."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def storm(self) -> None:
        """From now on things go wrong."""
        self.calm, self._began = False, time.monotonic()

    async def stop(self) -> None:
        """End, with what was held back passed on."""
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._later)
        await self._client.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = h11.Connection(h11.SERVER)
        self._open.add(writer)
        port = writer.get_extra_info("peername")[1]
        with contextlib.suppress(h11.RemoteProtocolError, ConnectionError):
            while (call := await _read(line, reader, writer, port)) is not None:
                answer = await self._answered(call)
                if answer is None:
                    writer.transport.abort()  # as a line does that breaks
                    break
                await _write(line, writer, call, answer)
                if line.our_state is not h11.DONE:
                    break
                line.start_next_cycle()
        self._open.discard(writer)
        writer.close()

    async def _answered(self, call: Call) -> Answer | None:
        """The answer; None where the line breaks."""
        self.calls[f"{call.service}.{call.operation}"] += 1
        fault = None if self.calm else self._fault_of(call)
        if fault is None:
            return await self._passed_on(call)
        return await self._gone_wrong(call, fault)

    def _fault_of(self, call: Call) -> Fault | None:
        in_spell = self.plan.spell(call.service, time.monotonic() - self._began)
        if in_spell is not None:
            return in_spell
        known = call.header(b"amz-sdk-invocation-id")  # the same for all tries of one call
        if call.header(b"amz-sdk-request").startswith("attempt=1") or not known:
            self._first[call.operation] += 1
            fault = self.plan.fault(call.operation, self._first[call.operation])
            if fault is not None and fault.stubborn:
                if len(self._stubborn) >= REMEMBERED:
                    self._stubborn.clear()
                self._stubborn[known] = fault
            return fault
        return self._stubborn.get(known)

    async def _gone_wrong(self, call: Call, fault: Fault) -> Answer | None:
        kind = fault.kind
        if kind in (Kind.DOUBLED, Kind.REORDERED, Kind.REFUSED_SOME) and call.operation != "SendMessageBatch":
            kind = Kind.FAILED_AFTER if kind is not Kind.DOUBLED else Kind.CUT_AFTER
        if kind is Kind.CONFLICT and call.service != "dynamodb":
            kind = Kind.FAILED_BEFORE
        self.faults[kind] += 1
        match kind:
            case Kind.THROTTLED:
                return answers.throttled(call.service, self.faults[kind])
            case Kind.CONFLICT:
                return answers.conflicting(call.operation, call.body)
            case Kind.FAILED_BEFORE:
                return answers.failed(call.service)
            case Kind.FAILED_AFTER:
                await self._passed_on(call)
                return answers.failed(call.service)
            case Kind.CUT_BEFORE:
                return None
            case Kind.CUT_AFTER:
                await self._passed_on(call)
                return None
            case Kind.SLOW:
                await asyncio.sleep(fault.seconds)
                return await self._passed_on(call)
            case Kind.KILLED_BEFORE:
                self._kill(call)
                return None
            case Kind.KILLED_AFTER:
                await self._passed_on(call)
                self._kill(call)
                return None
            case Kind.REFUSED_SOME:
                return await self._refused_some(call)
            case Kind.DOUBLED:
                self._soon(call, fault.seconds)
                return await self._passed_on(call)
            case Kind.REORDERED:
                return await self._reordered(call)

    def _kill(self, call: Call) -> None:
        victim = self.end(call.port)
        if victim is not None:
            self.killed[victim.function] += 1

    async def _refused_some(self, call: Call) -> Answer:
        body = json.loads(call.body)
        *taken, refused = body["Entries"]
        passed = await self._passed_on(call, json.dumps({**body, "Entries": taken}).encode()) if taken else None
        return answers.one_refused(refused["Id"], passed)

    async def _reordered(self, call: Call) -> Answer:
        """The first of the batch, which may be its only one, arrives after those that are sent later."""
        body = json.loads(call.body)
        first, *others = body["Entries"]
        entries = [*reversed(others), {**first, "DelaySeconds": HELD_BACK}]
        return await self._passed_on(call, json.dumps({**body, "Entries": entries}).encode())

    def _soon(self, call: Call, seconds: float) -> None:
        async def again() -> Answer:
            await asyncio.sleep(seconds)
            return await self._passed_on(call)

        task = asyncio.create_task(again())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _passed_on(self, call: Call, body: bytes | None = None) -> Answer:
        headers = [(name, value) for name, value in call.headers if name not in OF_ONE_HOP]
        content = call.body if body is None else body
        asked = httpx.Request(call.method, f"{self.target}{call.target}", headers=headers, content=content)
        try:
            answer = await self._client.send(asked, stream=True)
            told = b"".join([part async for part in answer.aiter_raw()])
        except httpx.TransportError:
            return answers.failed(call.service)
        return Answer(answer.status_code, tuple((name.lower(), value) for name, value in answer.headers.raw), told)


async def _read(
    line: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
) -> Call | None:
    """The next call; None when the other side is done."""
    asked: h11.Request | None = None
    body = b""
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            if line.they_are_waiting_for_100_continue:
                told = line.send(h11.InformationalResponse(status_code=100, headers=[]))
                writer.write(told or b"")
            line.receive_data(await reader.read(READ_AT_ONCE))
        elif isinstance(event, h11.Request):
            asked = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and asked is not None:
            headers = tuple((name, value) for name, value in asked.headers)
            return Call(asked.method.decode(), asked.target.decode("latin-1"), headers, body, port)
        else:
            return None


async def _write(line: h11.Connection, writer: asyncio.StreamWriter, call: Call, answer: Answer) -> None:
    headers = [(name, value) for name, value in answer.headers if name not in OF_ONE_HOP]
    length = str(len(answer.body)).encode()
    if call.method == "HEAD":  # tells of a body that does not come
        length = next((value for name, value in answer.headers if name == b"content-length"), length)
    told = [*headers, (b"content-length", length)]
    writer.write(line.send(h11.Response(status_code=answer.status, headers=told)) or b"")
    if call.method != "HEAD":
        writer.write(line.send(h11.Data(data=answer.body)) or b"")
    writer.write(line.send(h11.EndOfMessage()) or b"")
    await writer.drain()
