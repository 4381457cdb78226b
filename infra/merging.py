"""What Chalice cannot say of the template, laid into what it made: a second function for the console, and pages."""

import html
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

CITIZENS, CONSOLE = "APIHandler", "ConsoleHandler"
ROLES = {CITIZENS: "ApiHandlerRole", CONSOLE: "ConsoleHandlerRole"}
GREEDY = "{proxy+}"
ON_EVERY_ANSWER = {
    "gatewayresponse.header.X-Request-Id": "context.requestId",
    "gatewayresponse.header.Cache-Control": "'no-store'",
    "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
}
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width, initial-scale=1"><title>阳光信访 Sunlight</title></head><body>'
    '<main><p>{chinese}</p><p lang="en">{english}</p>'
    '<p><a href="/">首页 Front page</a> · <a href="/console">工作台 Console</a></p></main></body></html>'
)


def completed(template: dict[str, Any], console_policy: Path) -> dict[str, Any]:
    """``template`` with the console's function, its role by ``console_policy``, its paths, and the gateway's pages.

    Raises KeyError for a template that is not Chalice's.
    """
    whole = deepcopy(template)
    _add_console(whole, json.loads(console_policy.read_text(encoding="utf-8")))
    definition = whole["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    for path, methods in definition["paths"].items():
        for method in methods.values():
            _lead(method, path)
    for answer in definition["x-amazon-apigateway-gateway-responses"].values():
        answer["responseParameters"] = ON_EVERY_ANSWER | answer.get("responseParameters", {})
        templates = answer["responseTemplates"]
        templates["text/html"] = page(json.loads(templates["application/json"])["error"]["message"])
    return whole


def _add_console(template: dict[str, Any], policy: dict[str, Any]) -> None:
    """The same code as the citizens' function, with what the template says of the console's own."""
    resources = template["Resources"]
    own = resources.get(CONSOLE, {}).get("Properties", {})
    function = deepcopy(resources[CITIZENS])
    function["Properties"] |= {"Role": {"Fn::GetAtt": [ROLES[CONSOLE], "Arn"]}} | own
    role = deepcopy(resources[ROLES[CITIZENS]])
    role["Properties"]["Policies"] = [{"PolicyName": f"{CONSOLE}Policy", "PolicyDocument": policy}]
    permission = deepcopy(resources[f"{CITIZENS}InvokePermission"])
    permission["Properties"]["FunctionName"] = {"Ref": CONSOLE}
    resources |= {CONSOLE: function, ROLES[CONSOLE]: role, f"{CONSOLE}InvokePermission": permission}
    template["Outputs"] |= {
        f"{CONSOLE}Name": {"Value": {"Ref": CONSOLE}},
        f"{CONSOLE}Arn": {"Value": {"Fn::GetAtt": [CONSOLE, "Arn"]}},
    }


def _lead(method: dict[str, Any], path: str) -> None:
    """Lead the console's paths to its function, and name what a greedy path catches, which Chalice leaves out."""
    if path == "/console" or path.startswith("/console/"):
        integration = method["x-amazon-apigateway-integration"]
        uri = integration["uri"]["Fn::Sub"]
        integration["uri"] = {"Fn::Sub": uri.replace(f"${{{CITIZENS}.Arn}}", f"${{{CONSOLE}.Arn}}")}
    if path.endswith(GREEDY):
        method["parameters"] = [{"name": "proxy", "in": "path", "required": True, "type": "string"}]


def page(message: str) -> str:
    """A sentence in Chinese and one in English as a page. Raises ValueError for anything else."""
    both = re.fullmatch(r"(.*[。！？]) ([A-Z].*)", message)
    if both is None:
        raise ValueError(f"not a Chinese and an English sentence: {message}")
    return PAGE.format(chinese=html.escape(both[1]), english=html.escape(both[2]))
