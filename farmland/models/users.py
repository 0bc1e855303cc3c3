"""Users: who may do what, for which division and which line of government (domain §E)."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmland import units
from farmland.indicators import Department
from farmland.models.divisions import NATION, Division
from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import tracked

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(models.TextChoices):
    """What a user does. An administrator grants roles in the own subtree and has no business rights."""

    REPORTER = "reporter", pgettext_lazy("role", "填报")
    REVIEWER = "reviewer", pgettext_lazy("role", "审核")
    VIEWER = "viewer", pgettext_lazy("role", "查看")
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "用户管理")


class Language(models.TextChoices):
    """The language of the interface, each named in its own words; without one the browser's counts."""

    BY_BROWSER = "", _("跟随浏览器")
    CHINESE = "zh-hans", "中文"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    """Light or dark; without one the system's counts."""

    BY_SYSTEM = "", _("跟随系统")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class AreaUnit(models.TextChoices):
    """The unit that areas are printed in; without one each page's own."""

    BY_PAGE = "", _("各页默认")
    MU = units.MU.code, units.MU.label
    WAN_MU = units.WAN_MU.code, units.WAN_MU.label
    YI_MU = units.YI_MU.code, units.YI_MU.label
    HA = units.HA.code, units.HA.label


class UserQuerySet(ScopedQuerySet):
    """Users by the subtree of their division."""

    def administered_by(self, user: "User") -> Self:
        """The users an administrator looks after: the own subtree, never a superuser, unless asked by one."""
        if not user.is_authenticated or not user.can_administer:
            return self.none()
        rows = self.within(user.division)
        return rows if user.is_superuser else rows.filter(is_superuser=False)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # a class made at run time
    """Makes users; passwords are always hashed."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Make one user. Without a password nobody can sign in until one is set by mail."""
        fields["email"] = self.normalize_email(str(fields.get("email") or ""))
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Make a technical administrator of the whole country, without any business rights."""
        fields.setdefault("division", Division.objects.get(code=NATION))
        fields |= {"role": Role.ADMINISTRATOR, "is_superuser": True}
        return self.create_user(username, password, **fields)


PREFERENCES = ("language", "theme", "area_unit")
# Deeds of the history that no tracked field shows.
PASSWORD_SET, PASSWORD_LINK = "password_set", "password_link"


@tracked(exclude=["password", "last_login", *PREFERENCES], deeds=[PASSWORD_SET, PASSWORD_LINK])
class User(AbstractBaseUser):
    """用户: a person who acts for one division, in one line of government and one role."""

    username = models.CharField(
        _("用户名"),
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("该用户名已被使用。")},
    )
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="users", verbose_name=_("所属区划"))
    department = models.CharField(_("部门"), max_length=20, choices=Department.choices, blank=True)
    role = models.CharField(_("角色"), max_length=16, choices=Role.choices)
    is_superuser = models.BooleanField(_("超级管理员"), default=False, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(_("创建时间"), auto_now_add=True)
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices, blank=True)
    theme = models.CharField(_("外观"), max_length=10, choices=Theme.choices, blank=True)
    area_unit = models.CharField(_("面积单位"), max_length=10, choices=AreaUnit.choices, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="usernames_differ_in_more_than_case"),
            models.CheckConstraint(name="user_role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="user_language_is_known", condition=Q(language__in=Language.values)),
            models.CheckConstraint(name="user_theme_is_known", condition=Q(theme__in=Theme.values)),
            models.CheckConstraint(name="user_area_unit_is_known", condition=Q(area_unit__in=AreaUnit.values)),
            models.CheckConstraint(
                name="business_roles_name_a_department",
                condition=Q(role=Role.ADMINISTRATOR) | Q(department__in=Department.values),
                violation_error_message=_("填报、审核、查看用户必须选择部门。"),
            ),
            models.CheckConstraint(
                name="superusers_have_no_business_role",
                condition=Q(is_superuser=False) | Q(role=Role.ADMINISTRATOR),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def has_business_rights(self) -> bool:
        """Whether working data may be seen at all: administrators grant roles and have none of their rights."""
        return self.role != Role.ADMINISTRATOR

    @property
    def can_administer(self) -> bool:
        """Whether the user administration is open to this user."""
        return self.role == Role.ADMINISTRATOR

    def has_role(self, roles: "Iterable[str]") -> bool:
        """Whether the user's role is one of those named."""
        return self.role in set(roles)
