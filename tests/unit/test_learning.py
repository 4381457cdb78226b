"""A city's own letters become a model by `make train`; what it and `make evaluate` say of files they cannot take."""

import csv
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.subject_model import read_model
from infra.learn.__main__ import main
from infra.learn.letters import Letter, Unreadable, read_letters
from infra.learn.training import Trained, train

MADE_AT = datetime(2026, 5, 1, tzinfo=UTC)
PLACES = ("清河路", "新安小区", "城东", "老街", "幸福里", "南门口", "河西村", "文昌巷", "北湖", "西园")
MATTERS = {
    "供水": ("自来水又停了", "水压太低用不上水", "水管漏水没人修", "自来水发黄有异味", "水表走得不对"),
    "道路": ("路面坑洼不平", "路灯不亮看不见路", "人行道被挖开", "红绿灯坏了", "井盖松动车辆难行"),
    "教育": ("学校乱收费", "老师课后补课", "幼儿园学位不够", "校门口家长接孩子", "学生食堂不干净"),
}
ASKING = ("希望尽快处理", "请领导关注", "什么时候能解决", "已经反映过一次", "给个答复", "谢谢", "大家都很着急")


def invented(each: int, seed: int = 1) -> list[Letter]:
    """Letters that nobody wrote, ``each`` of every matter."""
    chance = random.Random(seed)
    letters = []
    for category, matters in MATTERS.items():
        for number in range(each):
            place, days, asking = chance.choice(PLACES), chance.randint(2, 90), chance.sample(ASKING, 3)
            told = "，".join([*chance.sample(matters, 2), f"有{days}天了", *asking])
            letters.append(Letter(f"{place}{matters[number % 5]}" if number % 3 else "", f"{place}{told}。", category))
    return letters


def written(path: Path, letters: Iterable[Letter], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "title", "body", "category"])
        rows.writerows([[number, one.title, one.body, one.category] for number, one in enumerate(letters)])
    return path


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(invented(40), MADE_AT)


def test_a_model_of_invented_letters_knows_others_like_them(trained: Trained) -> None:
    model = read_model(trained.data)
    others = invented(15, seed=9)
    right = [model.opinion(one.title, one.body).guesses[0].label == one.category for one in others]
    assert sum(right) >= 0.95 * len(others)
    assert model.card == trained.card
    assert model.card.letters == 120
    assert 0.9 <= model.card.macro_f1 <= 1


def test_the_words_that_moved_it_are_of_the_matter(trained: Trained) -> None:
    opinion = read_model(trained.data).opinion("老街自来水又停了", "老街自来水又停了，请领导关注。")
    assert opinion.guesses[0].label == "供水"
    assert any("来水" in word for word in opinion.words)


def test_the_same_letters_give_the_same_bytes_and_another_time_only_another_date(trained: Trained) -> None:
    assert train(invented(40), MADE_AT).data == trained.data
    later = train(invented(40), MADE_AT + timedelta(days=1))
    assert later.data != trained.data
    assert later.card.fingerprint == trained.card.fingerprint


def test_what_the_functions_say_is_what_the_training_reckoned(trained: Trained) -> None:
    model = read_model(trained.data)
    sure = [model.opinion(one.title, one.body).guesses[0].confidence for one in invented(40)]
    assert sum(share >= model.card.sure_from for share in sure) > 0.5 * len(sure)


def test_a_category_with_too_few_letters_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [Letter("", f"第{number}件医保的事", "医保") for number in range(4)]
    file, model = written(tmp_path / "letters.csv", [*invented(12), *few]), tmp_path / "new" / "m.model"
    assert main(["train", str(file), "--model", str(model), "--at", "2026-05-01T08:00+08:00"]) == 0
    told = capsys.readouterr()
    assert "医保" in told.err
    said = json.loads(told.out)
    assert said["left_out"] == {"医保": 4}
    assert said["card"]["made_at"] == "2026-05-01T08:00:00+08:00"
    assert read_model(model.read_bytes()).card.labels == tuple(sorted(MATTERS))
    assert [one.name for one in model.parent.iterdir()] == ["m.model"], "nothing half-written is left"


def test_evaluating_prints_one_object_of_all_figures(
    tmp_path: Path, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.model"
    model.write_bytes(trained.data)
    file = written(tmp_path / "others.csv", [*invented(5, seed=3), Letter("", "医保卡不能用", "医保")])
    assert main(["evaluate", str(file), "--task", "category", "--model", str(model)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["n"] == 16
    assert said["unlearnt"] == ["医保"]
    assert said["f1"]["医保"] == 0
    assert said["model_bytes"] == len(trained.data) <= 8_000_000
    assert 0.8 <= said["accuracy"] < 1
    assert {"macro_f1", "sure_half_precision", "calibration_error", "load_ms", "ms_per_letter_median"} <= set(said)
    assert 0 <= said["memory_mb"] <= 40


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    assert read_letters(written(tmp_path / "letters.csv", invented(2), encoding)) == invented(2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column title, body, category"),
        (b"title,body\na,b\n", "no column category"),
        (b"title,body,category\n", "no letter"),
        (b"title,body,category\n,,x\na,b,\n", "no letter"),
        (b"title,body,category\n\xff\xff\xff,b,c\n", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_without_letters_says_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "letters.csv"
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=said):
        read_letters(file)


def test_one_category_alone_is_nothing_to_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "letters.csv", [one for one in invented(12) if one.category == "供水"])
    assert main(["train", str(file), "--model", str(tmp_path / "m")]) == 2
    assert "two categories" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_letters_that_share_no_word_teach_nothing_and_break_nothing() -> None:
    strange = [Letter("", chr(0x4E00 + number), "甲" if number % 2 else "乙") for number in range(24)]
    model = read_model(train(strange, MADE_AT).data)
    assert model.card.sure_from == 1
    assert model.opinion("", "一").words == ()


def test_without_a_model_it_says_to_train_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path / "letters.csv"), "--model", str(tmp_path / "none")]) == 2
    told = capsys.readouterr()
    assert "make train" in told.err
    assert not told.out


@pytest.mark.parametrize(
    "arguments",
    [["evaluate", ""], ["train", ""], ["evaluate", "x.csv", "--task", "weather"], ["train", "x.csv", "--at", "2026"]],
)
def test_a_call_that_says_too_little_is_answered_with_its_use(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_file_that_is_not_there_or_no_model_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(tmp_path / "none.csv"), "--model", str(tmp_path / "m")]) == 2
    (tmp_path / "m").write_bytes(b"a letter, not a model")
    assert main(["evaluate", str(written(tmp_path / "l.csv", invented(1))), "--model", str(tmp_path / "m")]) == 2
    assert "not a subject model" in capsys.readouterr().err


def test_real_letters_are_learnt_from_a_slice(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = read_letters(letters / "letters_dev.csv")
    random.Random(5).shuffle(real)
    model = tmp_path / "m.model"
    model.write_bytes(train(real[:800], MADE_AT).data)
    assert main(["evaluate", str(written(tmp_path / "rest.csv", real[800:1200])), "--model", str(model)]) == 0
    assert json.loads(capsys.readouterr().out)["macro_f1"] > 0.75
