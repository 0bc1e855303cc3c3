"""The history of a statement: every change with who, when, before, after and why, as far as one sees the statement."""

from farmland.actions import statements as actions
from farmland.actions.statements import Cell, save_cells
from farmland.selectors.chronicle import get_chronicle
from farmland.units import UNITS
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import walk
from tests.farmland.test_api_statements import Program


def changes(statement, part, **more) -> list[tuple[str, str, str, str]]:
    return [(d.kind, d.label, d.before, d.after) for d in get_chronicle(statement, part, **more)[0]]


def test_every_change_of_a_cell_is_told_with_the_unit_it_was_typed_in(transactional_db, statement, who, cast) -> None:
    factories.typed(statement, {(cast.luannan, "paddy"): "66666.7"}, by=who.county, unit="ha")
    gap = Cell("130224", "paddy", absence="blank", note="待外业核实", base_version=2)
    save_cells(statement, cells=[gap], unit=UNITS["mu"], by=who.county, at=MOMENT)
    cell = {"division": "130224", "indicator": "paddy"}
    assert changes(statement, cast.hebei, **cell) == [
        ("空缺", "新建", "", "空缺"),
        ("数据", "删除", "66666.7 公顷", ""),
        ("数据", "修改", "10 万亩", "66666.7 公顷"),
        ("数据", "新建", "", "10 万亩"),
    ]
    deeds, has_more = get_chronicle(statement, cast.hebei, **cell)
    assert not has_more
    assert deeds[0].why == "待外业核实"
    assert [deed.who for deed in deeds] == [who.county.username] * 3 + [who.reporter.username]
    assert {deed.division for deed in deeds} == {cast.luannan}
    assert {deed.indicator for deed in deeds} == {"水田"}


def test_steps_releases_remarks_and_corrections_belong_to_it(statement, who, cast) -> None:
    done = walk(statement, who, "hand_in", "confirm", "submit", "give_opinion", "approve")
    actions.release(done, level="nation", by=who.ministry, at=MOMENT)
    actions.release(done, level="province", by=who.ministry, at=MOMENT)
    actions.add_comment(done, division="", indicator="", text="归档前核对", by=who.ministry, at=MOMENT)
    told = changes(done, cast.hebei)
    assert ("办理", "通过", "待上级审核", "已通过") in told
    assert [row for row in told if row[0] == "公开"] == [
        ("公开", "修改", "全国", "省级"), ("公开", "修改", "", "全国"),
    ]  # fmt: skip
    assert ("意见", "新建", "", "归档前核对") in told
    assert not [row for row in told if "汇总" in row], "sums are reckoned, not typed"


def test_it_is_read_in_pages_that_leave_nothing_out(statement, who, cast) -> None:
    whole, _more = get_chronicle(statement, cast.hebei, limit=100)
    pages, number, has_more = [], 1, True
    while has_more:
        deeds, has_more = get_chronicle(statement, cast.hebei, page=number, limit=3)
        pages += deeds
        number += 1
    assert len(whole) == 10
    assert pages == whole


def test_a_county_reads_of_its_own_row_and_strangers_read_nothing(statement, who, cast) -> None:
    county = signed_in(who.county).get(f"/statements/{statement.pk}/history/").content.decode()
    assert "滦南县" in county
    assert "乐亭" not in county
    assert signed_in(who.stranger).get(f"/statements/{statement.pk}/history/").status_code == 404
    above = signed_in(who.ministry).get(f"/statements/{statement.pk}/history/").content.decode()
    assert "万亩" not in above.split("<main", 1)[1].split("</main", 1)[0]
    seen = Program(who.county).get(f"{statement.pk}/history/").json()
    assert {change["division"] for change in seen["changes"]} == {"130224"}
    assert Program(who.ministry).get(f"{statement.pk}/history/").json()["changes"] == []
    for odd in ("?page=0", "?page=x", "?division=13", "?indicator=gold"):
        assert signed_in(who.county).get(f"/statements/{statement.pk}/history/{odd}").status_code == 200


def test_it_takes_as_many_queries_however_long_it_is(statement, who, cast, django_assert_max_num_queries) -> None:
    for value in range(20, 60):
        factories.typed(statement, {(cast.luannan, "dry"): str(value)}, by=who.county)
    with django_assert_max_num_queries(26):
        assert len(get_chronicle(statement, cast.hebei)[0]) == 50


def test_an_unchanged_statement_is_not_sent_again_and_a_write_on_an_old_state_is_refused(statement, who) -> None:
    program, address = Program(who.reporter), f"/api/v1/statements/{statement.pk}/"
    first = program.client.get(address)
    assert first["Last-Modified"]
    assert program.client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    cell = {"division": "130224", "indicator": "paddy", "value": "11", "base_version": 1}
    batch = {"unit": "wan_mu", "figures": [cell]}

    def put(etag: str, value: str, version: int):
        cell.update(value=value, base_version=version)
        return program.client.put(
            f"{address}figures/", batch, content_type="application/json", headers={"If-Match": etag}
        )

    assert put(first["ETag"], "11", 1).json()["figures"][0]["state"] == "saved"
    assert put(first["ETag"], "12", 2).status_code == 412
    assert statement.figures.get(division="130224", indicator="paddy").value_mu == 110_000
    changed = program.client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert put(changed["ETag"], "12", 2).json()["figures"][0]["state"] == "saved"
    stale = program.client.post(
        f"{address}hand_in/", {}, content_type="application/json", headers={"If-Match": first["ETag"]}
    )
    assert stale.status_code == 412
