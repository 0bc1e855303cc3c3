"""Who is asking: the session's user with the division at hand, or the owner of a bearer token; and their passwords."""

from datetime import timedelta

from django.contrib.auth import password_validation
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from farmland.models import ApiToken, User
from farmland.models.tokens import digest

TOKEN_USE_PRECISION = timedelta(minutes=1)


class DivisionBackend(BaseBackend):
    """Signs in by username and password; every user comes with the division, which every page needs."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> User | None:
        """The active user with this name and password, or None. Takes as long for an unknown name as for a known."""
        if username is None or password is None or "\x00" in username:
            return None
        user = User.objects.select_related("division").filter(username=username).first()
        if user is None:
            make_password(password)
            return None

        def upgrade(raw: str) -> None:
            user.set_password(raw)
            user.save(update_fields=["password"])

        return user if check_password(password, user.password, upgrade) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The active user of a session."""
        return User.objects.select_related("division").filter(pk=user_id, is_active=True).first()


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's own, but for its error, which its Chinese catalogue lacks."""

    def get_error_message(self) -> str:
        """That the password is too short, and how long it must be."""
        return gettext("密码太短，至少需要 %(least)d 个字符。") % {"least": self.min_length}


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: the token's owner, with that user's scope and role."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user and the token; None without the header. Raises AuthenticationFailed for a bad token."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Authorization 应为“Bearer 令牌”。"))
        try:
            key = parts[1].decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("令牌无效。")) from None
        token = ApiToken.objects.usable().select_related("user__division").filter(key_digest=digest(key)).first()
        if token is None:
            raise AuthenticationFailed(_("令牌无效或已作废。"))
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > TOKEN_USE_PRECISION:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 answer asks for."""
        return self.keyword


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema describes the token."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """OpenAPI's security scheme."""
        return {"type": "http", "scheme": "bearer"}
