"""The short road from botocore to moto, for what the desk asks thousands of times: its table and its queues.

On the long one a call is made an HTTP request, signed, taken apart again and looked up among the addresses of all that
AWS has, and its answer the same way back: six parts of seven of what a call takes. Here moto's own function is given
the body that botocore wrote, and botocore reads the body that moto wrote. A call to which somebody listens on its way
(a line that is cut, say) goes the long one, and so does all that is not for moto.
"""

from functools import cache
from itertools import count
from typing import Any

from botocore import endpoint, regions, useragent
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.parse import JSONParser
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.responses import SQSResponse
from pynamodb.connection.base import Connection

HANDLERS: dict[str, type[BaseResponse]] = {"dynamodb": DynamoHandler, "sqs": SQSResponse}

_asked = count(1)


def shorten() -> None:
    """Once a process, before any call is made."""
    long_road = Endpoint._send_request

    def send(self: Any, request_dict: dict[str, Any], operation_model: Any) -> Any:
        return (_short_road if _is_open(self, request_dict, operation_model) else long_road)(
            self, request_dict, operation_model
        )

    setattr(Endpoint, "_send_request", send)  # noqa: B010
    know_addresses()


def know_addresses() -> None:
    """Once a process. Where a service is and who asks are worked out once for each client, not for each call."""
    find, name = regions.EndpointRulesetResolver.construct_endpoint, useragent.UserAgentString.to_string

    def found(self: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
        if operation_model.service_model.service_name not in HANDLERS:
            return find(self, operation_model, call_args, request_context)
        if not hasattr(self, "_found"):
            self._found = find(self, operation_model, call_args, request_context)
        return self._found

    def named(self: Any) -> str:
        if not hasattr(self, "_named"):
            self._named = name(self)
        return str(self._named)

    setattr(regions.EndpointRulesetResolver, "construct_endpoint", found)  # noqa: B010
    setattr(useragent.UserAgentString, "to_string", named)  # noqa: B010


def _is_open(road: Any, request_dict: dict[str, Any], operation_model: Any) -> bool:
    """Whether moto is to answer this, and nobody else wants to hear of it."""
    service = operation_model.service_model.service_name
    if not (botocore_stubber.enabled and service in HANDLERS and ".amazonaws.com" in request_dict["url"]):
        return False
    emitter, event = road._event_emitter._emitter, f"before-send.{service}.{operation_model.name}"
    listening = emitter._lookup_cache.get(event)
    if listening is None:
        listening = emitter._lookup_cache[event] = emitter._handlers.prefix_search(event)
    return all(one is botocore_stubber or _of_pynamodb(one) for one in listening)


def _of_pynamodb(listener: Any) -> bool:
    """Whether it only adds headers, of which the desk has none."""
    return getattr(listener, "__func__", None) is Connection._before_send


def _short_road(road: Any, request_dict: dict[str, Any], operation_model: Any) -> Any:
    handler: Any = HANDLERS[operation_model.service_model.service_name]()
    handler.headers, handler.querystring, handler.uri_match = request_dict["headers"], {}, {}
    handler.uri, handler.path, handler.method = request_dict["url"], request_dict["url_path"], "POST"
    handler.region, handler.current_account = request_dict["context"]["client_region"], DEFAULT_ACCOUNT_ID
    handler.response_headers = {"server": "amazon.com"}
    handler._enrich_response = _numbered
    handler.params = _read(handler.boto3_service_name, operation_model.name, request_dict["body"])
    status, headers, body = handler.call_action()
    answer = AWSResponse(request_dict["url"], int(status), headers, MockRawResponse(body))
    told = endpoint.convert_to_response_dict(answer, operation_model)
    reader = road._response_parser_factory.create_parser(operation_model.service_model.resolved_protocol)
    parsed = reader.parse(told, operation_model.output_shape)
    if answer.status_code >= 300:
        road._add_modeled_error_fields(told, parsed, operation_model, reader)
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return answer, parsed


def _read(service: str, operation: str, body: bytes) -> Any:
    """What a body asks for."""
    reader = _reader(service, operation)
    return reader._do_parse({"body": body}, reader.operation_model.input_shape)  # type: ignore[no-untyped-call]


@cache
def _reader(service: str, operation: str) -> JSONParser:
    return JSONParser(get_service_model(service).operation_model(operation))


def _numbered(headers: dict[str, Any], body: Any) -> tuple[dict[str, Any], Any]:
    """With a number, as each answer has one. moto draws it letter by letter, and looks for its place in the body."""
    return {**headers, "status": str(headers.get("status", 200)), "x-amzn-requestid": f"{next(_asked):052}"}, body
