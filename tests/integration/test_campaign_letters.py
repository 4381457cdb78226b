"""A text that a thousand people send: it costs no more with each, and who names another home has her own matter."""

from chalicelib.domain.duplicates import Letter, trails
from chalicelib.domain.words import State
from chalicelib.storage import alike
from tests.integration.desk import Desk
from tests.integration.watching import watched

TEXT = (
    "我们是{home}的住户，强烈要求取消城东垃圾焚烧厂项目，离居民太近，臭气和灰尘严重影响健康，"
    "请市里重新选址，公开环境评价，给{home}的老百姓一个交代。"
)
TITLE = "坚决反对建设垃圾焚烧厂"


def campaign(home: str) -> dict[str, object]:
    """The letter with an address put in."""
    return {"title": TITLE, "text": TEXT.format(home=home), "area": ""}


def test_the_same_letter_by_many_is_one_matter_and_its_bands_stay_small(desk: Desk) -> None:
    first = desk.routed(**campaign("东湖小区"))
    reads = []
    for _ in range(5):
        with watched() as calls:
            case = desk.later(minutes=1).routed(**campaign("东湖小区"))
        assert case.joined_to == first.case_id
        reads.append(sum(one in ("BatchGetItem", "Query", "GetItem") for one in calls))
    assert reads[-1] == reads[0], "the thousandth costs what the second cost"
    left = alike.sharing(trails(Letter(TITLE, TEXT.format(home="东湖小区"), None, None)))
    assert {len(pairs) for pairs in left.values()} == {1}, "who was joined stands in the case of the first"


def test_who_puts_in_another_home_is_joined_to_nobody_and_bands_forget_the_oldest(desk: Desk) -> None:
    homes = [f"{name}小区" for name in ("金龙", "白石", "松林", "柳岸", "红旗", "河西", "山南")]
    reads = []
    for home in homes:
        with watched() as calls:
            case = desk.later(minutes=1).routed(**campaign(home))
        assert case.state is not State.JOINED
        reads.append(sum(one in ("BatchGetItem", "Query", "GetItem") for one in calls))
    assert max(reads[1:]) == min(reads[1:])
    left = alike.sharing(trails(Letter(TITLE, TEXT.format(home=homes[-1]), None, None)))
    assert max(len(pairs) for pairs in left.values()) == alike.MOST_IN_A_BAND
