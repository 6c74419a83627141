"""What is answered and what comes of it: replies, deliveries, ratings, promises, meetings after a second no."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import StoredFile
from tibandu.people.enums import Rank
from tibandu.people.models import Congress, Unit
from tibandu.regulations.models import Category, Dimension, Grade, Ground
from tibandu.suggestions.enums import (
    Cause,
    PromiseKind,
    PromiseState,
    PublicationState,
    RatingState,
    ReplyKind,
    ReplyState,
)
from tibandu.suggestions.models.assignment import Assignment
from tibandu.suggestions.models.belonging import OfSuggestion
from tibandu.suggestions.models.suggestion import Ask, Proposer, Suggestion


class Reply(OfSuggestion):
    """One answer of one share. After sign-off nothing of it changes; a correction is a new version."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="replies", verbose_name=_("承办")
    )
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="replies", verbose_name=_("建议")
    )
    kind = models.CharField(_("形式"), max_length=14, choices=ReplyKind, default=ReplyKind.LETTER)
    cause = models.CharField(_("缘由"), max_length=12, choices=Cause, default=Cause.FIRST)
    seq = models.PositiveSmallIntegerField(_("第几次答复"))
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("更正"),
    )
    state = models.CharField(_("状态"), max_length=10, choices=ReplyState, default=ReplyState.DRAFT)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("答复类别"),
    )
    opening = models.TextField(_("开头"), blank=True)
    closing = models.TextField(_("结尾"), blank=True)
    reason = models.TextField(_("未能解决的理由"), blank=True)
    reported_up = models.TextField(_("向上级反映情况"), blank=True)
    doc_no = models.CharField(_("文号"), max_length=40, blank=True)
    contact_name = models.CharField(_("承办人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    drafted_by_id = models.BigIntegerField(_("起草人编号"), null=True, blank=True)
    drafted_by = models.CharField(_("起草人"), max_length=60, blank=True)
    checked_by_id = models.BigIntegerField(_("核稿人编号"), null=True, blank=True)
    checked_by = models.CharField(_("核稿人"), max_length=60, blank=True)
    signed_by_id = models.BigIntegerField(_("签发人编号"), null=True, blank=True)
    signed_by = models.CharField(_("签发人"), max_length=60, blank=True)
    signer_rank = models.CharField(_("签发层级"), max_length=12, choices=Rank, blank=True)
    signed_on = models.DateField(_("签发日期"), null=True, blank=True)
    sent_on = models.DateField(_("发出日期"), null=True, blank=True)
    unconfirmed = models.BooleanField(_("未经代表确认联系"), default=False)
    letter = models.JSONField(_("签发文本"), null=True, blank=True)
    scan = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("盖章件"),
    )
    publication = models.CharField(
        _("公开"), max_length=10, choices=PublicationState, default=PublicationState.UNDECIDED
    )
    not_public_ground = models.ForeignKey(
        Ground,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("不公开理由"),
    )
    public_text = models.TextField(_("公开文本"), blank=True)
    published_on = models.DateField(_("公开日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("答复")
        ordering = ["seq", "version"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "seq", "version"], name="reply_version"),
            models.CheckConstraint(
                condition=~models.Q(state=ReplyState.SENT) | models.Q(sent_on__isnull=False),
                name="reply_sent_on",
            ),
        ]
        indexes = [
            models.Index(fields=["suggestion", "state", "category"], name="reply_suggestion"),
            models.Index(fields=["category", "state", "-suggestion"], name="reply_category"),
        ]

    def __str__(self) -> str:
        return _("%(unit)s的答复") % {"unit": self.assignment.unit}

    @property
    def is_letter(self) -> bool:
        """Whether it goes out on paper with a number of its own."""
        return self.kind in (ReplyKind.LETTER, ReplyKind.INTERIM)

    @property
    def standing_promises(self) -> "list[Promise]":
        """What this reply undertakes; an unsent correction takes over what the corrected reply has promised."""
        own = list(self.promises.all())
        if self.corrects is None or self.state in (ReplyState.SENT, ReplyState.REPLACED):
            return own
        return [*self.corrects.promises.all(), *own]


class LetterTemplate(models.Model):
    """An office's own Word template for its letters; the newest of the unit counts, else the newest of the congress."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="letter_templates", verbose_name=_("人大")
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letter_templates",
        verbose_name=_("单位"),
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("文件名"), max_length=160)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.CharField(_("上传人"), max_length=60)

    class Meta:
        verbose_name = _("答复函模板")
        ordering = ["-uploaded_at", "-pk"]


class ReplyPart(models.Model):
    """What the reply says to one ask; an empty ask is what it says to the whole."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="parts", verbose_name=_("答复"))
    ask = models.ForeignKey(
        Ask, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对应要求")
    )
    text = models.TextField(_("答复内容"))

    class Meta:
        verbose_name = _("逐项答复")
        ordering = ["ask__number", "pk"]
        constraints = [models.UniqueConstraint(fields=["reply", "ask"], name="reply_part_ask")]


class Delivery(models.Model):
    """One proposer has been sent the reply, and has opened it."""

    reply = models.ForeignKey(
        Reply, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("答复")
    )
    proposer = models.ForeignKey(
        Proposer, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("提出人")
    )
    sent_on = models.DateField(_("送达日期"))
    opened_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("送达")
        constraints = [models.UniqueConstraint(fields=["reply", "proposer"], name="delivery_once")]


class Rating(OfSuggestion):
    """One proposer's rating of one sent reply, blind until the window closes; silence is not satisfaction."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("答复"))
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("建议")
    )
    proposer = models.ForeignKey(
        Proposer, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("提出人")
    )
    state = models.CharField(_("状态"), max_length=8, choices=RatingState, default=RatingState.OPEN)
    opened_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"))
    words = models.TextField(_("意见"), blank=True)
    version = models.PositiveSmallIntegerField(_("版次"), default=0)
    change_reason = models.TextField(_("修改理由"), blank=True)
    rated_on = models.DateField(_("评价日期"), null=True, blank=True)
    hint = models.CharField(_("提示"), max_length=80, blank=True)
    unsealed_on = models.DateField(_("向承办单位公布"), null=True, blank=True)

    class Meta:
        verbose_name = _("评价")
        constraints = [models.UniqueConstraint(fields=["reply", "proposer"], name="rating_once")]
        indexes = [models.Index(fields=["state", "closes_on"], name="rating_waiting")]

    def __str__(self) -> str:
        return f"{self.proposer.name} → {self.reply.assignment.unit}"


class RatingMark(models.Model):
    """One grade on one dimension; earlier versions of a changed rating are kept."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="marks", verbose_name=_("评价"))
    version = models.PositiveSmallIntegerField(_("版次"))
    dimension = models.ForeignKey(
        Dimension, on_delete=models.PROTECT, related_name="+", verbose_name=_("维度")
    )
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="+", verbose_name=_("等次"))

    class Meta:
        verbose_name = _("评价等次")
        constraints = [
            models.UniqueConstraint(fields=["rating", "version", "dimension"], name="rating_mark_dimension")
        ]


class EarlierRating(models.Model):
    """What a rating said before it was changed; its marks stay under their version."""

    rating = models.ForeignKey(
        Rating, on_delete=models.CASCADE, related_name="earlier", verbose_name=_("评价")
    )
    version = models.PositiveSmallIntegerField(_("版次"))
    words = models.TextField(_("意见"), blank=True)
    rated_on = models.DateField(_("评价日期"))

    class Meta:
        verbose_name = _("修改前的评价")
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["rating", "version"], name="earlier_rating_version")]


class Promise(OfSuggestion):
    """A dated undertaking in a reply 承诺事项: it is claimed by the unit and closed by somebody else."""

    reply = models.ForeignKey(
        Reply, on_delete=models.CASCADE, related_name="promises", verbose_name=_("答复")
    )
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="promises", verbose_name=_("建议")
    )
    ask = models.ForeignKey(
        Ask,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("对应要求"),
    )
    what = models.CharField(_("承诺事项"), max_length=200)
    kind = models.CharField(_("类型"), max_length=14, choices=PromiseKind)
    measure = models.CharField(_("衡量标准"), max_length=120)
    money = models.BigIntegerField(_("资金（分）"), null=True, blank=True)
    owner = models.CharField(_("责任人"), max_length=60)
    due_on = models.DateField(_("兑现时限"))
    state = models.CharField(_("状态"), max_length=8, choices=PromiseState, default=PromiseState.DRAFT)
    made_on = models.DateField(_("列入台账日期"), null=True, blank=True)
    proof = models.TextField(_("完成证明"), blank=True)
    claims = models.PositiveSmallIntegerField(_("申报次数"), default=0)
    claimed_on = models.DateField(_("申报日期"), null=True, blank=True)
    closed_on = models.DateField(_("认定日期"), null=True, blank=True)
    closed_by = models.CharField(_("认定人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("承诺")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(money=None) | models.Q(money__gte=0), name="promise_money_not_negative"
            )
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="promise_due")]

    def __str__(self) -> str:
        return self.what

    @property
    def number_text(self) -> str:
        """The number of the case in which it was made."""
        text: str = self.suggestion.number_text
        return text


class PromiseEntry(models.Model):
    """A step in a promise's life kept as a row: progress, a longer date or another text with its reason, a finding."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="entries", verbose_name=_("承诺")
    )
    entered_on = models.DateField(_("日期"))
    entered_by = models.CharField(_("填报人"), max_length=60)
    words = models.TextField(_("内容"))
    old_due_on = models.DateField(_("原时限"), null=True, blank=True)
    new_due_on = models.DateField(_("新时限"), null=True, blank=True)
    old_what = models.CharField(_("原承诺事项"), max_length=200, blank=True)
    old_measure = models.CharField(_("原衡量标准"), max_length=120, blank=True)
    old_money = models.BigIntegerField(_("原资金（分）"), null=True, blank=True)

    class Meta:
        verbose_name = _("承诺进展")
        ordering = ["pk"]


class ReviewMeeting(models.Model):
    """Both sides meet when a deputy is still dissatisfied after a second reply; the record says what was agreed."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="review_meetings", verbose_name=_("建议")
    )
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=60)
    attended = models.TextField(_("参加人"))
    agreed = models.TextField(_("商定事项"))
    recorded_by = models.CharField(_("记录人"), max_length=60)

    class Meta:
        verbose_name = _("协调会记录")
        ordering = ["pk"]


class CategoryChange(models.Model):
    """The category of a reply as it was and as it became, with the reason; history is kept."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="category_changes", verbose_name=_("建议")
    )
    old = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原类别")
    )
    new = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("新类别"))
    changed_on = models.DateField(_("日期"))
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+", verbose_name=_("答复"))

    class Meta:
        verbose_name = _("类别变更")
        ordering = ["pk"]
