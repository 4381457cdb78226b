"""What is kept of a reply's check."""

from enum import StrEnum

from msgspec import Struct


class Code(StrEnum):
    """What is looked at."""

    QUESTIONS = "questions"  # 答其所问
    MEASURE = "measure"  # 办理措施
    DATE = "date"  # 时限
    CONTACT = "contact"  # 联系方式
    PHRASES = "phrases"  # 套话
    SUBSTANCE = "substance"  # 内容过短
    COPY = "copy"  # 照搬


WORTH: dict[Code, int] = {
    Code.QUESTIONS: 30,
    Code.MEASURE: 20,
    Code.DATE: 15,
    Code.CONTACT: 10,
    Code.PHRASES: 5,
    Code.SUBSTANCE: 10,
    Code.COPY: 10,
}
"""Points of a hundred. What a reply need not have is worth its points."""


class Marked(Struct, frozen=True, omit_defaults=True):
    """What is kept of a check: by which rules, its total and what was missing. No words of anybody."""

    version: int
    total: int
    missing: tuple[Code, ...] = ()
