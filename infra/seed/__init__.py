"""A believable year's end in an invented city: who signs in, what citizens wrote, and what became of it."""

from typing import NamedTuple

from chalicelib.domain.words import Role


class DemoAccount(NamedTuple):
    """Somebody of the demo city who signs in. ``about`` and ``name`` are Chinese; ``unit`` is a unit's id, ``area`` an
    area's code.
    """

    login: str
    password: str
    role: Role
    about: str
    unit: str | None
    name: str
    area: str | None = None  # of a lay supervisor


DEMO_ACCOUNTS = (
    DemoAccount("shouli", "sunlight-shouli", Role.CLERK, "受理员：登记、受理、分办", "petition-office", "何静"),
    DemoAccount(
        "chengguan", "sunlight-chengguan", Role.HANDLER, "荻洲区城管局承办人", "dizhou-urban-management", "马超"
    ),
    DemoAccount(
        "chengguan-head", "sunlight-chengguan", Role.HEAD, "荻洲区城管局负责人", "dizhou-urban-management", "刘建平"
    ),
    DemoAccount("zhujian", "sunlight-zhujian", Role.HANDLER, "望澜区住建局承办人", "wanglan-housing", "谭静"),
    DemoAccount("zhujian-head", "sunlight-zhujian", Role.HEAD, "望澜区住建局负责人", "wanglan-housing", "蒋文"),
    DemoAccount("jijian", "sunlight-jijian", Role.HANDLER, "纪检信访室承办人（密封件）", "discipline", "清一"),
    DemoAccount("jijian-head", "sunlight-jijian", Role.HEAD, "纪检信访室负责人（密封件）", "discipline", "廉明"),
    DemoAccount("duban", "sunlight-duban", Role.SUPERVISOR, "督办员：催办、督办", "petition-office", "严督"),
    DemoAccount("ducha", "sunlight-ducha", Role.SUPERVISOR, "督查室督办员：二级督办、督查", "inspection", "程立"),
    DemoAccount("juzhang", "sunlight-juzhang", Role.HEAD, "信访局局长：审签直接办理的答复", "petition-office", "钟正"),
    DemoAccount("shuji", "sunlight-shuji", Role.LEADER, "市委书记：本人信箱、批示", None, "高远"),
    DemoAccount("shizhang", "sunlight-shizhang", Role.LEADER, "市长：本人信箱、批示", None, "江平"),
    DemoAccount(
        "wangjg", "sunlight-wangjg", Role.LAY_SUPERVISOR, "信访监督员：受邀参加听证、接访", None, "王建国", "990102"
    ),
    DemoAccount("lifang", "sunlight-lifang", Role.LAY_SUPERVISOR, "信访监督员：还没有受邀", None, "李芳", "990103"),
    DemoAccount("admin", "sunlight-admin", Role.ADMINISTRATOR, "管理员：设置，不看来信", "petition-office", "方圆"),
)
"""Passwords of a demonstration: a real desk makes its own accounts and none of these."""
