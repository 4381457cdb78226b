"""What the reply check goes by: the words of the trade, as a city may set them.

In a phrase ``*`` stands for up to twelve characters of the same clause.
"""

from msgspec import Struct

VERSION = 1
"""Of these rules and of what is done with them: recorded with every check, and one more with every change."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PHRASES = """
    感谢您*的关心 感谢您*的支持 感谢您*的理解 感谢您*的监督 感谢您*的来信 感谢您*的留言 感谢您*的关注
    感谢您*建议 感谢您*意见 感谢你*的关心 感谢你*的支持 谢谢您*的支持 谢谢您*的关心 衷心感谢*
    再次感谢* 非常感谢* 支持与监督 理解与支持 理解和支持 关心和支持 关心与支持 关心、支持 支持、理解
    监督与支持 监督和支持 一如既往*支持 欢迎*监督 敬请谅解 请您谅解 敬请理解 望您理解 特此回复 特此答复
    此复 祝您*愉快 祝您*健康 祝您*如意 您好 你好 尊敬的*网友 尊敬的*市民 网友 来信收悉 来信已收悉
    留言收悉 留言已收悉 留言已知悉 您*来信*收悉 您*问题*收悉 您*留言*收悉 您*反映的问题*已知悉
    现*回复如下 现*答复如下 现*说明如下 高度重视 十分重视 非常重视 领导重视 第一时间 进一步加强*工作
    进一步加大*力度 加大*工作力度 认真研究 认真考虑 积极*予以考虑 引起*重视 全心全意*服务 更好地*服务
    更好的*服务 努力*做好*工作 扎实*做好*工作 切实*做好*工作 不断*提升*水平 不断*提高*水平
    为*营造良好*环境
"""
_MEASURES = """
    安排 责令 责成 督促 要求 组织 联系 约谈 整改 修复 维修 更换 完成 办理 办结 处理 处置 核实 核查
    调查 查处 查看 查明 勘查 勘察 踏勘 走访 检查 巡查 拆除 清理 清运 清除 清退 取缔 查封 关停 立案
    处罚 处以 罚款 扣押 协调 沟通 协商 对接 下达 下发 送达 发出 印发 出台 启动 开工 施工 动工 竣工
    建成 投入 增设 设置 安装 新增 调整 优化 开通 恢复 发放 支付 退还 退款 补发 补缴 缴纳 兑现 转交
    移交 转送 交办 转办 上报 汇报 报送 申请 申报 列入 纳入 编制 规划 设计 招标 征收 签订 达成 召开
    研究 采纳 通报 批评教育 劝导 劝离 制止 受理 审核 审批 批准 登记 公示 公布 验收 抢修 疏通 加固
    绿化 硬化 改造 提质 建设 修建 修补 清洗 抽检 检测 监测 执法 整治 规范 落实 解决 反馈 告知 回访
    解释 说明 答复 成立 派出 派员 赶赴 前往 介入 暂停 停止 配备 增派 增加 制定 明确 解除 移除 转移
    补种 施划 施行 实施 推进 开展
"""
_PROMISES = """
    将 拟 计划 预计 力争 争取 确保 下一步 承诺 尽快 即将 准备 打算
"""
_ANNOUNCED = """
    将于 将在 将由 将会 将对 将从 将要求 将尽快 将逐步 将全面 将进行 将着手 将迅速 将督促 将联合 将加快
    将安排 将组织 将统一 将陆续 将抓紧 将协调 将责成 将责令 将派 将实施 将开展 将委托 将通过 拟于 拟在
    拟对 拟通过 计划于 计划在 预计 力争 争取早日 争取尽快 争取在 确保 承诺 尽快 即将 准备 打算
"""
_LASTING = """
    继续 持续 长期 不断 一如既往 进一步 加强 加大 强化 常态 定期 日常 始终 严格 依法 积极 全力 密切
    关注 跟踪
"""
_FINITE = """
    完成 整改到位 修复 维修 更换 拆除 安装 增设 设置 开工 动工 启动 竣工 建成 通车 开通 投入使用
    发放 支付 退还 退款 补发 清理 清运 施划 回复您 答复您 反馈给您 给予答复 出台 交付 交房 办理完
    办结 恢复 改造 重建
"""
_GROUNDS = """
    根据 依据 按照 依照 规定 政策 条例 办法》 不属 查无 请你 请向 请到 请咨询 请联系 可联系 可拨打
    请拨打 请与 建议你 不符合 符合 属于 因为 由于 原因 暂不 无法 不能 不宜 不予 条件 标准 流程
    建议您 请您 可以 可到 可向 可咨询 需要 需提供 应当 目前 没有 尚未 未 不存在 属实
"""
_UNDATED = """
    暂无计划 尚无计划 没有计划 未列入 暂未 尚未 时间未定 时间待定 按*约定 合同约定 以*公告为准
    以*通知为准 以*公布为准 另行通知 不能确定 无法确定 视*情况 待*后 暂不 没有时间表 届时 正在 已经
    已完成 已于 目前 没有 不予 无法 不再 取决于 阶段 条件成熟 暂缓 规划中
"""
_YES_OR_NO = """
    可以 不可以 能够 不能 不得 不予 不宜 不属于 属于 不符合 符合 不需要 需要 无需 是的 同意 没有
    暂无 暂不 不存在 存在 属实 已 未 需 将
"""
_SYNONYMS = """
    户口/户籍/落户/迁入 工资/薪资/欠薪/劳动报酬/待遇 房产证/不动产/产权/办证
    学位/入学/招生/就读/学校 公交/线路/班次 红绿灯/信号灯/交通灯 路灯/照明 拆迁/征收/拆除/棚改/征地
    补偿/补助/赔偿/安置 医保/医疗保险/报销 社保/养老/社会保险 领养/收养 噪音/噪声/扰民
    停车/车位/泊位 小区/物业/业主 公积金/贷款 驾照/驾驶证/驾考 开工/动工/施工/建设/启动 地铁/轨道
    费用/收费/价格/标准/元 流程/手续/程序/材料/办理 老师/教师 垃圾/清运
"""


class ReplyRules(Struct, frozen=True):
    """The words and numbers of the check. A city that sets one of the lists sets all of that list."""

    # 套话: courtesies and phrases that tell nothing
    phrases: tuple[str, ...] = _words(_PHRASES)
    # what is done: after 已, 经, or before 了
    measures: tuple[str, ...] = _words(_MEASURES)
    # 下一步: what announces what is still to be done
    promises: tuple[str, ...] = _words(_PROMISES)
    # what announces the end of something
    announced: tuple[str, ...] = _words(_ANNOUNCED)
    # what goes on for ever has no day on which it is done
    lasting: tuple[str, ...] = _words(_LASTING)
    # what has an end: of a promise of it a day is asked
    finite: tuple[str, ...] = _words(_FINITE)
    # the explanation of who cannot do it, or need not
    grounds: tuple[str, ...] = _words(_GROUNDS)
    # where a day cannot be told, and the reply says so
    undated: tuple[str, ...] = _words(_UNDATED)
    # answers to whether
    yes_or_no: tuple[str, ...] = _words(_YES_OR_NO)
    # words for one thing
    synonyms: tuple[tuple[str, ...], ...] = tuple(tuple(group.split("/")) for group in _words(_SYNONYMS))
    fewest: int = 30  # characters that tell something; a reply with fewer is a stub
    most_phrases: int = 50  # percent of a reply that may be phrases
    copied_from: int = 92  # percent of likeness from which a reply is called another's copy
