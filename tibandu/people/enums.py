"""Knows the closed word lists of people and bodies."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")


class System(TextChoices):
    """The system of organs that handles a matter 承办系统."""

    PARTY = "party", _("党群系统")
    CONGRESS = "congress", _("人大系统")
    GOVERNMENT = "government", _("政府系统")
    SUPERVISION = "supervision", _("监察委员会")
    COURT = "court", _("人民法院")
    PROCURATORATE = "procuratorate", _("人民检察院")


class Function(TextChoices):
    """What kind of desk a unit's people sit at; what they may do follows from competences and shares, not from this."""

    DEPUTY_WORK = "deputy_work", _("代表工作机构")
    COMMITTEE = "committee", _("专门委员会、工作委员会")
    PRESIDIUM = "presidium", _("主席团、主任会议")
    DISPATCH = "dispatch", _("分办督查机构")
    HANDLING = "handling", _("承办单位")


class Rank(TextChoices):
    """The tier of responsibility of a post 分级负责."""

    PRINCIPAL = "principal", _("主要负责人")
    DEPUTY_HEAD = "deputy_head", _("分管负责人")
    SECTION = "section", _("科室负责人")
    OFFICER = "officer", _("承办人")


RANK_ORDER = (Rank.OFFICER, Rank.SECTION, Rank.DEPUTY_HEAD, Rank.PRINCIPAL)


class Competence(TextChoices):
    """A power that one unit of a congress holds; who holds it is data, so a town's presidium can hold all of them."""

    SCREEN = "screen", _("审查登记")
    ASSIGN = "assign", _("交办")
    DECIDE = "decide", _("决定")
    CLOSE = "close", _("办结")
    ARBITRATE = "arbitrate", _("裁定申退")
    FUND = "fund", _("专项资金管理")


class MessageKind(TextChoices):
    TODO = "todo", _("待办")
    NOTICE = "notice", _("告知")
    REMINDER = "reminder", _("催办")
    OVERDUE = "overdue", _("逾期")


class Channel(TextChoices):
    MAIL = "mail", _("邮件")
    SMS = "sms", _("短信")


class SendingState(TextChoices):
    WAITING = "waiting", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class Scope(TextChoices):
    READ = "read", _("读取")
    WRITE = "write", _("办理")
