"""Versions of targets over REST: the whole way by programs, every refusal with its code, scope and validators."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmland.models import Division, PolicyDocument
from quotas.actions import explain
from quotas.models import QuotaVersion
from tests import factories
from tests.quotas.handing import AT, BASIC, CAP, PAPER, STATE_PAPER, handed, opened, published, stepped, typed
from tests.quotas.programs import Program, refusal

SHORT = {"130200": "1800", "130300": "1700", "130400": "1495"}
ENOUGH = SHORT | {"130400": "1505"}
NEW = {"indicator": "cultivated_land", "owner": "130000", "period": 2035}
DOCUMENT = {
    "number": "冀政〔2026〕8号",
    "title": "关于下达目标的通知",
    "issuer": "河北省人民政府",
    "issued_on": "2026-11-20",
}


@pytest.fixture
def draft(cast, who) -> QuotaVersion:
    """Hebei's draft, which falls short by five."""
    version = opened(cast.hebei, who.reporter)
    typed(version, SHORT, who.reporter)
    return version


def test_programs_hand_targets_down_from_draft_to_publication(cast, who) -> None:
    reporter, reviewer, ministry = Program(who.reporter), Program(who.reviewer), Program(who.ministry)
    made = reporter.post("versions/", NEW)
    assert made.status_code == 201
    version = made.json()
    assert (version["state"], version["number"], version["parent_mu"]) == ("draft", 1, "50000000.000000")
    assert [(node["division"]["code"], node["value_mu"], node["version"]) for node in version["nodes"]] == [
        ("130200", None, 0), ("130300", None, 0), ("130400", None, 0),
    ]  # fmt: skip
    assert [found["code"] for found in version["findings"]] == ["Q-1"]
    address = f"versions/{version['id']}/"
    typed(QuotaVersion.objects.get(pk=version["id"]), ENOUGH, who.reporter)
    assert reporter.post(f"{address}submit/").json()["state"] == "submitted"
    assert reporter.post(f"{address}withdraw/").json()["state"] == "draft"
    assert reporter.post(f"{address}submit/").status_code == 200
    assert ministry.post(f"{address}return/", {"comment": "请核实"}).json()["state"] == "returned"
    assert reporter.post(f"{address}submit/").status_code == 200
    assert ministry.post(f"{address}approve/").json()["state"] == "approved"
    assert reviewer.get(address).json()["available_actions"] == [
        {"name": "publish", "label": "下达", "needs_comment": False, "needs_document": True}
    ]
    done = reviewer.post(f"{address}publish/", {"document": DOCUMENT}).json()
    assert (done["state"], done["document"]) == ("published", DOCUMENT)
    assert [step["action"] for step in done["transitions"]] == [
        "open", "submit", "withdraw", "submit", "return", "submit", "approve", "publish",
    ]  # fmt: skip
    found = Program(who.stranger).get("?division=130200").json()["results"]
    assert [row["value_mu"] for row in found] == ["18000000.000000"]


def test_a_version_has_every_field_of_the_contract(cast, who, draft) -> None:
    seen = Program(who.reporter).get(f"versions/{draft.pk}/").json()
    assert seen.pop("opened_at") == "2026-11-28T10:00:00+08:00"
    assert seen.pop("nodes")[0] == {
        "id": draft.nodes.get(division="130200").pk,
        "division": {"code": "130200", "name": "唐山市", "name_en": ""},
        "value_mu": "18000000.000000", "input_value": "1800", "input_unit": "wan_mu", "plan_mu": None, "note": "",
        "version": 1, "plan_version": 0,
    }  # fmt: skip
    assert seen == {
        "id": draft.pk, "kind": "target", "indicator": "cultivated_land", "direction": "floor",
        "owner": {"code": "130000", "name": "河北省", "name_en": "Hebei"}, "period": 2035, "number": 1,
        "state": "draft", "complete": True, "demo": False, "document": None, "adjustment": None, "supersedes": None,
        "superseded_by": None, "needs_redo": None, "submitted_at": None, "approved_at": None, "published_at": None,
        "parent_mu": "50000000.000000",
        "findings": [
            {"code": "Q-1", "severity": "hard", "division": "130000",
             "detail": "下级之和 4995.00 低于本级 5000.00，差 5.00（万亩）"},
        ],
        "reasons": [],
        "transitions": [
            {"action": "open", "from_state": None, "to_state": "draft", "comment": "", "by": who.reporter.username,
             "at": "2026-11-28T10:00:00+08:00"},
        ],
        "available_actions": [
            {"name": "submit", "label": "上报", "needs_comment": False, "needs_document": False},
            {"name": "discard", "label": "放弃", "needs_comment": False, "needs_document": False},
        ],
    }  # fmt: skip


def test_versions_are_listed_for_those_who_may_read_them(cast, who, draft) -> None:
    def owners(name: str, query: str = "") -> list[str]:
        return [row["owner"]["code"] for row in Program(getattr(who, name)).get(f"versions/{query}").json()["results"]]

    for name, expected in (
        ("reporter", ["000000", "130000"]), ("city", ["000000"]), ("county", ["000000"]), ("viewer", ["000000"]),
        ("ministry", ["000000"]), ("stranger", ["000000"]),
    ):  # fmt: skip
        assert owners(name) == expected, name
    assert owners("reporter", "?state=draft") == owners("reporter", "?owner=130000") == ["130000"]
    assert owners("reporter", "?indicator=construction_occupation_cap") == owners("reporter", "?period=2030") == []
    for bad in ("state=x", "indicator=x", "owner=x", "period=x"):
        assert Program(who.viewer).get(f"versions/?{bad}").status_code == 400
    for name, status in (("reporter", 200), ("city", 404), ("viewer", 404), ("stranger", 404)):
        assert Program(getattr(who, name)).get(f"versions/{draft.pk}/").status_code == status, name


def test_a_stranger_reads_what_was_handed_down_but_not_how(cast, who, draft) -> None:
    typed(draft, {"130400": "1600"}, who.reporter)
    explain(draft, code="Q-10", division="130000", text="预留机动", by=who.reporter, at=AT)
    first = published(draft, who)
    second = opened(cast.hebei, who.reporter)
    explain(second, code="Q-10", division="130000", text="预留机动", by=who.reporter, at=AT)
    assert len(Program(who.city).get(f"versions/{first.pk}/").json()["nodes"]) == 3
    assert [row["text"] for row in Program(who.ministry).get(f"versions/{first.pk}/").json()["reasons"]] == ["预留机动"]
    seen = Program(who.stranger).get(f"versions/{first.pk}/").json()
    assert len(seen["nodes"]) == 3
    assert (seen["reasons"], seen["transitions"], seen["available_actions"]) == ([], [], [])
    assert seen["superseded_by"] is None  # a draft has not taken its place
    assert Program(who.stranger_reviewer).post(f"versions/{first.pk}/revoke/", {"comment": "x"}).status_code == 404
    published(second, who)
    seen = Program(who.stranger).get(f"versions/{first.pk}/").json()
    assert (seen["state"], seen["superseded_by"], seen["findings"]) == ("superseded", second.pk, [])
    assert Program(who.stranger).get(f"versions/{second.pk}/").json()["supersedes"] == first.pk


@pytest.mark.parametrize(
    ("name", "change", "status", "code"),
    [
        ("reporter", {"indicator": "gold"}, 422, "no_such_promise"),
        ("reporter", {"period": 1900}, 422, "no_such_promise"),
        ("reporter", {"period": "ten"}, 400, "invalid"),
        ("reporter", {"owner": "13"}, 400, "invalid"),
        ("reporter", {"owner": "999999"}, 404, "not_found"),
        ("reporter", {"owner": "440000"}, 404, "not_found"),
        ("county", {"owner": "130200"}, 404, "not_found"),
        ("viewer", {}, 403, "permission_denied"),
        ("reviewer", {}, 403, "permission_denied"),
        ("agri", {}, 403, "permission_denied"),
        ("ministry_reporter", {}, 403, "permission_denied"),
        ("county", {"owner": "130224"}, 422, "no_children"),
        ("city", {"owner": "130200"}, 409, "no_parent"),
    ],
)
def test_a_version_that_cannot_be_begun_says_why(cast, who, name, change, status, code) -> None:
    before = QuotaVersion.objects.count()
    assert refusal(Program(getattr(who, name)).post("versions/", NEW | change)) == (status, code)
    assert QuotaVersion.objects.count() == before


def test_only_one_version_is_under_way(cast, who, draft) -> None:
    assert refusal(Program(who.reporter).post("versions/", NEW)) == (409, "under_way")


def test_steps_that_are_not_open_say_why(cast, who, draft) -> None:
    reporter, reviewer, ministry = Program(who.reporter), Program(who.reviewer), Program(who.ministry)
    address = f"versions/{draft.pk}/"
    assert refusal(reporter.post(f"{address}dance/")) == (404, "unknown_action")
    assert refusal(reporter.post(f"{address}supersede/")) == (404, "unknown_action")
    assert refusal(reporter.post(f"{address}approve/")) == (409, "wrong_state")
    assert refusal(reviewer.post(f"{address}submit/")) == (403, "permission_denied")
    assert refusal(ministry.post(f"{address}approve/")) == (404, "not_found")  # not handed in yet
    assert refusal(reporter.post(f"{address}submit/")) == (422, "Q-1")
    typed(draft, {"130400": "1505"}, who.reporter)
    assert reporter.post(f"{address}submit/").status_code == 200
    assert refusal(ministry.post(f"{address}return/")) == (422, "comment_required")
    assert refusal(ministry.post(f"{address}return/", {"comment": 7 * "很长" * 500})) == (400, "max_length")
    assert ministry.post(f"{address}approve/").status_code == 200
    publish = f"{address}publish/"
    assert refusal(reviewer.post(publish)) == (422, "document_required")
    assert refusal(reviewer.post(publish, {"document": DOCUMENT | {"number": " "}})) == (422, "document_required")
    assert refusal(reviewer.post(publish, {"document": DOCUMENT | {"issued_on": "2099-01-01"}})) == (
        422,
        "document_date",
    )
    assert refusal(reviewer.post(publish, {"document": DOCUMENT | {"issued_on": "x"}})) == (400, "invalid")
    assert refusal(reviewer.post(publish, {"document": {"number": "1"}})) == (400, "required")
    assert not PolicyDocument.objects.filter(key__startswith="quota-").exists()
    assert reviewer.post(publish, {"document": DOCUMENT}).status_code == 200
    assert refusal(ministry.post(f"{address}revoke/")) == (422, "comment_required")
    assert ministry.post(f"{address}revoke/", {"comment": "有误"}).json()["state"] == "revoked"


def test_what_was_handed_on_is_not_revoked(cast, who, draft) -> None:
    typed(draft, {"130400": "1505"}, who.reporter)
    published(draft, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    stepped(city, "publish", who.city_reviewer, paper=PAPER)
    response = Program(who.ministry).post(f"versions/{draft.pk}/revoke/", {"comment": "有误"})
    assert refusal(response) == (409, "handed_on")


def test_a_refused_step_answers_every_finding_with_its_division(cast, who) -> None:
    handed("130200", "1500", indicator=BASIC, owner="130000")
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH | {"130200": "1400", "130300": "2100"}, who.reporter)
    typed(version, {"130400": "1500"}, who.reporter, column="plan")
    response = Program(who.reporter).post(f"versions/{version.pk}/submit/")
    errors = response.json()["errors"]
    assert response.status_code == 422
    assert [(error["code"], error["attr"]) for error in errors] == [("Q-6", "130200"), ("Q-2", "130400")]
    assert "1500.00" in errors[1]["detail"]


def test_a_cap_is_refused_by_its_own_rule(cast, who) -> None:
    handed("130000", "12", indicator=CAP)
    version = opened(cast.hebei, who.reporter, indicator=CAP)
    typed(version, {"130200": "5", "130300": "4"}, who.reporter)
    error = Program(who.reporter).post(f"versions/{version.pk}/submit/").json()["errors"][0]
    assert (error["code"], error["attr"]) == ("Q-3", "130000")


def test_a_surplus_passes_with_a_written_reason(cast, who, draft) -> None:
    program, address = Program(who.reporter), f"versions/{draft.pk}/"
    typed(draft, {"130400": "1600"}, who.reporter)
    reason = {"code": "Q-10", "division": "130000", "text": "预留机动"}
    assert refusal(program.post(f"{address}submit/")) == (422, "Q-10")
    assert refusal(program.put(f"{address}reasons/", reason | {"code": "Q-8"})) == (422, "no_such_finding")
    assert refusal(program.put(f"{address}reasons/", reason | {"division": "13"})) == (400, "invalid")
    assert refusal(Program(who.reviewer).put(f"{address}reasons/", reason)) == (403, "permission_denied")
    assert refusal(Program(who.stranger).put(f"{address}reasons/", reason)) == (404, "not_found")
    answer = program.put(f"{address}reasons/", reason).json()["reasons"]
    assert [(row["code"], row["division"], row["text"], row["by"]) for row in answer] == [
        ("Q-10", "130000", "预留机动", who.reporter.username)
    ]
    assert program.put(f"{address}reasons/", reason | {"text": ""}).json()["reasons"] == []
    program.put(f"{address}reasons/", reason)
    assert program.post(f"{address}submit/").status_code == 200
    assert refusal(program.put(f"{address}reasons/", reason)) == (409, "wrong_state")


def test_a_target_is_weakened_by_the_superiors_document_alone(cast, who, draft) -> None:
    typed(draft, {"130400": "1505"}, who.reporter)
    published(draft, who)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1790", "130300": "1710"}, who.reporter)
    program, address = Program(who.reporter), f"versions/{second.pk}/"
    assert refusal(program.post(f"{address}submit/")) == (422, "Q-7")
    paper = {"number": STATE_PAPER.number, "title": STATE_PAPER.title, "issued_on": "2026-11-20"}
    assert refusal(program.put(f"{address}adjustment/", {})) == (400, "required")
    before = PolicyDocument.objects.count()
    refused = Program(who.reviewer).put(f"{address}adjustment/", {"document": paper})
    assert refusal(refused) == (403, "permission_denied")
    assert PolicyDocument.objects.count() == before  # nothing of what is refused stays
    named = program.put(f"{address}adjustment/", {"document": paper}).json()
    assert (named["adjustment"]["number"], named["findings"]) == (STATE_PAPER.number, [])
    assert program.put(f"{address}adjustment/", {"document": None}).json()["adjustment"] is None
    assert refusal(program.post(f"{address}submit/")) == (422, "Q-7")
    program.put(f"{address}adjustment/", {"document": paper})
    assert program.post(f"{address}submit/").status_code == 200


def test_a_proposal_is_tried_and_then_written(cast, who, draft) -> None:
    program, address = Program(who.reporter), f"versions/{draft.pk}/proposal/"
    assert refusal(program.post(address, {"way": "luck"})) == (400, "invalid_choice")
    assert refusal(program.post(address, {"way": "area"})) == (422, "nothing_to_go_by")
    assert refusal(Program(who.reviewer).post(address, {"way": "even"})) == (403, "permission_denied")
    tried = program.post(address, {"way": "even", "dry_run": True}).json()
    assert [row["value_mu"] for row in tried["nodes"]] == ["16666700.000000", "16666700.000000", "16666600.000000"]
    assert (tried["findings"], draft.nodes.get(division="130200").value_mu) == ([], 18_000_000)
    for code in ENOUGH:
        factories.published(Division.objects.get(pk=code), "3" if code == "130200" else "1")
    done = program.post(address, {"way": "area"}).json()
    assert done["nodes"][0] == {"division": "130200", "value_mu": "30000000.000000", "state": "saved", "version": 2}
    assert draft.nodes.get(division="130200").value_mu == 30_000_000
    typed(draft, {"130200": "3000"}, who.reporter)
    stepped(draft, "submit", who.reporter)
    assert refusal(program.post(address, {"way": "even"})) == (409, "wrong_state")


def test_writes_rest_on_what_the_caller_knows(cast, who, draft) -> None:
    program, address = Program(who.reporter), f"versions/{draft.pk}/"
    first = program.get(address)
    assert program.get(address, **{"If-None-Match": first["ETag"]}).status_code == 304
    typed(draft, {"130400": "1505"}, who.reporter)
    known = {"If-Match": first["ETag"]}
    reason = {"code": "Q-10", "division": "130000", "text": "x"}
    for refused in (
        program.post(f"{address}submit/", **known),
        program.put(f"{address}reasons/", reason, **known),
        program.put(f"{address}adjustment/", {"document": None}, **known),
        program.post(f"{address}proposal/", {"way": "even"}, **known),
    ):
        assert refusal(refused) == (412, "precondition_failed")
    draft.refresh_from_db()
    assert draft.state == "draft"
    now = {"If-Match": program.get(address)["ETag"]}
    assert program.post(f"{address}submit/", **now).status_code == 200
    assert program.post(f"{address}withdraw/", **{"If-Match": "*"}).status_code == 200


def test_five_versions_cost_as_many_queries_as_one(cast, who) -> None:
    for year in range(2030, 2034):
        handed("440000", "1", year=year)
    program = Program(who.viewer)
    program.get("versions/?limit=2")  # the token's first use is written down
    costs = []
    for limit in (1, 5):
        with CaptureQueriesContext(connection) as queries:
            assert len(program.get(f"versions/?limit={limit}").json()["results"]) == limit
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6
