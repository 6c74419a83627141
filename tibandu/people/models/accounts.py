"""How a person enters: the account, the second factor a congress asks for, tokens of services."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Function, Rank, Scope
from tibandu.people.models.congresses import Congress, Unit
from tibandu.people.models.persons import Person, Seat


class AccountManager(BaseUserManager["Account"]):
    """Makes an account; a password that is not given is one that nobody can type."""

    def create_user(self, username: str, person: Person, password: str | None = None) -> "Account":
        account = self.model(username=username, person=person)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person's key to the house; what the person may do is decided by the hat, never by the account."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    username = models.CharField(_("用户名"), max_length=40, unique=True)
    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="account", verbose_name=_("人员")
    )
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("须改初始密码"), default=False)
    date_joined = models.DateTimeField(_("建立时间"), default=timezone.now)
    last_hat = models.CharField(_("上次身份"), max_length=40, blank=True)

    objects = AccountManager()

    class Meta:
        verbose_name = _("账号")

    def __str__(self) -> str:
        return self.username


class SecondFactorRule(models.Model):
    """A congress asks for a second factor from posts of a kind; an empty rank means every rank."""

    congress = models.ForeignKey(
        Congress, on_delete=models.CASCADE, related_name="second_factor_rules", verbose_name=_("人大")
    )
    function = models.CharField(_("职能"), max_length=12, choices=Function)
    rank = models.CharField(_("层级"), max_length=12, choices=Rank, blank=True)

    class Meta:
        verbose_name = _("双重验证要求")
        constraints = [
            models.UniqueConstraint(fields=["congress", "function", "rank"], name="second_factor_once")
        ]


class ServiceToken(models.Model):
    """A random token of a person's hat or of a unit's system; only its digest is kept."""

    name = models.CharField(_("名称"), max_length=60)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("人员")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, related_name="tokens", verbose_name=_("单位")
    )
    seat = models.ForeignKey(
        Seat, on_delete=models.CASCADE, null=True, related_name="tokens", verbose_name=_("席位")
    )
    hat = models.CharField(_("身份"), max_length=40)
    scope = models.CharField(_("范围"), max_length=8, choices=Scope)
    created_at = models.DateTimeField(_("建立时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
