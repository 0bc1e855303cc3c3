"""The site's addresses. The upper packages are named as strings: facts know neither promises nor verdicts."""

from django.urls import URLPattern, URLResolver, include, path

from farmland import converters  # noqa: F401  # registers <division:…>
from farmland.api import board as board_api
from farmland.api import divisions, indicators, schema
from farmland.api import notices as notices_api
from farmland.api import prints as prints_api
from farmland.api.statements import urls as statements_api
from farmland.views import account, board, components, health, notices, preferences, prints, tokens, users
from farmland.views.statements import urls as statement_pages

handler400 = "farmland.views.errors.malformed"
handler403 = "farmland.views.errors.forbidden"
handler404 = "farmland.views.errors.not_found"
handler500 = "farmland.views.errors.failed"

account_urls = [
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", account.Logout.as_view(), name="logout"),
    path("password/", account.PasswordChange.as_view(), name="password_change"),
    path("password/reset/", account.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", account.password_reset_sent, name="password_reset_sent"),
    path("password/reset/<uidb64>/<token>/", account.PasswordResetConfirm.as_view(), name="password_reset_confirm"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/mail/", preferences.preferences_mail, name="preferences_mail"),
    path("preferences/switch/", preferences.preferences_switch, name="preferences_switch"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/create/", tokens.token_create, name="token_create"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
user_urls = [
    path("", users.user_list, name="user_list"),
    path("create/", users.user_create, name="user_create"),
    path("<int:pk>/", users.user_edit, name="user_edit"),
    path("<int:pk>/invite/", users.user_invite, name="user_invite"),
]
notice_urls = [
    path("", notices.notice_list, name="notice_list"),
    path("read/", notices.notices_read, name="notices_read"),
    path("<int:pk>/read/", notices.notice_read, name="notice_read"),
]
api_urls: list[URLPattern | URLResolver] = [
    path("divisions/", divisions.DivisionList.as_view(), name="api_division_list"),
    path("divisions/<division:code>/", divisions.DivisionDetail.as_view(), name="api_division_detail"),
    path("statements/", include(statements_api)),
    path("board/", board_api.BoardView.as_view(), name="api_board"),
    path("board/remind/", board_api.BoardRemind.as_view(), name="api_board_remind"),
    path("prints/", prints_api.PrintFind.as_view(), name="api_print_find"),
    path("indicators/", indicators.IndicatorList.as_view(), name="api_indicator_list"),
    path("notices/", notices_api.NoticeList.as_view(), name="api_notice_list"),
    path("notices/choices/", notices_api.NoticeChoices.as_view(), name="api_notice_choices"),
    path("notices/<int:pk>/read/", notices_api.NoticeRead.as_view(), name="api_notice_read"),
    path("quotas/", include("quotas.api.urls")),
    path("", include("assessments.api.urls")),
]
urlpatterns = [
    path("statements/", include(statement_pages)),
    path("board/", board.board, name="board"),
    path("board/remind/", board.board_remind, name="board_remind"),
    path("prints/", prints.print_find, name="print_find"),
    path("accounts/", include(account_urls)),
    path("users/", include(user_urls)),
    path("notices/", include(notice_urls)),
    path("components/", components.components, name="components"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include(api_urls)),
    path("api/schema/", schema.Schema.as_view(), name="api_schema"),
    path("quotas/", include("quotas.urls")),
    path("", include("assessments.urls")),
]
