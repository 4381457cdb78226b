"""The questions of a letter, and whether a reply takes them up."""

import re
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.reply_dates import days_in
from chalicelib.domain.reply_phrases import length, pattern_of
from chalicelib.domain.reply_rules import ReplyRules

MOST = 8  # questions; of a letter that asks more, the first
LONGEST = 120  # characters of a question, as it is quoted
TAKEN_UP = 0.2  # of a question's words: found in the reply, it speaks of it
FEWEST_GRAMS = 6  # a question with fewer pairs of its own characters says nothing that could be looked for
ENOUGH_GRAMS = 2  # of them in the reply, however long the question is
LONG = 100  # characters of a reply that tells enough to be taken for an answer sooner
ENOUGH_SIGNS = 0.3  # of a question's characters in the reply, in whatever words
ENOUGH_SIGNS_IN_LONG = 0.25

_SENTENCE = re.compile(r"[^。！？?!；;\n]+[。！？?!；;]*")
_MARK = re.compile(r"[？?]|[吗呢][。！\s]*$")
_PLEASE = re.compile(r"请问|请教|咨询|想(?:问|了解|知道)|请(?:告知|解答|明示)")
_SEEKS = re.compile(
    r"何时|什么时候|啥时|几时|什么时间|多久[^没不]|哪天|能否|可否|可不可以|是否(?:可以|能|需|要|符合|属于|有|享受|应|在|会|还|合法|已)"
    r"|如何(?:办|申|领|缴|补|报|查|计|算|收|处理|安置|补偿|解决|规定)|怎么?样?(?:办理|申请|领取|缴|报名|报销|查询|计算|收费|补偿)"
    r"|哪里(?:办|领|申|交|可以|能)|哪个部门|哪些(?:条件|材料|手续|人|政策)|什么(?:条件|材料|手续|标准|流程|政策|程序|规划)"
    r"|有(?:没有|无)[^，,。]{0,12}(?:规划|计划|政策|规定|补贴|标准|时间)|多少(?:钱|元|年|天|费|平)"
)
_RHETORICAL = re.compile(
    r"难道|凭什么|岂|何在|谁来管|谁管|没人管|有没有人|管不管|天理|良心|王法|公平|合理吗|怎么能|怎能|怎么可以|怎么会|怎么就|是个头|到头"
    r"|不是[^，,]{0,20}[吗么]|就没|就不能|算什么|哪里去了|像话|还要多久|还要[^，,]{0,8}(?:何时|什么时候)|等到(?:何时|什么时候)|才能?会?(?:管|重视)"
    r"|何来|凌驾|上有政策|忽悠|起诉|是否又|是否成为|百姓的|不知道?找|是不是一件|责任|合理|良知|嫌疑|袒护|包庇|渎职|不作为|勾结|何时是|是否(?:有|存在)[^，,]{0,10}(?:猫腻|利益|违|腐|关系)|为何|为什么|谁(?:给|能|敢|的)"
)
_WHEN = re.compile(r"何时|什么时候|啥时候|啥时|几时|多久|哪天|哪年|哪一年|什么时间|几月")
_WHETHER = re.compile(r"是否|能否|可否|能不能|可不可以|会不会|有没有|是不是|要不要|吗")
_STOPS = re.compile(
    r"请问|领导|书记|市长|县长|区长|尊敬的?|您好|你好|咨询|一下|什么时候|什么时间|什么|何时|啥时候?|几时|多久|为什么|为何|为啥|怎么样?|怎样|如何"
    r"|是否|能否|可否|能不能|可不可以|会不会|有没有|是不是|要不要|哪些|哪个|哪里|哪儿|多少|我们|你们|他们|咱们|自己|大家|这个|那个|这样|那么|这么|现在|目前"
    r"|可以|应该|需要|已经|还是|就是|但是|如果|因为|所以|或者|以及|而且|然后|之后|以后|以前|政府|部门|有关|相关|问题|情况|希望|谢谢|麻烦|知道|想问?|了解|告知"
    r"|[的了吗呢吧啊呀嘛么我你您他她它这那是在有和就都也还要]"
)


class Type(StrEnum):
    """What kind of answer a question waits for."""

    WHEN = "when"  # a day, a term, or why there is none
    WHETHER = "whether"  # yes or no
    OPEN = "open"


class Question(Struct, frozen=True):
    """A question as it stands in the letter."""

    text: str
    type: Type


def questions_of(title: str, text: str) -> tuple[Question, ...]:
    """What a letter asks, in its order: no rhetorical questions, each once. Time grows with the text."""
    found: dict[str, Question] = {}
    for sentence in _SENTENCE.findall(f"{title}\n{text}"):
        bare = sentence.strip()
        if not _asks(bare):
            continue
        quoted = bare if len(bare) <= LONGEST else f"…{bare[-LONGEST:]}"
        found.setdefault(_core(bare), Question(quoted, _type_of(bare)))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _asks(sentence: str) -> bool:
    """Whether it waits for an answer: a question that accuses does not."""
    if _RHETORICAL.search(sentence):
        return False
    marked, please = _MARK.search(sentence), _PLEASE.search(sentence)
    return bool((marked and please) or (_SEEKS.search(sentence) and (marked or please)))


def _type_of(sentence: str) -> Type:
    if _WHEN.search(sentence):
        return Type.WHEN
    return Type.WHETHER if _WHETHER.search(sentence) else Type.OPEN


def _core(sentence: str) -> str:
    return "".join(char for char in _STOPS.sub(" ", sentence) if char.isalnum())


def unanswered(questions: tuple[Question, ...], substance: str, rules: ReplyRules) -> tuple[Question, ...]:
    """The questions that ``substance``, a reply without its phrases, does not take up."""
    if not questions:
        return ()
    said = _grams(substance) | _told_otherwise(substance, rules) | set(substance)
    dated = bool(days_in(substance)) or pattern_of(rules.undated).search(substance) is not None
    decided = any(word in substance for word in rules.yes_or_no)
    told = length(substance)
    decided |= told >= rules.fewest  # whoever says more says it in words of his own
    long = told >= LONG
    return tuple(one for one in questions if not _answers(one, said, dated=dated, decided=decided, long=long))


def _answers(question: Question, said: set[str], *, dated: bool, decided: bool, long: bool) -> bool:
    own = _STOPS.sub(" ", question.text)
    asked, signs = _grams(own), set(own) - {" "}
    taken_up = (
        len(asked) < FEWEST_GRAMS
        or len(asked & said) >= min(1 if long else ENOUGH_GRAMS, TAKEN_UP * len(asked))
        or len(signs & said) >= (ENOUGH_SIGNS_IN_LONG if long else ENOUGH_SIGNS) * len(signs)
    )
    match question.type:
        case Type.WHEN:
            return dated
        case Type.WHETHER:
            return taken_up and decided
        case Type.OPEN:
            return taken_up


def _told_otherwise(text: str, rules: ReplyRules) -> set[str]:
    """The grams of words for which the text has another."""
    return {
        gram
        for group in rules.synonyms
        if any(word in text for word in group)
        for word in group
        for gram in _grams(word)
    }


def _grams(text: str) -> set[str]:
    """Pairs of neighbouring characters, none across a mark or a space."""
    return {text[at : at + 2] for at in range(len(text) - 1) if text[at].isalnum() and text[at + 1].isalnum()}
