"""Persons, the seats of deputies, posts that outlive the clerks who hold them, delegations and groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Rank
from tibandu.people.models.congresses import Congress, Term, Unit


class Person(models.Model):
    """A human being. The sort key orders names as offices list them 姓氏笔画, alike on every database."""

    name = models.CharField(_("姓名"), max_length=40)
    sort_key = models.CharField(_("排序"), max_length=80, blank=True)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)

    class Meta:
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A deputy group between sessions 代表小组."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="groups", verbose_name=_("人大")
    )
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        verbose_name = _("代表小组")
        constraints = [models.UniqueConstraint(fields=["congress", "name"], name="group_name")]

    def __str__(self) -> str:
        return self.name


class Delegation(models.Model):
    """Deputies grouped in session by the place that elected them 代表团; its head signs for it."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("届"))
    name = models.CharField(_("名称"), max_length=40)
    head = models.ForeignKey(
        "Seat", on_delete=models.SET_NULL, null=True, blank=True, related_name="heads", verbose_name=_("团长")
    )

    class Meta:
        verbose_name = _("代表团")
        constraints = [models.UniqueConstraint(fields=["term", "name"], name="delegation_name")]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person's mandate as a deputy of one congress for one term. An ended seat keeps its own cases."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats", verbose_name=_("人员"))
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="seats", verbose_name=_("届"))
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("代表团"),
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("代表小组"),
    )
    constituency = models.CharField(_("选区或选举单位"), max_length=60, blank=True)
    card_no = models.CharField(_("代表证号"), max_length=20)
    since = models.DateField(_("当选"))
    ended_on = models.DateField(_("终止"), null=True, blank=True)

    class Meta:
        verbose_name = _("代表席位")
        constraints = [
            models.UniqueConstraint(fields=["term", "person"], name="seat_person"),
            models.UniqueConstraint(fields=["term", "card_no"], name="seat_card"),
        ]

    def __str__(self) -> str:
        return self.person.name


class Post(models.Model):
    """A position in a unit; work belongs to it, whoever holds it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", verbose_name=_("单位"))
    title = models.CharField(_("职务"), max_length=40)
    rank = models.CharField(_("层级"), max_length=12, choices=Rank)
    administers = models.BooleanField(_("系统管理"), default=False)

    class Meta:
        verbose_name = _("岗位")
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="post_title")]

    def __str__(self) -> str:
        return f"{self.unit}{self.title}"


class Appointment(models.Model):
    """A person in a post from a day until a day."""

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("岗位")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("人员")
    )
    since = models.DateField(_("到任"))
    until = models.DateField(_("离任"), null=True, blank=True)

    class Meta:
        verbose_name = _("任职")
        constraints = [
            models.UniqueConstraint(fields=["post", "person", "since"], name="appointment_once"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="appointment_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.post}"
