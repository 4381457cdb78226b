"""Deploying for real, on an engine of its own: shown, asked for, done, written down, and taken back."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from infra import site
from infra.deploy import NotDeployed, formation, looking, rollout
from infra.deploy.account import Account, account_of, in_words
from infra.deploy.parameters import ORIGIN
from infra.deploy.rollout import Order
from infra.deploy.stages import Stage
from infra.deploy.store import Store, open_store
from infra.local import stack as local
from infra.local.engine import Engine, free_port
from infra.package import Package

SMALL = """
Metadata:
  CodeUri: ./deployment.zip
Parameters:
  DeskStage: {Type: String, Default: production, AllowedValues: [production, local]}
  PublicOrigin: {Type: String}
  MailFrom: {Type: String, Default: ""}
Resources:
  DeskTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: KEY, AttributeType: S}]
      KeySchema: [{AttributeName: KEY, KeyType: HASH}]
  SiteBucket: {Type: "AWS::S3::Bucket"}
  Told:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: {"Fn::Sub": "${PublicOrigin} ${MailFrom}."}}
Outputs:
  SiteBucketName: {Value: {Ref: SiteBucket}}
  FrontDomain: {Value: d111111abcdef8.cloudfront.example}
  ToldName: {Value: {Ref: Told}}
"""
"""Enough of a desk to be deployed: what is kept, one thing that hears the parameters, the outputs. KEY: the table's."""

NAMED = "https://d111111abcdef8.cloudfront.example"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An AWS of these tests' own."""
    started = Engine(free_port(), None, tmp_path_factory.mktemp("engine") / "engine.log").start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def account(engine: Engine) -> Account:
    """The engine as an account."""
    return local.account(engine)


@pytest.fixture
def small_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site of two files: what is tried here is the road, not what goes by it."""

    def build(target: Path) -> None:
        (target / "assets" / "now" / "en").mkdir(parents=True)
        (target / "index.html").write_text("<!doctype html>", encoding="utf-8")
        (target / "assets" / "now" / "en" / "words.js").write_text("export const WORDS = {};", encoding="utf-8")

    monkeypatch.setattr(site, "build", build)


class Office:
    """Somebody who deploys one stage: what she was told and asked, and what she answers."""

    def __init__(self, account: Account, folder: Path, name: str) -> None:
        self.account, self.folder = account, folder
        self.told: list[str] = []
        self.asked: list[str] = []
        self.answer = True
        self.order = Order(Stage(name, f"sunlight-{name}", {}), self.told.append, self._asked)

    def _asked(self, question: str) -> bool:
        self.asked.append(question)
        return self.answer

    @property
    def said(self) -> str:
        """Everything since it was last looked at."""
        said = "\n".join(self.told)
        self.told.clear()
        return said

    def package(self, key: str = "pk", code: bytes = b"code") -> Package:
        """A package of a small template."""
        made = Package(self.folder / "sam.yaml", self.folder / "deployment.zip")
        made.template.write_text(SMALL.replace("KEY", key), encoding="utf-8")
        made.code.write_bytes(code)
        return made

    def deploy(self, package: Package, **settings: str) -> formation.Standing:
        """`make deploy`, from the package on."""
        order = replace(self.order, stage=replace(self.order.stage, parameters=settings))
        with in_words(self.account.region):
            store, release = rollout.release(self.account, order, package)
            return rollout.bring(self.account, store, order, release)

    @property
    def store(self) -> Store:
        """The code bucket."""
        return open_store(self.account)

    def heard(self, stack: formation.Standing) -> str:
        """What the stack's functions would be told."""
        found = self.account.client("ssm").get_parameter(Name=stack.outputs["ToldName"])
        return str(found["Parameter"]["Value"])


def test_the_whole_desk_is_deployed_and_answers_and_nothing_changes_when_nothing_changed(
    engine: Engine, packaged: Package
) -> None:
    told: list[str] = []
    stage = Stage("whole", "sunlight-whole", {"MailFrom": "desk@example.cn"})
    order = local.order_of(stage, "http://127.0.0.1:8000", told.append)
    stack = local.deploy(engine, packaged, order)
    assert any("added      DeskTable (DynamoDB::Table)" in line for line in told)
    assert any("MailFrom: nothing → desk@example.cn" in line for line in told)
    with urllib.request.urlopen(f"{stack.api}/api/health") as answer:
        assert answer.status == 200
    told.clear()
    account = local.account(engine)
    store, release = rollout.release(account, order, packaged)
    again = rollout.bring(account, store, order, release)
    assert "sunlight-whole: nothing changes in the stack." in told
    assert (again.outputs, again.status) == (stack.outputs, "CREATE_COMPLETE")
    assert len(store.deployments("sunlight-whole")) == 1
    page = account.client("s3").head_object(Bucket=stack.outputs["SiteBucketName"], Key="en/index.html")
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")


@pytest.mark.usefixtures("small_site")
def test_a_desk_without_a_name_is_told_the_name_of_its_cdn_in_one_go(account: Account, tmp_path: Path) -> None:
    office = Office(account, tmp_path, "unnamed")
    stack = office.deploy(office.package())
    assert office.heard(stack) == f"{NAMED} ."
    said = office.said
    assert "the CDN has its name now" in said
    assert f"PublicOrigin: {rollout.UNNAMED} → {NAMED}" in said
    assert office.asked == ["Make sunlight-unnamed so?"], "once, for both"
    assert office.heard(office.deploy(office.package(), MailFrom="a@example.cn")) == f"{NAMED} a@example.cn."
    assert "MailFrom: nothing → a@example.cn" in office.said
    assert office.asked[1:] == ["Change sunlight-unnamed so?"]


@pytest.mark.usefixtures("small_site")
def test_whoever_says_no_leaves_everything_as_it_was(account: Account, tmp_path: Path) -> None:
    office = Office(account, tmp_path, "asked")
    office.answer = False
    with pytest.raises(NotDeployed, match=r"nothing was done\."):
        office.deploy(office.package(), PublicOrigin="https://a.example.cn")
    assert not formation.standing(account, "sunlight-asked").there
    office.answer = True
    office.deploy(office.package(), PublicOrigin="https://a.example.cn")
    office.answer = False
    with pytest.raises(NotDeployed):
        office.deploy(office.package(), PublicOrigin="https://b.example.cn")
    stack = formation.standing(account, "sunlight-asked")
    assert office.heard(stack) == "https://a.example.cn ."
    [noted] = office.store.deployments("sunlight-asked")
    assert noted.parameters == {ORIGIN: "https://a.example.cn"}


@pytest.mark.usefixtures("small_site")
def test_the_table_is_never_replaced_by_accident(account: Account, tmp_path: Path) -> None:
    office = Office(account, tmp_path, "kept")
    before = office.deploy(office.package())
    with pytest.raises(
        NotDeployed, match=r"DeskTable would perhaps be replaced, and it is the table .*ALLOW=DeskTable"
    ):
        office.deploy(office.package(key="id"))
    assert "REPLACED DeskTable (DynamoDB::Table): AttributeDefinitions, KeySchema" in office.said
    assert formation.standing(account, "sunlight-kept").status == before.status
    assert len(office.asked) == 1, "nobody is asked about it"


@pytest.mark.usefixtures("small_site")
def test_a_release_is_taken_back_and_put_in_force_again(account: Account, tmp_path: Path) -> None:
    office = Office(account, tmp_path, "back")
    settings = replace(office.order.stage, parameters={"MailFrom": "a@example.cn"})
    order = replace(office.order, stage=settings)
    with pytest.raises(NotDeployed, match="nothing to go back to"):
        rollout.go_back(account, order, None)
    office.deploy(office.package(code=b"first"), MailFrom="a@example.cn")
    office.deploy(office.package(code=b"second"), MailFrom="a@example.cn")
    rollout.go_back(account, order, None)
    latest, second, first = office.store.deployments("sunlight-back")
    assert latest.release == first.release != second.release
    assert (latest.back_to, latest.by) == (first.id, account.who)
    assert first.release.code in formation.template_of(account, formation.standing(account, "sunlight-back"))
    rollout.go_back(account, order, second.id)
    assert office.store.deployments("sunlight-back")[0].release == second.release
    with pytest.raises(NotDeployed, match="no such deployment"):
        rollout.go_back(account, order, "19990101T000000Z")


@pytest.mark.usefixtures("small_site")
def test_what_the_site_no_longer_has_is_removed_but_an_open_page_keeps_its_scripts(
    account: Account, tmp_path: Path
) -> None:
    office = Office(account, tmp_path, "site")
    stack = office.deploy(office.package())
    bucket, s3 = stack.outputs["SiteBucketName"], account.client("s3")
    for key in ("assets/older/site.css", "assets/before/site.css", "gone.html"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    office.deploy(office.package())
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert "gone.html" not in keys
    assert {key.split("/")[1] for key in keys if key.startswith("assets/")} >= {"before"}
    assert "assets/older/site.css" not in keys
    script = next(key for key in keys if key.endswith("/en/words.js"))
    told = s3.head_object(Bucket=bucket, Key=script)
    assert (told["ContentType"], told["CacheControl"]) == (
        "text/javascript; charset=utf-8",
        "public, max-age=31536000, immutable",
    )


def test_the_code_bucket_is_closed_encrypted_and_keeps_what_is_overwritten(account: Account) -> None:
    bucket, s3 = open_store(account).bucket, account.client("s3")
    assert bucket == f"sunlight-code-{account.number}-{account.region}"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    with pytest.raises(NotDeployed, match="code_bucket: there is no bucket of-nobody"):
        open_store(account, "of-nobody")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("ROLLBACK_COMPLETE", "the first making of sunlight-x failed"),
        ("UPDATE_IN_PROGRESS", "somebody is at work on sunlight-x"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name sunlight-x"),
    ],
)
def test_a_stack_that_cannot_be_changed_now_says_what_to_do(status: str, told: str) -> None:
    with pytest.raises(NotDeployed, match=told):
        formation.check_ready(formation.Standing("sunlight-x", status))


def test_no_region_no_credentials_and_no_line_are_each_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NotDeployed, match="no region is chosen"):
        account_of(boto3.Session())
    with pytest.raises(NotDeployed, match="no AWS credentials are at hand"):
        account_of(boto3.Session(region_name="cn-north-1"))
    held: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "cn-north-1"}
    with pytest.raises(NotDeployed, match="cannot be reached in cn-north-1"):
        account_of(boto3.Session(**held), f"http://127.0.0.1:{free_port()}")


def test_a_desk_that_does_not_answer_is_told_of() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/api/health"
    [fault] = looking.faults([nowhere], between=0)
    assert fault.startswith(f"{nowhere}: does not answer")
    outputs = {"FrontDomain": "d1.cloudfront.example", "EndpointURL": "https://x.execute-api.example/desk/"}
    assert looking.addresses(outputs, "https://a.example.cn") == [
        "https://d1.cloudfront.example/api/health",
        "https://d1.cloudfront.example/",
        "https://a.example.cn/api/health",
    ]
