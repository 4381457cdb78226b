"""Same words, another place: whether two letters that are alike speak of two things all the same.

What one letter has where the other has something else is looked at, stretch by stretch: a name for a name, a number
for a number, or one word for another wherever it stands.
"""

import re
from collections import Counter
from collections.abc import Sequence

from chalicelib.domain.differences import Change

_KINDS = (
    "小区|家园|花园|新村|新城|之城|公寓|广场|大道|公园|学校|小学(?!生)|中学(?!生)|幼儿园|医院|社区|街道|国际"
    "|(?<![道马线公铁网小])路|(?<![小社])区|(?<![家法])庭|[街巷镇乡村县苑湾]"
)
_LANDMARKS = "市场|公司|大学|车站|大厦|酒店|宾馆|驾校|银行|[府园桥站寺庙塔坪岭湖山厂里屯寨沟市]"
_NO_NAME = "在我本该个是的们到从对前各这那此整全每一"  # 我小区, 在小区 name no place
_COMMON = (
    "生活|住宅|居民|居住|附近|周边|周围|旁边|安置|商业|老旧|城市|农村|部分|所有"
    "|设置|设立|修建|建设|新建|兴建|进入|就读|公办|民办"
)
_PLACE = re.compile(rf"(?!{_COMMON})[^\W_{_NO_NAME}]{{2}}(?:{_KINDS})")
_NUMERAL = "0-9〇零一二三四五六七八九十百"
_CODED = re.compile(r"([a-z])\d*[市区县州]")  # as published letters call places: A7县 lies in A市
_POINTER = re.compile(rf"[{_NUMERAL}a-z东南西北上下左右前后甲乙丙丁]+")
_OF_TIME = re.compile(rf"[{_NUMERAL}]*(?:个?[年月日天周时点分秒次]|小时|星期)")
_NUMBERED = re.compile(r"(?:号|栋|幢|座|单元|期|组|队|中|小学|村|标段|楼|室|路|线|院|区|街|巷|弄|门|厂|站)")
_BEFORE_A_NAME = re.compile(r"(?:位于|住在|家住|坐落|地处|我是|们是|人是|我在)$")
_AFTER_A_NAME = re.compile(
    rf"(?:附近|旁|门口|楼下|对面|业主|居民|村民|住户|路段|栋|楼)|[^\W_]{{0,2}}?(?:{_KINDS}|{_LANDMARKS})"
)
_DIVISION = re.compile(r"(?:县|(?<![小社])区)$")  # it says little of a matter
_OF_A_BUILDING = re.compile(rf"[{_NUMERAL}]+(?:号线|号楼|号院|号门|栋|幢|座|单元|期|组|队|中|村|标段)")
_ENDS_IN_A_NUMBER, _BEGINS_WITH_A_NUMBER = re.compile(rf"[{_NUMERAL}]*$"), re.compile(rf"[{_NUMERAL}]*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PEOPLE = frozenset(
    {
        *("业主", "居民", "村民", "市民", "群众", "百姓", "住户"),
        *("书记", "市长", "县长", "区长", "局长", "领导", "政府"),
    }
)
_MOST_PAIRS = 200  # changes that are compared with each other; a letter that has more is no copy
_LONGEST_NAME = 8  # characters
_LONGEST_PHRASE = 12  # characters: with the words around a name
_LONGEST_WITHIN = 4  # characters that a name has more than another


def elsewhere(changes: Sequence[Change], here: str, there: str, heads: tuple[str, str], one_person: bool) -> bool:
    """Whether the normalised texts ``here`` and ``there``, which ``changes`` tell apart, speak of two things.

    ``heads``: their titles. Of one person's own letters less is heeded: who writes again corrects what she wrote.
    """
    if _throughout(changes, one_person) or _headed_apart(here, there, heads):
        return True
    if not one_person and _each_has_own_buildings(here, there):
        return True
    return any(
        _named_apart(change, here, there)
        or _numbered_apart(change, one_person)
        or (not one_person and _in_a_names_place(change, here, there))
        for change in changes
    )


def places_named(title: str, text: str) -> list[str]:
    """The places that a letter names: those of its title first, then those named most."""
    found = Counter(_PLACE.findall(text))
    names = [*_PLACE.findall(title), *(name for name, _ in found.most_common())]
    return [name for name in dict.fromkeys(names) if not _DIVISION.search(name)]


def _throughout(changes: Sequence[Change], one_person: bool) -> bool:
    """Whether one word was put for another more than once: who words a matter anew does so here and there, who writes
    of another thing does so wherever it is named.
    """
    pairs = [(one.gone, one.come) for one in changes if one.gone and one.come and _is_a_word(one, one_person)]
    pairs = pairs[:_MOST_PAIRS]
    return any(
        gone in pairs[place][0] and come in pairs[place][1]
        for number, (gone, come) in enumerate(pairs)
        for place in range(len(pairs))
        if place != number
    )


def _is_a_word(change: Change, one_person: bool) -> bool:
    """Whether a word was put for another; one's own slip of a single character is mended wherever it stands."""
    longer = max(len(change.gone), len(change.come))
    slip = one_person and longer == 1 and not _pointers(change)
    return longer <= _LONGEST_PHRASE and not slip and not _unnamed(change)


def _unnamed(change: Change) -> bool:
    """Whether a change puts no other name: "our estate", who writes or is written to, a slip of the pen."""
    gone, come = change.gone, change.come
    slip = sorted(gone) == sorted(come) and not _POINTER.fullmatch(gone)
    return slip or bool({gone, come} & _PEOPLE) or any(char in _NO_NAME for char in gone + come)


def _headed_apart(here: str, there: str, heads: tuple[str, str]) -> bool:
    """Whether each title names a place of which the other letter does not speak."""
    return _names_beyond(heads[0], there) and _names_beyond(heads[1], here)


def _names_beyond(head: str, other: str) -> bool:
    return any(found[0] not in other for found in _PLACE.finditer(head))


def _each_has_own_buildings(here: str, there: str) -> bool:
    """Whether each letter names a house, a line or a village group by a number that the other does not have."""
    ours, theirs = set(_OF_A_BUILDING.findall(here)), set(_OF_A_BUILDING.findall(there))
    return bool(ours - theirs) and bool(theirs - ours)


def _named_apart(change: Change, here: str, there: str) -> bool:
    """Whether a name stands for another, neither of them known to the other letter."""
    if sorted(change.gone) == sorted(change.come):
        return False
    codes = {*_CODED.findall(change.gone)}, {*_CODED.findall(change.come)}
    if all(codes) and codes[0].isdisjoint(codes[1]):
        return True
    if not (change.gone and change.come) and len(change.gone + change.come) > _LONGEST_WITHIN:
        return False
    return _own(change, change.gone, there) and _own(change, change.come, here)


def _own(change: Change, text: str, other: str) -> bool:
    """Whether ``text``, with what is around it, gives a name that the other letter does not have."""
    before = change.before[-2:]
    first, last = len(before), len(before) + len(text)
    return any(
        found.start() < last and found.end() > first if text else found.start() < first < found.end()
        for found in _PLACE.finditer(before + text + change.after)
        if found[0] not in other
    )


def _numbered_apart(change: Change, one_person: bool) -> bool:
    """Whether a number or a pointer stands for another: house 3 for house 5, the north gate for the south gate."""
    before, after = _ENDS_IN_A_NUMBER.search(change.before), _BEGINS_WITH_A_NUMBER.match(change.after)
    assert before is not None
    assert after is not None
    numbers = {before[0] + text + after[0] for text in (change.gone, change.come)}
    whole = all(_POINTER.fullmatch(number) for number in numbers)
    if whole and _NUMBERED.match(change.after[after.end() :]):
        return True
    if one_person or not _pointers(change) or all(_YEAR.fullmatch(text) for text in (change.gone, change.come)):
        return False
    rest = change.after[:2]
    return not any(_OF_TIME.fullmatch(f"{change.gone}{rest[:length]}") for length in (1, 2))


def _pointers(change: Change) -> bool:
    """Whether a number or a direction stands for another."""
    return bool(_POINTER.fullmatch(change.gone) and _POINTER.fullmatch(change.come))


def _in_a_names_place(change: Change, here: str, there: str) -> bool:
    """Whether a word that only the one letter has stands for one that only the other has, where names stand."""
    gone, come = change.gone, change.come
    if not gone or not come or _unnamed(change) or max(len(gone), len(come)) > _LONGEST_NAME:
        return False
    edge = change.before[-1:]
    own = edge + gone not in there and edge + come not in here
    return own and bool(_BEFORE_A_NAME.search(change.before) or _AFTER_A_NAME.match(change.after))
