"""A stage's file: whatever is wrong in it is named, with its field, before anything is sent."""

from pathlib import Path
from typing import Any

import pytest

from infra.deploy import NotDeployed
from infra.deploy.account import Account
from infra.deploy.parameters import Parameters, check_parameters, declared, parameters_changed, values
from infra.deploy.stages import FOLDER, Stage, check_place, load_stage
from infra.package import Package

ASKED: Parameters = {
    "DeskStage": {"Type": "String", "Default": "production", "AllowedValues": ["production", "local"]},
    "PublicOrigin": {"Type": "String"},
    "Sms": {"Type": "String", "Default": "record", "AllowedValues": ["record", "sns", "http"]},
    "SmsSecret": {"Type": "String", "Default": "", "NoEcho": True},
    "AlarmTopic": {"Type": "String", "Default": ""},
    "MailBySes": {"Type": "String", "Default": "no", "AllowedValues": ["no", "yes"]},
    "LogDays": {"Type": "Number", "Default": 90, "MinValue": 1, "MaxValue": 3653},
    "Level": {"Type": "String", "Default": "a", "AllowedPattern": "[a-c]", "ConstraintDescription": "is a, b or c"},
}


@pytest.fixture
def stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stages' files."""
    monkeypatch.setenv("STAGES", str(tmp_path))
    return tmp_path


def account(partition: str = "aws-cn", region: str = "cn-north-1") -> Account:
    """Whose account it is."""
    return Account(None, region, "123456789012", partition, "arn:aws-cn:iam::123456789012:user/li")


def test_the_sample_is_a_stage_that_says_nothing(stages: Path) -> None:
    (stages / "trial.toml").write_bytes((FOLDER / "sample.toml").read_bytes())
    assert load_stage("trial") == Stage("trial", "sunlight-trial", {})


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("acount = '123456789012'", "acount: there is no such field; there are account"),
        ("account = 123456789012", "account: wants a text in quotes"),
        ("account = '12345'", "account: an AWS account has twelve digits"),
        ("parameters = 'Sms'", "parameters: wants a table"),
        ("[parameters]\nSms = ['sns']", "parameters.Sms: wants a text, a number, true or false"),
        ("[parameters", "cannot be read"),
        ("a = '\xff", "cannot be read"),
    ],
)
def test_a_file_that_is_not_right_is_told_field_by_field(stages: Path, said: str, named: str) -> None:
    (stages / "trial.toml").write_bytes(said.encode("latin-1"))
    with pytest.raises(NotDeployed) as refused:
        load_stage("trial")
    assert named in str(refused.value)


@pytest.mark.parametrize("name", ["", "../production", "Production", "a" * 32, "生产", "1st"])
def test_a_stage_has_a_plain_name(stages: Path, name: str) -> None:
    with pytest.raises(NotDeployed, match="small letters"):
        load_stage(name)


def test_a_stage_without_a_file_is_told_what_to_copy(stages: Path) -> None:
    with pytest.raises(NotDeployed, match=r"production\.toml is missing: copy .*sample\.toml"):
        load_stage("production")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"Smss": "sns"}, "parameters.Smss: there is no such parameter; there are AlarmTopic"),
        ({"Sms": "fax"}, "parameters.Sms: 'fax' is none of record, sns, http"),
        ({"SmsSecret": "whsec_x"}, "parameters.SmsSecret: a secret does not belong in a file"),
        ({"DeskStage": "local"}, "parameters.DeskStage: is set by the command itself"),
        ({"PublicOrigin": "xinfang.example.cn"}, "parameters.PublicOrigin: 'xinfang.example.cn' is no address"),
        ({"PublicOrigin": "https://xinfang.example.cn/"}, "without a path or a slash at the end"),
        (
            {"AlarmTopic": "arn:aws:sns:us-east-1:123456789012:x"},
            "of another part of AWS (aws) than this account (aws-cn)",
        ),
        ({"LogDays": "many"}, "parameters.LogDays: 'many' is no number"),
        ({"LogDays": "9999"}, "parameters.LogDays: 9999 is not between 1 and 3653"),
        ({"Level": "d"}, "parameters.Level: 'd': is a, b or c"),
    ],
)
def test_what_the_template_does_not_take_is_told_by_name(given: dict[str, str], named: str) -> None:
    with pytest.raises(NotDeployed) as refused:
        check_parameters(Stage("trial", "sunlight-trial", given), ASKED, "aws-cn")
    assert named in str(refused.value)


def test_in_china_the_desk_must_have_a_name_of_its_own() -> None:
    unnamed = Stage("trial", "sunlight-trial", {})
    check_parameters(unnamed, ASKED, "aws")
    with pytest.raises(NotDeployed, match="PublicOrigin: must be given: in the China regions"):
        check_parameters(unnamed, ASKED, "aws-cn")


def test_each_part_of_aws_gets_its_template() -> None:
    package = Package(Path("build/sam.yaml"), Path("build/deployment.zip"))
    assert (package.template_of("aws").name, package.template_of("aws-cn").name) == ("sam.yaml", "sam-china.yaml")


def test_nobody_deploys_a_stage_into_another_account_or_region() -> None:
    stage = Stage("trial", "sunlight-trial", {}, account="210987654321", region="cn-north-1")
    with pytest.raises(NotDeployed, match="stands in account 210987654321, and these credentials are of 123456789012"):
        check_place(stage, account())
    with pytest.raises(NotDeployed, match="set AWS_REGION=cn-north-1"):
        check_place(Stage("trial", "sunlight-trial", {}, region="cn-north-1"), account(region="cn-northwest-1"))
    check_place(Stage("trial", "sunlight-trial", {}, account="123456789012", region="cn-north-1"), account())


def given(stage: Stage, deployed: dict[str, str]) -> dict[str, Any]:
    """What CloudFormation is given, by name."""
    return {
        one["ParameterKey"]: one.get("ParameterValue", "as it is")
        for one in values(stage, ASKED, deployed, "production")
    }


def test_what_a_file_leaves_out_goes_back_to_its_default_but_a_secret_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("trial", "sunlight-trial", {"PublicOrigin": "https://a.example.cn"})
    deployed = {"PublicOrigin": "https://a.example.cn", "Sms": "sns", "SmsSecret": "****", "LogDays": "30"}
    now = given(stage, deployed)
    assert (now["Sms"], now["LogDays"], now["SmsSecret"]) == ("record", "90", "as it is")
    assert given(stage, {})["SmsSecret"] == ""
    monkeypatch.setenv("SUNLIGHT_PARAMETER_SmsSecret", "whsec_new")
    assert given(stage, deployed)["SmsSecret"] == "whsec_new"


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNLIGHT_PARAMETER_SmsSecret", "whsec_new")
    stage = Stage("trial", "sunlight-trial", {"PublicOrigin": "https://a.example.cn", "Sms": "http"})
    deployed = {"DeskStage": "production", "PublicOrigin": "https://a.example.cn", "Sms": "sns", "SmsSecret": "****"}
    changed = parameters_changed(values(stage, ASKED, deployed, "production"), ASKED, deployed)
    assert changed == [("Sms", "sns", "http"), ("SmsSecret", "secret", "a new secret")]


def test_the_parameters_are_read_from_the_template_itself() -> None:
    assert declared("Parameters:\n  Sms: {Type: String}\n") == {"Sms": {"Type": "String"}}
    assert declared("Resources: {}\n") == {}
