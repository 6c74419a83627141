"""The suggestion itself, those who propose it, its asks and attachments, and the series that number it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, StoredFile
from tibandu.people.models import Congress, Delegation, Seat, Session, Unit
from tibandu.regulations.models import Ground, SubjectClass, Version
from tibandu.suggestions.enums import (
    ON_FILE,
    OPEN,
    Consent,
    Nature,
    Origin,
    PaperState,
    Publicity,
    Repeated,
    RequestState,
    State,
)
from tibandu.suggestions.models.belonging import OfSuggestion

TITLE_LENGTH = 120
TEXT_LENGTH = 20_000

_SIGHT = ("is_masked", "is_classified", "publicity")
# All that a ledger checks of a row: where many are checked by their keys, no text is read along with them.
_FACTS = (
    *("id", "congress", "state", "session", "number", "due_on", "subject", "committee", "nature"),
    *("collection", *_SIGHT),
)


class Series(models.Model):
    """A counter of numbers: one per session, one per year between sessions, one per unit and year for letters."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="series", verbose_name=_("人大")
    )
    key = models.CharField(_("系列"), max_length=40)
    last = models.PositiveIntegerField(_("已用到"), default=0)

    class Meta:
        verbose_name = _("编号系列")
        constraints = [models.UniqueConstraint(fields=["congress", "key"], name="series_key")]


class CaseFile(models.Model):
    """Several suggestions handled together 并案: one plan and one talk, but a number and a reply for each."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="case_files", verbose_name=_("人大")
    )
    title = models.CharField(_("名称"), max_length=TITLE_LENGTH)
    opened_on = models.DateField(_("立卷日期"))

    class Meta:
        verbose_name = _("并案卷")

    def __str__(self) -> str:
        return self.title


class Suggestion(Chained):
    """A deputies' suggestion from draft to close. What follows from shares and replies is not stored here."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="suggestions", verbose_name=_("办理人大")
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("会议"),
        help_text=_("闭会期间提出的为空"),
    )
    collection = models.CharField(_("历史汇编"), max_length=60, blank=True)
    nature = models.CharField(_("性质"), max_length=12, choices=Nature, default=Nature.SUGGESTION)
    state = models.CharField(_("状态"), max_length=24, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(_("修改次数"), default=0)

    title = models.CharField(_("标题"), max_length=TITLE_LENGTH, blank=True)
    facts = models.TextField(_("情况"), blank=True)
    analysis = models.TextField(_("分析"), blank=True)
    origin = models.CharField(_("建议来源"), max_length=10, choices=Origin, default=Origin.RESEARCH)
    repeated = models.CharField(_("是否重复提出"), max_length=8, choices=Repeated, default=Repeated.NO)
    publicity = models.CharField(_("公开意见"), max_length=8, choices=Publicity, default=Publicity.FULL)
    wants_contact = models.BooleanField(_("希望承办单位加强联系沟通"), default=False)
    no_written_reply = models.BooleanField(_("供研究参考，不需要书面答复"), default=False)
    open_to_cosigning = models.BooleanField(_("可以联名提出"), default=True)
    contact_person = models.CharField(_("建议联系人"), max_length=60, blank=True)
    proposed_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("建议承办单位"),
    )

    series = models.ForeignKey(
        Series,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("系列"),
    )
    number = models.PositiveIntegerField(_("序号"), null=True, blank=True)
    number_text = models.CharField(_("编号"), max_length=40, blank=True)
    external_no = models.CharField(_("原编号"), max_length=40, blank=True)
    received_from = models.CharField(_("来自"), max_length=60, blank=True)
    external_units = models.TextField(_("原承办单位"), blank=True)
    sent_to = models.CharField(_("转往"), max_length=60, blank=True)

    subject = models.ForeignKey(
        SubjectClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("分类"),
    )
    committee = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="watched_suggestions",
        verbose_name=_("对口委员会"),
    )
    is_masked = models.BooleanField(_("隐去提出人"), default=False)
    is_classified = models.BooleanField(_("涉密件线下办理"), default=False)
    case_file = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("并案卷"),
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )
    regulation = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("适用办法")
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    registered_on = models.DateField(_("立案日期"), null=True, blank=True)
    assigned_on = models.DateField(_("首次交办"), null=True, blank=True)
    due_on = models.DateField(_("本件期限"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    is_published = models.BooleanField(_("已公开"), default=False)

    class Meta:
        verbose_name = _("建议")
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="suggestion_number"),
            models.CheckConstraint(
                condition=models.Q(series=None, number=None)
                | models.Q(series__isnull=False, number__isnull=False),
                name="suggestion_series_and_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["merged"], merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into=None)),
                name="suggestion_merged_into",
            ),
        ]
        indexes = [
            # In every order that a page comes in, with all that sight asks: a page and its count read no row for nothing.
            models.Index(fields=["congress", "-id", "state", *_SIGHT], name="suggestion_newest"),
            models.Index(fields=["congress", "due_on", "id", "state", *_SIGHT], name="suggestion_due"),
            models.Index(
                fields=["congress", "session", "number", "id", "state", *_SIGHT],
                name="suggestion_session_number",
            ),
            models.Index(fields=["congress", "state", "-id", *_SIGHT], name="suggestion_state"),
            models.Index(fields=["congress", "state", "due_on", "id", *_SIGHT], name="suggestion_state_due"),
            models.Index(
                fields=["congress", "state", "session", "number", "id", *_SIGHT],
                name="suggestion_state_number",
            ),
            models.Index(
                fields=["congress", "session", "-id", "state", *_SIGHT], name="suggestion_session_newest"
            ),
            models.Index(
                fields=["congress", "session", "due_on", "id", "state", *_SIGHT],
                name="suggestion_session_due",
            ),
            *(
                models.Index(fields=["congress", name, "-id", "state", *_SIGHT], name=f"suggestion_{name}")
                for name in ("subject", "committee", "nature", "collection")
            ),
            *(
                models.Index(
                    fields=["congress", name, *terms, "id", "state", *_SIGHT],
                    name=f"suggestion_{name}_{order}",
                )
                for name in ("subject", "committee")
                for order, terms in (("number", ("session", "number")), ("due", ("due_on",)))
            ),
            models.Index(
                fields=["congress", "due_on", "id"],
                condition=models.Q(state__in=OPEN),  # what is late is looked for among the few that are alive
                name="suggestion_open_due",
            ),
            models.Index(fields=_FACTS, name="suggestion_facts"),
            models.Index(fields=["number_text"], name="suggestion_number_text"),
        ]

    def __str__(self) -> str:
        return f"{self.number_text} {self.title}".strip()

    @property
    def is_on_file(self) -> bool:
        return self.state in ON_FILE


class Ask(models.Model):
    """One numbered thing that is asked for; plan, reply and promise answer to it."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="asks", verbose_name=_("建议")
    )
    number = models.PositiveSmallIntegerField(_("序"))
    text = models.TextField(_("具体要求"))

    class Meta:
        verbose_name = _("具体要求")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "number"], name="ask_number")]

    def __str__(self) -> str:
        return self.text


class Proposer(OfSuggestion):
    """A seat or a delegation that stands behind a suggestion; the name is kept as it was, also where no seat is known."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="proposers", verbose_name=_("建议")
    )
    seat = models.ForeignKey(
        Seat,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("代表"),
    )
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("代表团"),
    )
    name = models.CharField(_("姓名"), max_length=60)
    position = models.PositiveSmallIntegerField(_("序"))
    is_lead = models.BooleanField(_("领衔"), default=False)
    state = models.CharField(_("联名状态"), max_length=10, choices=Consent, default=Consent.INVITED)
    text_digest = models.CharField(_("所确认文本"), max_length=64, blank=True)
    answered_at = models.DateTimeField(_("答复联名时间"), null=True, blank=True)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)
    origin_suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("并入前原件"),
    )

    class Meta:
        verbose_name = _("提出人")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "seat"], name="proposer_seat"),
            models.UniqueConstraint(fields=["suggestion", "delegation"], name="proposer_delegation"),
            models.UniqueConstraint(
                fields=["suggestion"], condition=models.Q(is_lead=True), name="proposer_one_lead"
            ),
        ]
        indexes = [
            models.Index(fields=["seat", "state"], name="proposer_seat_state"),
            models.Index(fields=["seat", "-suggestion"], name="proposer_seat_newest"),
            models.Index(fields=["name", "-suggestion"], name="proposer_name"),
            models.Index(
                fields=["delegation", "-suggestion"],
                condition=models.Q(delegation__isnull=False),  # few are, which SQLite must know
                name="proposer_delegation_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file that belongs to the case; `noun` and `object_id` say to which paper of it."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("建议")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    public_file = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("公开件"),
    )
    name = models.CharField(_("文件名"), max_length=160)
    noun = models.CharField(_("所属"), max_length=20, default="suggestion")
    object_id = models.BigIntegerField(_("所属编号"))
    added_at = models.DateTimeField(_("添加时间"))
    added_by = models.CharField(_("添加人"), max_length=40)

    class Meta:
        verbose_name = _("附件")


class Screening(models.Model):
    """The record of a screening: outcome, ground, words, who and when; every outcome is told to the authors."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="screenings", verbose_name=_("建议")
    )
    outcome = models.CharField(_("处理"), max_length=24)
    ground = models.ForeignKey(
        Ground, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("理由")
    )
    words = models.TextField(_("说明"), blank=True)
    decided_on = models.DateField(_("日期"))
    decided_by = models.CharField(_("审查人"), max_length=60)

    class Meta:
        verbose_name = _("审查记录")
        ordering = ["pk"]


class WithdrawalRequest(OfSuggestion):
    """The authors ask to end the handling after assignment; granted by the closer, units told."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="withdrawals", verbose_name=_("建议")
    )
    reason = models.TextField(_("理由"))
    asked_on = models.DateField(_("提出日期"))
    state = models.CharField(_("状态"), max_length=8, choices=RequestState, default=RequestState.OPEN)
    ruled_on = models.DateField(_("处理日期"), null=True, blank=True)
    words = models.TextField(_("处理意见"), blank=True)
    consenting = models.ManyToManyField(
        Proposer, related_name="withdrawals", verbose_name=_("已同意的提出人")
    )

    class Meta:
        verbose_name = _("撤回申请")
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"], condition=models.Q(state=RequestState.OPEN), name="withdrawal_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class PaperEntry(OfSuggestion):
    """A step taken on paper: typed by one clerk, confirmed by another, then run as the person whose paper it is."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="paper_entries", verbose_name=_("建议")
    )
    noun = models.CharField(_("事物"), max_length=20)
    object_id = models.BigIntegerField(_("编号"))
    verb = models.CharField(_("动作"), max_length=40)
    hat = models.CharField(_("所代身份"), max_length=40)
    fields = models.JSONField(_("填写内容"))
    happened_at = models.DateTimeField(_("纸面日期"))
    scan = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("扫描件"),
    )
    state = models.CharField(_("状态"), max_length=10, choices=PaperState, default=PaperState.ENTERED)
    entered_by_id = models.BigIntegerField(_("录入人编号"))
    entered_by = models.CharField(_("录入人"), max_length=60)
    confirmed_by = models.CharField(_("复核人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("纸件录入")
        constraints = [
            models.UniqueConstraint(
                fields=["noun", "object_id", "verb", "hat"],
                condition=models.Q(state=PaperState.ENTERED),
                name="paper_entry_one_open",
            )
        ]


class SavedView(models.Model):
    """A ledger's filters under a name, kept for one hat."""

    hat = models.CharField(_("身份"), max_length=40)
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(_("筛选"), max_length=400)

    class Meta:
        verbose_name = _("常用视图")
        constraints = [models.UniqueConstraint(fields=["hat", "name"], name="saved_view_name")]
