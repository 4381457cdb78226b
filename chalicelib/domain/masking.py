"""脱敏: a first proposal of a text fit for everybody. It hides too much rather than too little; a person decides.

A machine does not know every name: whoever publishes a text reads it first.
"""

import re
from collections.abc import Iterable

from chalicelib.domain.people import masked_name

STAR = "*"
SHORTEST_NAME = 2  # characters: of one alone every second sentence would be hidden

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋庞熊纪舒屈"
    "项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石"
    "崔吉龚程嵇邢裴陆荣翁荀羊惠甄曲封储靳段富巫乌焦巴弓牧谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎薄印宿白怀蒲从索赖"
    "卓屠蒙池乔阴苍闻翟谭贡劳逄姬申扶堵冉宰雍桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎慕连茹习宦艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡"
    "国文寇广禄东欧沃利蔚越师巩聂晁勾敖融冷訾辛阚那简饶曾沙丰关相查后荆红游竺权盖益桓公"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|宇文|长孙|司徒|司空|夏侯|轩辕|端木|独孤|南宫"
_HONORIFICS = (
    "同志|先生|女士|小姐|老师|师傅|同学|医生|大夫|老人|村民|居民|阿姨|大爷|大妈|大娘|大姐|大哥|奶奶|爷爷|嫂|工程师"
)
_DIGITS = "0-9０-９"
_NUMERALS = "〇零一二三四五六七八九十百两"

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = r"(?P<date>(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?!\d))"
_LONG_NUMBER = re.compile(rf"{_DATE}|[+＋]?[{_DIGITS}](?:[\s\-－–—·.()（）]{{0,2}}[{_DIGITS}]){{6,}}[Xx]?")
_SPOKEN_NUMBER = re.compile(r"[〇零一二三四五六七八九幺两]{7,}")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-Za-z][·•.\s-]?[A-Za-z0-9]{4,6}[挂学警港澳]?"
)
_HOUSE = re.compile(
    rf"(?<!月)(?:[{_DIGITS}]+(?:[-－—][{_DIGITS}]+)*|[{_NUMERALS}]+)"
    r"(?=\s*(?:号(?!线)|单元|室|(?:栋|幢|座|弄)(?![\u4e00-\u9fff])))"  # of 32栋木楼 the number says how many
)
_ENGLISH_HOUSE = re.compile(r"(?i)\b((?:no|room|flat|apartment|building|house)\.?\s*#?)\d+[a-z]?\b")
_ADDRESSED = re.compile(rf"(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?={_HONORIFICS})")
_CONTACT = re.compile(r"(联系人|经办人|承办人)([：:]?\s*)(?!某某)[^，,。；;：:、\s（(*]{1,20}")


def mask(text: str, names: Iterable[str] = ()) -> str:
    """``text`` without ``names`` and what looks like a person's name, telephone, identity or plate number, address.

    Twice gives the same as once.
    """
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(_whole(name), _initial(name), text)
    text = _MAIL.sub(STAR * 3, text)
    text = _PLATE.sub(lambda found: found[0][0] + STAR * 6, text)
    text = _LONG_NUMBER.sub(_stars_unless_a_date, text)
    text = _SPOKEN_NUMBER.sub(STAR * 7, text)
    text = _HOUSE.sub(STAR, text)
    text = _ENGLISH_HOUSE.sub(rf"\g<1>{STAR}", text)
    text = _ADDRESSED.sub(lambda found: masked_name(found[0]), text)
    return _CONTACT.sub(r"\1\2某某", text)


def _whole(name: str) -> str:
    return rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)


def _initial(name: str) -> str:
    return f"{name[0]}." if name.isascii() else masked_name(name)


def _stars_unless_a_date(found: re.Match[str]) -> str:
    return found["date"] or STAR * 7
