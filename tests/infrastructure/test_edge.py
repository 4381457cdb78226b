"""What stands before the functions: the CDN that gives everything one address, and the wall that it alone passes."""

import re
from pathlib import Path
from typing import Any

from infra import site
from infra.china import for_china
from infra.local.front import SITE_HEADERS
from infra.package import ROOT
from tests.infrastructure.conftest import Template
from tests.infrastructure.test_template import properties

WORKED_OUT = "{{resolve:secretsmanager:${OriginKey}:SecretString:key}}"
UNKNOWN_IN_CHINA = ("AWS::CloudFront::Function", "AWS::CloudFront::OriginAccessControl")


def rules(template: Template) -> dict[str, dict[str, Any]]:
    """The wall's rules by their names."""
    return {rule["Name"]: rule for rule in properties(template, "Wall")["Rules"]}


def test_what_stands_before_the_stack_is_not_made_on_a_developer_s_machine(template: Template) -> None:
    for name, resource in template["Resources"].items():
        before = resource["Type"].startswith(("AWS::CloudFront::", "AWS::WAFv2::", "AWS::SecretsManager::"))
        if before and name != "DeskSecrets":  # those of providers, which a developer tries too
            assert resource["Condition"] in ("OnAws", "Fronted", "FrontedOutsideChina", "FrontedInChina"), name
    assert template["Conditions"]["OnAws"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "DeskStage"}, "local"]}]}


def test_site_api_console_and_uploads_share_one_origin(template: Template) -> None:
    front = properties(template, "Front")["DistributionConfig"]
    assert front["DefaultCacheBehavior"]["TargetOriginId"] == "site"
    behaviours = {behaviour["PathPattern"]: behaviour["TargetOriginId"] for behaviour in front["CacheBehaviors"]}
    assert behaviours == {
        "api/*": "api",
        "openapi.json": "api",
        ".well-known/security.txt": "api",
        "console*": "api",
        "uploads/*": "uploads",
    }


def test_an_answer_of_the_api_is_never_replaced_by_a_page_of_the_site(template: Template) -> None:
    assert "CustomErrorResponses" not in properties(template, "Front")["DistributionConfig"]


def test_every_file_of_the_site_is_let_through_and_nothing_else(template: Template, tmp_path: Path) -> None:
    found = re.search(r"var OURS = /(.+)/;", properties(template, "SiteIndexes")["FunctionCode"])
    assert found is not None
    ours = re.compile(found[1])
    site.build(tmp_path)
    built = {f"/{file.relative_to(tmp_path).as_posix()}" for file in tmp_path.rglob("*") if file.is_file()}
    assert {path for path in built if not ours.search(path)} == {"/404.html"}
    assert not ours.search("/console.html")


def test_every_header_that_a_function_reads_reaches_it(template: Template) -> None:
    policy = properties(template, "ToFunctions")["OriginRequestPolicyConfig"]
    given = [one if isinstance(one, str) else one["Fn::If"][2] for one in policy["HeadersConfig"]["Headers"]]
    passed = {header.lower() for header in given}
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "chalicelib" / "entrypoints").rglob("*.py")]
    pattern = re.compile(r'headers(?:\.get\(\s*|\[)"([\w-]+)"(?!\]\s*=)')
    read = {name.lower() for source in sources for name in pattern.findall(source)}
    always = {"cookie", "x-forwarded-for"}  # by the policy's next line, and by the CDN itself
    assert read - passed - always == set()
    assert policy["CookiesConfig"] == {"CookieBehavior": "all"}
    assert len(passed) <= 10


def test_the_site_has_the_same_headers_here_and_there(template: Template) -> None:
    config = properties(template, "FrontHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    condition, in_china, elsewhere = config["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::If"]
    assert (condition, elsewhere) == ("InChina", SITE_HEADERS["Content-Security-Policy"])
    bucket = " https://${UploadsBucket.RegionalDomainName}"
    assert in_china["Fn::Sub"].replace(bucket, "") == elsewhere, "there a file goes to the bucket's own address"
    assert config["FrameOptions"]["FrameOption"] == SITE_HEADERS["X-Frame-Options"]
    assert config["ReferrerPolicy"]["ReferrerPolicy"] == SITE_HEADERS["Referrer-Policy"]
    assert "ContentTypeOptions" in config
    more = properties(template, "FrontHeaders")["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]["Items"]
    assert {one["Header"]: one["Value"] for one in more}.items() <= SITE_HEADERS.items()


def test_whoever_passes_the_cdn_by_is_turned_away(template: Template) -> None:
    [api] = [one for one in properties(template, "Front")["DistributionConfig"]["Origins"] if one["Id"] == "api"]
    [said] = api["OriginCustomHeaders"]
    first = rules(template)["past-the-cdn"]
    match = first["Statement"]["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert (first["Priority"], first["Action"]) == (0, {"Block": {}})
    assert match["FieldToMatch"]["SingleHeader"]["Name"] == said["HeaderName"]
    assert match["PositionalConstraint"] == "EXACTLY"
    assert match["SearchString"] == said["HeaderValue"] == {"Fn::Sub": WORKED_OUT}
    passed = properties(template, "ToFunctions")["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"]
    assert said["HeaderName"] not in passed


def test_the_wall_stands_before_every_stage_that_the_api_has(template: Template) -> None:
    before = properties(template, "WallBeforeApi")["ResourceArn"]["Fn::Sub"]
    assert before.endswith(":${AWS::Region}::/restapis/${RestAPI}/stages/${RestAPI.Stage}")
    # SAM makes a second stage, named Stage, of a definition that does not say its version
    assert properties(template, "RestAPI")["OpenApiVersion"] == "2.0"
    for name in ("APIHandler", "ConsoleHandler"):
        caller = properties(template, f"{name}InvokePermission")
        assert caller["FunctionName"] == {"Ref": name}
        assert caller["SourceArn"]["Fn::Sub"].endswith(":${RestAPI}/desk/*")


def test_who_asks_too_often_waits_by_an_address_that_nobody_can_write(template: Template) -> None:
    alone, others = rules(template)["one-address"], rules(template)["behind-others"]
    one = alone["Statement"]["RateBasedStatement"]
    all_others = others["Statement"]["RateBasedStatement"]
    assert (one["AggregateKeyType"], all_others["AggregateKeyType"]) == ("FORWARDED_IP", "CONSTANT")
    names_others = all_others["ScopeDownStatement"]
    assert names_others["ByteMatchStatement"]["SearchString"] == ","
    assert one["ScopeDownStatement"] == {"NotStatement": {"Statement": names_others}}
    for rule in (alone, others):
        assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


def test_no_letter_is_turned_away_for_its_words_or_its_length(template: Template) -> None:
    common = rules(template)["common"]["Statement"]["ManagedRuleGroupStatement"]
    counted = {one["Name"] for one in common["RuleActionOverrides"] if one["ActionToUse"] == {"Count": {}}}
    assert counted >= {"SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY"}
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for rule in rules(template).values()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert groups == {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"}
    assert properties(template, "Wall")["Scope"] == "REGIONAL"


def test_the_template_of_the_china_regions_names_nothing_that_they_do_not_know(china: Template) -> None:
    types = {resource["Type"] for resource in china["Resources"].values()}
    assert not types & set(UNKNOWN_IN_CHINA)
    front = properties(china, "Front")["DistributionConfig"]
    [api] = [one for one in front["Origins"] if one["Id"] == "api"]
    assert api["OriginCustomHeaders"]
    assert "WebACLId" not in front
    assert front["ViewerCertificate"]["IamCertificateId"] == {"Ref": "IamCertificateId"}
    assert "CloudFront-Viewer-Address" not in str(china)
    [site_origin] = [one for one in front["Origins"] if one["Id"] == "site"]
    assert "SiteIdentity" in str(site_origin)
    cors = properties(china, "UploadsBucket")["CorsConfiguration"]["Fn::If"]
    assert cors[0] == "Fronted"
    assert cors[1]["CorsRules"][0]["AllowedOrigins"] == [{"Ref": "PublicOrigin"}]


def test_both_templates_hold_the_same_but_for_the_cdn(template: Template, china: Template) -> None:
    only_one = set(template["Resources"]) ^ set(china["Resources"])
    assert only_one == {"SiteAccess", "SiteIndexes", "UploadsPath"}
    assert china == for_china(template)


def test_what_is_known_in_china_is_settled_and_what_is_not_stays_a_choice() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    chosen = {
        "Here": {"Fn::If": ["InChina", 1, 2]},
        "Gone": {"Fn::If": ["HasWebAcl", 1, nothing]},
        "Open": {"Fn::If": ["FrontedInChina", [{"Fn::If": ["InChina", 3, 4]}], nothing]},
    }
    empty: Template = {"Parameters": {}, "Conditions": {}, "Globals": {}, "Outputs": {}}
    [made] = for_china({**empty, "Resources": {"A": {"Properties": chosen}}})["Resources"].values()
    assert made == {"Properties": {"Here": 1, "Open": {"Fn::If": ["Fronted", [3], nothing]}}}


def test_the_executions_of_the_console_are_its_own_and_none_are_kept_unless_asked(template: Template) -> None:
    nothing = {"Ref": "AWS::NoValue"}
    for name, condition, parameter in (
        ("ConsoleHandler", "KeepsForConsole", "ConsoleConcurrency"),
        ("APIHandler", "BoundsCitizens", "CitizensConcurrency"),
    ):
        reserved = properties(template, name)["ReservedConcurrentExecutions"]
        assert reserved == {"Fn::If": [condition, {"Ref": parameter}, nothing]}
        assert template["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, 0]}]}
        assert template["Parameters"][parameter]["Default"] == 0, "a new account has ten in all, and can keep none"
    for name in ("RouteSubmissions", "SendNotices", "DeliverWebhooks", "ReceiveMail"):
        [source] = properties(template, name)["Events"].values()
        bounded = source["Properties"]["ScalingConfig"]["Fn::If"]
        assert bounded == ["OnAws", {"MaximumConcurrency": {"Ref": "QueueConcurrency"}}, nothing]
    queues = template["Parameters"]["QueueConcurrency"]
    assert 2 == queues["MinValue"] <= queues["Default"] <= 3


def test_where_anybody_may_write_the_gateway_takes_less_than_elsewhere(template: Template) -> None:
    settings = {
        (one["HttpMethod"], one["ResourcePath"].replace("~1", "/").removeprefix("/")): one["ThrottlingRateLimit"]
        for one in properties(template, "RestAPI")["MethodSettings"]
    }
    assert settings.pop(("*", "*")) == {"Ref": "RequestsPerSecond"}
    assert set(map(str, settings.values())) == {"{'Ref': 'PostingsPerSecond'}"}
    paths = properties(template, "RestAPI")["DefinitionBody"]["paths"]
    assert all(method.lower() in paths[path] for method, path in settings)
    assert {path for _, path in settings} >= {"/api/submissions", "/api/uploads", "/api/chat/talks", "/api/bookings"}
    slower, faster = (template["Parameters"][name]["Default"] for name in ("PostingsPerSecond", "RequestsPerSecond"))
    assert slower < faster


def test_every_path_is_led_to_the_function_that_works_there(template: Template) -> None:
    led: dict[str, set[str]] = {"APIHandler": set(), "ConsoleHandler": set()}
    for path, methods in properties(template, "RestAPI")["DefinitionBody"]["paths"].items():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            [name] = re.findall(r"functions/\$\{(\w+)\.Arn\}/invocations$", uri)
            led[name].add(path)
    assert len(led["ConsoleHandler"]) > 100
    assert {path for path in led["ConsoleHandler"] if not re.match(r"/console(/|$)", path)} == set()
    assert {path for path in led["APIHandler"] if path.startswith("/console")} == set()
    assert len(led["APIHandler"]) > 40


def test_the_console_s_function_is_the_citizens_with_a_role_of_its_own(template: Template) -> None:
    own, theirs = properties(template, "ConsoleHandler"), properties(template, "APIHandler")
    differ = {name for name in own | theirs if own.get(name) != theirs.get(name)}
    assert {"Role", "ReservedConcurrentExecutions"} <= differ
    assert not differ & {"Handler", "CodeUri", "Runtime", "Timeout", "MemorySize"}
    assert own["Role"] == {"Fn::GetAtt": ["ConsoleHandlerRole", "Arn"]}
    [policy] = properties(template, "ConsoleHandlerRole")["Policies"]
    assert "sqs:ReceiveMessage" in str(policy)
    assert "sqs:ReceiveMessage" not in str(properties(template, "ApiHandlerRole"))


def test_an_address_under_the_console_that_leads_nowhere_is_answered_by_the_console(template: Template) -> None:
    paths = properties(template, "RestAPI")["DefinitionBody"]["paths"]
    [parameter] = paths["/console/{proxy+}"]["get"]["parameters"]
    assert (parameter["name"], parameter["in"]) == ("proxy", "path")
