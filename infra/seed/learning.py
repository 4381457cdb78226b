"""A model for the demo city, trained from invented sentences with the city's own words; on trial from the first day.

It advises and never decides, so that the stories go the way they are told; the page says that it is a demonstration.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from chalicelib.desk import models
from chalicelib.domain.case import Case
from chalicelib.domain.city import Category, City
from chalicelib.domain.learning import AtWork
from chalicelib.domain.routing import likeliest_by_words
from chalicelib.gateways import objects
from chalicelib.storage import learning

OF_EACH = 8  # letters of a category
SEED = 24
BEFORE = timedelta(days=3)  # the first letter
_OPENINGS = ("您好，我是{place}的居民，", "领导您好，", "反映一个情况：", "我住在{place}，", "多次打电话没有结果，", "")
_MIDDLES = (
    "我们这里的{one}问题拖了{days}天，{two}也没人管，",
    "关于{one}，大家意见很大，{two}更是让人着急，",
    "想问一下{one}和{two}怎么办理，",
    "{one}一直没有解决，{two}的事情也反复出现，",
    "最近{one}又出了问题，牵涉到{two}，",
)
_ENDS = ("请尽快处理。", "希望有关部门来看一看。", "请给个答复。", "盼回复，谢谢。")


def teach(city: City, at: datetime) -> None:
    """Train the model and put it on trial at ``at``."""
    from infra.learn.letters import Letter
    from infra.learn.training import train

    letters = [Letter(title, text, label) for title, text, label in invented(city)]
    made = train(letters, at)
    key = f"models/{made.card.fingerprint}"
    objects.put(key, made.data, "application/octet-stream")
    learning.put_to_work(AtWork(1, at, "", "演示数据", made.card, key, on_trial=True, demo=True))
    models.forget()


def invented(city: City) -> Iterator[tuple[str, str, str]]:
    """Title, text and top class of letters that nobody wrote; the same each time."""
    lots = Random(SEED)
    for category in city.categories:
        words = (*category.strong_words, *category.words)
        if category.group is None or not words:
            continue
        for _ in range(OF_EACH):
            said = {"one": lots.choice(words), "two": lots.choice(words), "days": lots.randint(2, 90)}
            said["place"] = lots.choice(city.areas).name.zh
            text = "".join(lots.choice(part) for part in (_OPENINGS, _MIDDLES, _ENDS))
            yield f"{said['one']}问题", text.format_map(said), category.group.zh


def category_for(case: Case, title: str, text: str, unit_id: str | None, city: City) -> str | None:
    """What the clerk of the story takes the letter for: something that the unit which is to have it answers for."""
    found = city.category(case.category)
    unit = city.unit(unit_id or case.suggested_unit)
    if unit is None or (found is not None and found.function in unit.functions):
        return case.category
    better: Category | None = likeliest_by_words(
        title, text, frozenset(one.id for one in city.categories if one.function in unit.functions), city
    )
    return better.id if better is not None else case.category
