"""One table: address × who asks → status. It fails when an address of the site is missing from it."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories

WHO = ("anonymous", "hebei_reporter", "hebei_reviewer", "hebei_admin", "guangdong_reporter", "ministry_viewer", "admin")
SIGN_IN = 302

# name, arguments, method, and the status for each of WHO
TABLE = [
    ("overview", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("home", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("division", {"code": "000000"}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("division", {"code": "130000"}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("division", {"code": "130224"}, "get", (SIGN_IN, 200, 200, 200, 404, 200, 200)),
    ("division", {"code": "441900"}, "get", (SIGN_IN, 404, 404, 404, 200, 200, 200)),
    ("division", {"code": "999999"}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("figure", {"code": "130224", "indicator": "cultivated_land"}, "get", (SIGN_IN, 200, 200, 200, 404, 200, 200)),
    ("figure", {"code": "130000", "indicator": "gold"}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("login", {}, "get", (200, 302, 302, 302, 302, 302, 302)),
    ("logout", {}, "get", (405, 405, 405, 405, 405, 405, 405)),
    ("password_change", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("password_reset", {}, "get", (200, 200, 200, 200, 200, 200, 200)),
    ("password_reset_sent", {}, "get", (200, 200, 200, 200, 200, 200, 200)),
    ("password_reset_confirm", {"uidb64": "MQ", "token": "bad-token"}, "get", (200, 200, 200, 200, 200, 200, 200)),
    ("preferences", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("preferences_switch", {}, "get", (405, 405, 405, 405, 405, 405, 405)),
    ("preferences_mail", {}, "get", (SIGN_IN, 405, 405, 405, 405, 405, 405)),
    ("notice_list", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("notice_read", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("notices_read", {}, "post", (SIGN_IN, 400, 400, 400, 400, 400, 400)),
    ("token_list", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("token_create", {}, "get", (SIGN_IN, 405, 405, 405, 405, 405, 405)),
    ("token_revoke", {"pk": 1}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("user_list", {}, "get", (SIGN_IN, 403, 403, 200, 403, 403, 200)),
    ("user_create", {}, "get", (SIGN_IN, 403, 403, 200, 403, 403, 200)),
    ("user_edit", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("user_invite", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_list", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("statement_figures", {}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_findings", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_changes", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("year_open", {}, "post", (SIGN_IN, 403, 403, 403, 403, 403, 403)),
    ("statement_queue", {}, "get", (SIGN_IN, 403, 200, 403, 403, 403, 403)),
    ("statement_batch", {}, "post", (SIGN_IN, 403, 422, 403, 403, 403, 403)),
    ("statement_detail", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_cells", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_remark", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_comment_resolve", {"pk": 0, "comment": 1}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_row", {"pk": 0, "division": "130224"}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_history", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_form", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_step", {"pk": 0, "action": "approve"}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_files", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_file", {"pk": 0, "file": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_file_withdraw", {"pk": 0, "file": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_uploads", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_upload", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_upload_file", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_upload_marked", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_upload_issues", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    (
        "statement_upload_step",
        {"pk": 0, "upload": 0, "action": "apply"},
        "post",
        (SIGN_IN, 404, 404, 404, 404, 404, 404),
    ),
    (
        "statement_cell",
        {"pk": 0, "code": "130224", "indicator": "paddy"},
        "get",
        (SIGN_IN, 404, 404, 404, 404, 404, 404),
    ),
    ("board", {}, "get", (SIGN_IN, 200, 200, 403, 200, 200, 403)),
    ("board_remind", {}, "post", (SIGN_IN, 403, 302, 403, 403, 403, 403)),
    ("statement_prints", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_print", {"pk": 0, "printed": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("statement_signed_copies", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("print_find", {}, "get", (SIGN_IN, 200, 200, 403, 200, 200, 403)),
    ("quota_list", {}, "get", (SIGN_IN, 200, 200, 403, 200, 200, 403)),
    ("quota_open", {}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_version", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_adjustment", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_steps_below", {"pk": 0, "action": "submit"}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_cells", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_form", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_proposal", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_take_back", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_reason", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_step", {"pk": 0, "action": "submit"}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_uploads", {"pk": 0}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_upload", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_upload_file", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_upload_issues", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_upload_marked", {"pk": 0, "upload": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_upload_step", {"pk": 0, "upload": 0, "action": "apply"}, "post", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("api_quota_nodes", {"pk": 0}, "put", (401, 404, 404, 404, 404, 404, 404)),
    ("quota_tree", {}, "get", (SIGN_IN, 200, 200, 200, 200, 200, 200)),
    ("quota_letters", {}, "get", (SIGN_IN, 200, 200, 403, 200, 200, 403)),
    ("quota_letter", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_letter_file", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("quota_placements", {}, "get", (SIGN_IN, 200, 200, 403, 200, 200, 403)),
    ("quota_placement", {"pk": 0}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("components", {}, "get", (SIGN_IN, 404, 404, 404, 404, 404, 404)),
    ("healthz", {}, "get", (200, 200, 200, 200, 200, 200, 200)),
    ("readyz", {}, "get", (200, 200, 200, 200, 200, 200, 200)),
    ("api_division_list", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_division_detail", {"code": "130224"}, "get", (401, 200, 200, 200, 404, 200, 200)),
    ("api_indicator_list", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_board", {}, "get", (401, 400, 400, 403, 400, 400, 403)),
    ("api_board_remind", {}, "post", (401, 415, 415, 415, 415, 415, 415)),
    ("api_print_find", {}, "get", (401, 400, 400, 403, 400, 400, 403)),
    ("api_statement_prints", {"pk": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_signed_copies", {"pk": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_list", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_statement_batch", {}, "post", (401, 415, 415, 415, 415, 415, 415)),
    ("api_statement_detail", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_figures", {"pk": 0}, "get", (401, 405, 405, 405, 405, 405, 405)),
    ("api_reporting_years", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_statement_comments", {"pk": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_comment_resolve", {"pk": 0, "comment": 1}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_reasons", {"pk": 0}, "put", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_rows", {"pk": 0}, "put", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_changes", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_history", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_form", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_step", {"pk": 0, "action": "approve"}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_files", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_file", {"pk": 0, "file": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_file_withdraw", {"pk": 0, "file": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_notice_list", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_notice_read", {"pk": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_notice_choices", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_statement_uploads", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_statement_upload", {"pk": 0, "upload": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    (
        "api_statement_upload_step",
        {"pk": 0, "upload": 0, "action": "apply"},
        "post",
        (401, 404, 404, 404, 404, 404, 404),
    ),
    ("api_quota_list", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_quota_tree", {}, "get", (401, 400, 400, 400, 400, 400, 400)),
    ("api_quota_versions", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_quota_version", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_adjustment", {"pk": 0}, "put", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_reasons", {"pk": 0}, "put", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_proposal", {"pk": 0}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_step", {"pk": 0, "action": "approve"}, "post", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_letters", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
    ("api_quota_letter", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_letter_copy", {"pk": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_quota_placement", {"node": 0}, "get", (401, 404, 404, 404, 404, 404, 404)),
    ("api_summary", {}, "get", (401, 400, 400, 400, 400, 400, 400)),
    ("api_schema", {}, "get", (401, 200, 200, 200, 200, 200, 200)),
]


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of all addresses; one without a name cannot be listed and is named by its pattern."""
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from names(item.url_patterns)
        else:
            yield item.name or str(item.pattern)


def test_every_address_of_the_site_stands_in_the_table():
    assert set(names(get_resolver().url_patterns)) == {row[0] for row in TABLE}


@pytest.mark.parametrize("who", WHO)
def test_each_address_answers_each_kind_of_user_as_the_table_says(people, client, who):
    if who != "anonymous":
        factories.signed_in(people[who], client)
    wrong = []
    for name, arguments, method, statuses in TABLE:
        address = reverse(name, kwargs=arguments)
        status = getattr(client, method)(address).status_code
        if status != statuses[WHO.index(who)]:
            wrong.append((address, status, statuses[WHO.index(who)]))
    assert wrong == []
