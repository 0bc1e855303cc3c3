"""Letters and placements over REST."""

import pytest

from farmland.models import User
from quotas.models import Letter, QuotaNode, QuotaVersion
from tests import factories
from tests.quotas.handing import PAPER, opened, published, stepped, typed
from tests.quotas.programs import Program, refusal

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}
SIGNED = {
    "party_signatory": "张书记", "party_signed_on": "2026-11-25", "government_signatory": "李市长",
    "government_signed_on": "2026-11-26", "base_version": 1,
}  # fmt: skip


@pytest.fixture
def letter(cast, who) -> Letter:
    """The letter between Hebei and Tangshan."""
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    published(version, who)
    return Letter.objects.get(upper=cast.hebei, lower=cast.tangshan)


@pytest.fixture
def node(cast, who, letter) -> QuotaNode:
    """What Tangshan handed to Luannan."""
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER).nodes.get(division="130224")


def test_letters_are_listed_in_the_own_subtree(cast, who, letter) -> None:
    def lowers(user: User, query: str = "") -> list[str]:
        return [row["lower"]["code"] for row in Program(user).get(f"letters/{query}").json()["results"]]

    assert lowers(who.viewer) == ["130200", "130300", "130400"]
    assert lowers(who.city) == ["130200"]
    assert lowers(who.county) == lowers(who.stranger) == []
    assert lowers(who.viewer, "?lower=130300&upper=130000&period=2035") == ["130300"]
    assert lowers(who.viewer, "?period=2030") == lowers(who.viewer, "?upper=130200") == []
    assert Program(who.viewer).get("letters/?period=x").status_code == 400
    first = Program(who.viewer).get("letters/")
    assert Program(who.viewer).get("letters/", **{"If-None-Match": first["ETag"]}).status_code == 304


def test_a_letter_is_signed_and_its_copy_kept(cast, who, letter) -> None:
    program, address = Program(who.city), f"letters/{letter.pk}/"
    assert program.get(address).json() == {
        "id": letter.pk, "period": 2035, "upper": {"code": "130000", "name": "河北省", "name_en": "Hebei"},
        "lower": {"code": "130200", "name": "唐山市", "name_en": ""}, "party_signatory": None, "party_signed_on": None,
        "government_signatory": None, "government_signed_on": None, "signed": False, "note": "", "copy": None,
        "demo": False, "version": 1, "by": None, "at": None,
    }  # fmt: skip
    signed = program.put(address, SIGNED).json()
    assert (signed["signed"], signed["version"], signed["by"]) == (True, 2, who.city.username)
    assert program.get(f"{address}copy/").status_code == 404
    kept = program.send(f"{address}copy/", file=factories.report("责任书.pdf"))
    assert kept.status_code == 201
    now = kept.json()
    assert (now["signed"], now["version"], now["copy"]["name"], now["copy"]["kind"]) == (True, 3, "责任书.pdf", "pdf")
    assert now["government_signatory"] == "李市长"
    copy = program.client.get(now["copy"]["url"])
    assert (b"".join(copy.streaming_content), copy["Content-Type"]) == (b"%PDF-1.7 audit", "application/pdf")
    assert Program(who.stranger).client.get(now["copy"]["url"]).status_code == 404
    late = program.send(f"{address}copy/", file=factories.report("新.pdf"), base_version=2)
    assert refusal(late) == (409, "conflict")


@pytest.mark.parametrize(
    ("name", "change", "status", "code"),
    [
        ("city", {"government_signed_on": None}, 422, "Q-11"),
        ("city", {"party_signatory": ""}, 422, "signatory"),
        ("city", {"party_signed_on": "2099-01-01"}, 422, "signed_on"),
        ("city", {"base_version": 0}, 409, "conflict"),
        ("city", {"party_signed_on": "x"}, 400, "invalid"),
        ("viewer", {}, 403, "permission_denied"),
        ("ministry", {}, 403, "permission_denied"),
        ("county", {}, 404, "not_found"),
        ("stranger", {}, 404, "not_found"),
    ],
)
def test_signatures_that_cannot_be_say_why(who, letter, name, change, status, code) -> None:
    response = Program(getattr(who, name)).put(f"letters/{letter.pk}/", SIGNED | change)
    assert refusal(response) == (status, code)
    letter.refresh_from_db()
    assert letter.revision == 1


def test_a_copy_is_a_pdf_or_a_picture(who, letter) -> None:
    program, address = Program(who.city), f"letters/{letter.pk}/copy/"
    assert refusal(program.send(address, file=factories.report("a.txt", b"words"))) == (422, "file_kind")
    assert program.send(address).status_code == 400
    assert refusal(Program(who.viewer).send(address, file=factories.report())) == (403, "permission_denied")
    assert refusal(Program(who.stranger).send(address, file=factories.report())) == (404, "not_found")


def test_signatures_rest_on_what_the_caller_knows(who, letter) -> None:
    program, address = Program(who.city), f"letters/{letter.pk}/"
    old = program.get(address)["ETag"]
    assert program.get(address, **{"If-None-Match": old}).status_code == 304
    assert Program(who.reporter).put(address, SIGNED).status_code == 200
    again = SIGNED | {"base_version": 2}
    assert refusal(program.put(address, again, **{"If-Match": old})) == (412, "precondition_failed")
    assert program.put(address, again, **{"If-Match": program.get(address)["ETag"]}).json()["version"] == 3


def test_a_county_records_where_its_target_lies(cast, who, node) -> None:
    program, address = Program(who.county), f"placements/{node.pk}/"
    empty = {
        "node": node.pk, "division": {"code": "130224", "name": "滦南县", "name_en": ""},
        "indicator": "cultivated_land", "period": 2035, "value_mu": "9000000.000000", "placed_mu": None,
        "input_value": None, "input_unit": None, "uploaded_on": None, "note": "", "version": 0, "by": None, "at": None,
    }  # fmt: skip
    assert program.get(address).json() == empty
    first = program.put(address, {"value": "899.990", "unit": "wan_mu"}).json()
    assert (first["placed_mu"], first["input_value"], first["version"]) == ("8999900.000000", "899.990", 1)
    full = {"value": "9000000", "unit": "mu", "uploaded_on": "2026-11-27", "note": "已入库", "base_version": 1}
    done = program.put(address, full).json()
    assert (done["placed_mu"], done["uploaded_on"], done["note"]) == ("9000000.000000", "2026-11-27", "已入库")
    assert (done["version"], done["by"]) == (2, who.county.username)
    for name, status in (("city", 200), ("viewer", 200), ("stranger", 404)):
        assert Program(getattr(who, name)).get(address).status_code == status, name


@pytest.mark.parametrize(
    ("name", "change", "status", "code"),
    [
        ("county", {"value": "899.99", "uploaded_on": "2026-11-27"}, 422, "C.1"),
        ("county", {"uploaded_on": "2099-01-01"}, 422, "uploaded_on"),
        ("county", {"value": "-1"}, 422, "number"),
        ("county", {"value": "0.00000000001"}, 422, "U-1"),
        ("county", {"unit": "acre"}, 400, "invalid_choice"),
        ("county", {"base_version": 5}, 409, "conflict"),
        ("city", {}, 403, "permission_denied"),
        ("viewer", {}, 403, "permission_denied"),
        ("stranger", {}, 404, "not_found"),
    ],
)
def test_a_placement_that_cannot_be_says_why(who, node, name, change, status, code) -> None:
    body = {"value": "900", "unit": "wan_mu"} | change
    assert refusal(Program(getattr(who, name)).put(f"placements/{node.pk}/", body)) == (status, code)


def test_what_is_not_handed_down_has_no_place(cast, who, node) -> None:
    again = opened(cast.tangshan, who.city)
    mine = again.nodes.get(division="130224")
    assert Program(who.county).get(f"placements/{mine.pk}/").status_code == 404
    typed(again, {"130224": "901"}, who.city)
    stepped(stepped(again, "submit", who.city), "approve", who.reviewer)
    stepped(again, "publish", who.city_reviewer, paper=PAPER)
    late = Program(who.county).put(f"placements/{node.pk}/", {"value": "900", "unit": "wan_mu"})
    assert late.status_code == 409
    assert QuotaVersion.objects.get(pk=node.version_id).state == "superseded"


def test_a_placement_rests_on_what_the_caller_knows(who, node) -> None:
    program, address = Program(who.county), f"placements/{node.pk}/"
    old = program.get(address)["ETag"]
    assert program.get(address, **{"If-None-Match": old}).status_code == 304
    body = {"value": "1", "unit": "wan_mu"}
    assert program.put(address, body, **{"If-Match": old}).status_code == 200
    assert refusal(program.put(address, body | {"base_version": 1}, **{"If-Match": old})) == (
        412,
        "precondition_failed",
    )
