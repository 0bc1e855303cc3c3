"""Forms of the account's and the users' pages."""

from copy import copy
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from farmland.actions.users import EDITABLE
from farmland.indicators import Department
from farmland.models import Division, Role, User
from farmland.models.divisions import DivisionQuerySet
from farmland.selectors.history import Change, describe, get_version

MOST_NAMED = 10


def name_required_fields(form: forms.BaseForm) -> None:
    """Let the error of an empty field say what to do."""
    for field in form.fields.values():
        field.error_messages["required"] = _("请填写%(label)s。") % {"label": field.label}


class LoginForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": format_lazy(
            gettext_lazy("用户名或密码不正确，请重新输入（区分大小写）。连续 {limit} 次不正确将锁定 {minutes} 分钟。"),
            limit=settings.AXES_FAILURE_LIMIT,
            minutes=int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        ),
        "inactive": gettext_lazy("该账号已停用，请联系本单位的用户管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A name too long to be anybody's is not even looked for, and never counted as a failure.
        field = self.fields["username"]
        field.validators.append(MaxLengthValidator(User._meta.get_field("username").max_length or 0))
        name_required_fields(self)


class OwnPasswordForm(PasswordChangeForm):
    """The old password and the new one. Guessing the old one counts as failing to sign in, and locks like it."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        name_required_fields(self)

    def clean_old_password(self) -> str:
        """The old password, where it is right."""
        password = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=password) is None:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password


class ResetForm(forms.Form):
    """The address that a link is asked for."""

    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        max_length=254,
        help_text=gettext_lazy("填写账号登记的电子邮箱。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_required_fields(self)


class DivisionField(forms.CharField):
    """A division by six-digit code or exact name, among the rows that `limit` gave it."""

    default_error_messages = {
        "unknown": gettext_lazy("辖区内没有“%(text)s”。请填写六位代码或完整名称，如 130200 或 唐山市。"),
        "ambiguous": gettext_lazy("辖区内有多个“%(text)s”：%(codes)s。请改填六位代码。"),
        "grouping": gettext_lazy("%(number)s “%(text)s”只是分组，没有政府。请填写其上级或下级。"),
        "closed": gettext_lazy("%(number)s “%(text)s”已于 %(day)s 撤销。请填写现行区划%(successor)s。"),
    }

    def limit(self, divisions: DivisionQuerySet, *, valid_only: bool, current: str = "") -> None:
        """Accept only these divisions; `valid_only` refuses closed and grouping ones, but for the `current` one."""
        self.divisions, self.valid_only, self.current = divisions, valid_only, current

    def clean(self, value: str | None) -> Division | None:
        """The one division that was meant."""
        text = super().clean(value)
        if not text:
            return None
        rows = self.divisions.filter(Q(code=text) | Q(name=text)).select_related("parent", "successor")
        matches = list(rows.order_by("code")[:100])
        usable = [division for division in matches if self.accepts(division)]
        if len(usable) == 1:
            return usable[0]
        if usable:
            named = _("%(code)s（%(parent)s）")
            codes = [named % {"code": row.code, "parent": row.parent} for row in usable[:MOST_NAMED]]
            codes += ["…"] * (len(usable) > MOST_NAMED)
            raise self.error("ambiguous", text=text, codes=pgettext("list separator", "、").join(codes))
        raise self.why_not(matches[0]) if matches else self.error("unknown", text=text)

    def accepts(self, division: Division) -> bool:
        """Whether the division may be chosen."""
        is_valid = division.abolished_on is None and not division.is_grouping
        return is_valid or not self.valid_only or division.code == self.current

    def why_not(self, division: Division) -> ValidationError:
        """The reason against a division that exists, and what to choose instead."""
        if division.is_grouping:
            return self.error("grouping", number=division.code, text=division.name)
        instead = f" {division.successor_id} {division.successor}" if division.successor else ""
        day = division.abolished_on
        return self.error("closed", number=division.code, text=division.name, day=day, successor=instead)

    def error(self, code: str, **params: object) -> ValidationError:
        """One of the messages above."""
        return ValidationError(self.error_messages[code], code=code, params=params)


def division_field(**options: Any) -> DivisionField:
    """The field with its label and its help."""
    return DivisionField(
        label=gettext_lazy("所属区划"), max_length=60, help_text=gettext_lazy("六位代码或完整名称。"), **options
    )


class UserFilter(forms.Form):
    """Conditions of the list of users."""

    search = forms.CharField(label=gettext_lazy("姓名或用户名"), max_length=60, required=False)
    division = division_field(required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[("", gettext_lazy("全部")), *Role.choices], required=False
    )
    department = forms.ChoiceField(
        label=gettext_lazy("部门"), choices=[("", gettext_lazy("全部")), *Department.choices], required=False
    )
    is_active = forms.TypedChoiceField(
        label=gettext_lazy("状态"),
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("启用")), ("no", gettext_lazy("停用"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, divisions: DivisionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(DivisionField, self.fields["division"]).limit(divisions, valid_only=False)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was asked for, in words, for a file of the list."""
        found = []
        for name, field in self.fields.items():
            said = self.cleaned_data.get(name)
            words = dict(getattr(field, "choices", [])).get(self.data.get(name, ""), said)
            found.append((str(field.label), _("全部") if said in ("", None) else str(words)))
        return found


class UserForm(forms.ModelForm):
    """A new user. The password is not among the fields: people set their own."""

    division = division_field()

    class Meta:
        model = User
        fields = ["username", "name", "email", "division", "department", "role"]
        help_texts = {
            "username": gettext_lazy("字母、数字和 @ . + - _，创建后不能更改。"),
            "email": gettext_lazy("用于发送设置密码的链接。没有邮箱时，链接会显示给您一次，由您转交。"),
            "department": gettext_lazy("填报、审核、查看用户必须选择部门。"),
            "role": gettext_lazy("用户管理员只管理辖区内的用户，不能填报、审核或查看填报数据。"),
        }

    def __init__(self, *args: Any, divisions: DivisionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(DivisionField, self.fields["division"])
        field.limit(divisions, valid_only=True, current=self.instance.division_id or "")
        name_required_fields(self)

    def clean_username(self) -> str:
        """A name that differs from all others in more than case."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("该用户名已被使用。"), code="unique")
        return username

    def clean(self) -> dict[str, Any]:
        """Business roles belong to a department."""
        cleaned = super().clean() or self.cleaned_data
        role, department = cleaned.get("role"), cleaned.get("department")
        if role and role != Role.ADMINISTRATOR and department == "":
            self.add_error("department", _("填报、审核、查看用户必须选择部门。"))
        return cleaned


class UserEditForm(UserForm):
    """An existing user, with the version that the edit is based on."""

    version = forms.IntegerField(label=gettext_lazy("版本"), widget=forms.HiddenInput)

    class Meta(UserForm.Meta):
        fields = list(EDITABLE)
        help_texts = UserForm.Meta.help_texts | {
            "is_active": gettext_lazy("停用后立即退出登录，访问令牌失效；资料和历史保留。")
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, instance=copy(user), initial={"version": get_version(user)}, **kwargs)
        if user.is_superuser:
            role = cast(forms.ChoiceField, self.fields["role"])
            role.choices = [(Role.ADMINISTRATOR.value, Role.ADMINISTRATOR.label)]

    def rebase(self, user: User) -> None:
        """Base what was typed on the current version: sending it once more is then a decision."""
        self.data = dict(self.data.items()) | {"version": get_version(user)}

    def differences(self, user: User) -> list[Change]:
        """The fields where what was typed differs from the current value."""
        changes = []
        for name in EDITABLE:
            field = cast(models.Field, User._meta.get_field(name))
            now, typed = getattr(user, name), self.cleaned_data[name]
            if now != typed:
                changes.append(Change(str(field.verbose_name), describe(field, now), describe(field, typed)))
        return changes
