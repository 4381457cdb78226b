"""Two opinions on one letter: the words are the floor, a model speaks where they are silent, and a person decides."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain.city import Name, Rule
from chalicelib.domain.errors import Invalid
from chalicelib.domain.learning import Trial, decided, month_of_arrival, read_threshold
from chalicelib.domain.offers import offers_of
from chalicelib.domain.opinions import Heard, meant_by, name_of, said_in_percent
from chalicelib.domain.routing import Routing, competent, route
from chalicelib.domain.said import ModelSays, Said
from chalicelib.domain.subject_list import subject_id
from chalicelib.domain.words import Kind
from tests.unit.test_routing import LAMPS, STALLS, codes, letter, params

CITY = default_city()
SILENT = "上次那个情况还是老样子。"
FEW = "请帮忙看看路灯。"
BUILDING, STREETS = "城乡建设", "市容秩序与占道经营"
NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def heard(label: str, per_mille: int = 950, sure_from: int = 900, decides: bool = True) -> Heard:
    guesses = (Said(label, per_mille), Said("劳动和社会保障", 30), Said("交通运输", 10))
    return Heard(ModelSays("abc", guesses, sure=per_mille >= sure_from), ("老样子", "情况"), decides)


def outcome(routing: Routing) -> tuple[str | None, bool, list[str]]:
    category = routing.category and subject_id(routing.category)
    return category, routing.sure, [code for code in codes(routing) if code.startswith("reason.model")]


WORKS = "construction.municipal_works"
ORDER = "construction.street_order"

TABLE: list[tuple[str, str, Heard | None, tuple[str | None, bool, list[str]]]] = [
    ("words are sure, no model", LAMPS, None, (WORKS, True, [])),
    ("words are sure, the model agrees", LAMPS, heard(BUILDING), (WORKS, True, [])),
    ("words are sure, the model doubts", LAMPS, heard("交通运输", 400), (WORKS, True, [])),
    ("both are sure and differ", LAMPS, heard("交通运输"), (WORKS, False, ["reason.model_differs"])),
    ("the trial contradicts nobody", LAMPS, heard("交通运输", decides=False), (WORKS, True, [])),
    ("no words, no model", SILENT, None, (None, False, [])),
    ("no words, the model names a category", SILENT, heard(STREETS), (ORDER, True, ["reason.model"])),
    ("no words, the model names an id", SILENT, heard(WORKS), (WORKS, True, ["reason.model"])),
    ("no words, a class", SILENT, heard(BUILDING), (None, False, ["reason.model", "reason.model_group"])),
    ("no words, below the threshold", SILENT, heard(STREETS, 899), (None, False, ["reason.model_advises"])),
    ("no words, at the threshold", SILENT, heard(STREETS, 900), (ORDER, True, ["reason.model"])),
    ("no words, on trial", SILENT, heard(STREETS, decides=False), (None, False, ["reason.model_on_trial"])),
    ("few words, no model", FEW, None, (WORKS, False, [])),
    ("few words, and the class that they hint at", FEW, heard(BUILDING), (WORKS, True, ["reason.model"])),
    ("few words, and another category", FEW, heard(STREETS), (ORDER, True, ["reason.model"])),
    ("few words, another class", FEW, heard("交通运输"), (None, False, ["reason.model", "reason.model_group"])),
    ("a label that the city does not know", FEW, heard("环境保护"), (WORKS, False, [])),
    ("nothing was guessed", FEW, Heard(ModelSays("abc", (), True)), (WORKS, False, [])),
]


@pytest.mark.parametrize(("case", "text", "model", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_who_decides_what_a_letter_is_about(
    case: str, text: str, model: Heard | None, expected: tuple[str | None, bool, list[str]]
) -> None:
    assert outcome(route(letter(text, area="990102"), CITY, (), model)) == expected


def test_a_clerk_who_must_decide_between_both_is_told_both() -> None:
    told = params(route(letter(LAMPS, area="990102"), CITY, (), heard("交通运输", 978)), "reason.model_differs")
    assert (told["category_zh"], told["said_zh"], told["confidence"]) == ("市政道路与排水", "交通运输", "97%")


def test_no_reason_holds_a_word_that_only_the_model_has_found() -> None:
    for text in (LAMPS, SILENT, FEW):
        for label in (BUILDING, STREETS, "交通运输"):
            routing = route(letter(text, area="990102"), CITY, (), heard(label))
            assert "老样子" not in str(routing.reasons)


def test_a_directing_rule_beats_the_model() -> None:
    rule = Rule("r", Name("专项", "special"), any_words=("路灯",), unit="housing")
    city = replace(CITY, rules=(rule,))
    assert route(letter(LAMPS, area="990102"), city, (), heard("交通运输")).unit == "housing"
    held = replace(CITY, rules=(replace(rule, unit=None, hold=True),))
    assert not route(letter(FEW, area="990102"), held, (), heard(BUILDING)).sure


def test_what_a_rule_or_the_citizen_has_named_is_not_weighed_again() -> None:
    rule = Rule("r", Name("专项", "special"), any_words=("路灯",), category="construction.parks")
    city = replace(CITY, rules=(rule,))
    assert route(letter(LAMPS, area="990102"), city, (), heard("交通运输")).category == "construction.parks"
    chosen = letter(LAMPS, area="990102", category="construction.parks")
    assert route(chosen, CITY, (), heard("交通运输")).category == "construction.parks"


def test_a_letter_that_names_another_unit_still_goes_to_the_clerk() -> None:
    routing = route(letter("公交公司：" + SILENT, area="990102", title="致公交公司"), CITY, (), heard(STREETS))
    assert not routing.sure or routing.category == ORDER


def test_an_accusation_is_never_judged() -> None:
    accusation = letter(STALLS, kind=Kind.ACCUSATION, mailbox="discipline-box", area="990102")
    assert route(accusation, CITY, (), heard(BUILDING)) == route(accusation, CITY)


@given(st.text(max_size=60), st.text(max_size=20), st.sampled_from([BUILDING, STREETS, "交通运输", "?"]))
def test_without_a_decision_of_its_own_a_model_changes_nothing_but_what_is_told(
    text: str, title: str, label: str
) -> None:
    one = letter(text, title=title, area="990102")
    alone, advised = route(one, CITY), route(one, CITY, (), heard(label, decides=False))
    assert replace(advised, reasons=()) == replace(alone, reasons=())
    assert [one for one in advised.reasons if not one.code.startswith("reason.model")] == list(alone.reasons)


# Labels and offers.


def test_a_label_is_a_category_by_id_or_name_or_a_top_class() -> None:
    assert [one.id for one in meant_by(WORKS, CITY)] == [WORKS]
    assert [one.id for one in meant_by("市政道路与排水", CITY)] == [WORKS]
    assert len(meant_by(BUILDING, CITY)) == 16
    assert meant_by("", CITY) == ()
    assert name_of(BUILDING, CITY) == CITY.categories[0].group
    assert name_of("?", CITY) == Name("?", "?")


def test_what_is_not_certain_is_never_called_certain() -> None:
    assert [said_in_percent(Said("x", one)) for one in (999, 1000, 5)] == ["99%", "100%", "0%"]


def test_the_offers_stand_in_the_models_order_and_the_present_category_after_them() -> None:
    says = ModelSays("abc", (Said(STREETS, 610), Said(BUILDING, 250), Said("交通运输", 90)))
    found = offers_of(says, ("老样子",), "labour.wages", "路灯", FEW, CITY)
    assert [(subject_id(one.category.id), one.confidence) for one in found.offers][:2] == [
        (ORDER, "61%"),
        (WORKS, "25%"),
    ]
    assert [name.zh for name, _ in found.classes] == ["交通运输"], "no word tells which of its categories"
    present = next(one.id for one in CITY.categories if one.group is not None and one.group.zh == "教育文体")
    with_present = offers_of(says, (), present, "路灯", FEW, CITY).offers
    assert (with_present[-1].category.id, with_present[-1].confidence) == (present, "")
    assert len({one.category.id for one in offers_of(says, (), ORDER, "", FEW, CITY).offers}) == 2


def test_the_unit_follows_the_category_and_the_place() -> None:
    assert competent(WORKS, "990102", CITY) == "dizhou-urban-management"


@pytest.mark.parametrize("typed", ["49", "100", "9.5", "-1", "九十", "９０", "x" * 400, "1" * 40])
def test_a_threshold_that_is_none_is_refused_by_its_name(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_threshold(typed)
    assert refused.value.errors[0].field == "sure_from"


def test_a_threshold_is_typed_in_per_cent_or_left_to_the_model() -> None:
    assert [read_threshold(typed) for typed in ("50", " 85% ", "99％", "", " ")] == [500, 850, 990, 0, 0]


@pytest.mark.parametrize(
    ("decided", "sure", "right", "passed"),
    [(49, 49, 49, False), (50, 20, 19, True), (50, 19, 19, False), (60, 40, 37, False), (60, 40, 38, True)],
)
def test_a_trial_is_passed_by_enough_letters_and_enough_right_ones(
    decided: int, sure: int, right: int, passed: bool
) -> None:
    assert Trial(decided, decided, sure, right).passed is passed


# What is kept for learning, once a person has decided.


@pytest.mark.parametrize(
    ("said", "right", "was", "agreed"),
    [
        (WORKS, WORKS, WORKS, True),
        (WORKS, ORDER, ORDER, False),
        ("市政道路与排水", ORDER, STREETS, False),
        (BUILDING, ORDER, BUILDING, True),
        (BUILDING, "transport.bus", "", False),
        ("环境保护", WORKS, "", False),
    ],
)
def test_what_would_have_been_right_is_named_as_the_model_names_things(
    said: str, right: str, was: str, agreed: bool
) -> None:
    category = CITY.category(right) or next(one for one in CITY.categories if one.group and one.group.zh != BUILDING)
    says = ModelSays("abc", (Said(said, 900),), sure=True)
    kept = decided("c", "r", NINE, NINE, category, None, says, CITY)
    assert (kept.category, kept.by_person_alone) == (category.id, True)
    if said == BUILDING and not agreed:
        assert category.group is not None
        was = category.group.zh
    assert (kept.was, kept.agreed) == (was, agreed)
    assert bool(kept.said) == bool(meant_by(said, CITY)), "a label that the city no longer knows teaches nothing"


@pytest.mark.parametrize("says", [None, ModelSays("abc", ())])
def test_without_a_guess_only_the_decision_is_kept(says: ModelSays | None) -> None:
    category = CITY.category(WORKS)
    assert category is not None
    kept = decided("c", "r", NINE, NINE, category, f"{WORKS}.lamps", says, CITY)
    assert (kept.said, kept.was, kept.agreed, kept.by_person_alone) == ("", "", False, False)


def test_a_decision_is_kept_with_the_month_in_which_the_letter_came_to_shanghai() -> None:
    assert month_of_arrival(datetime(2026, 2, 28, 16, tzinfo=UTC)) == date(2026, 3, 1)
