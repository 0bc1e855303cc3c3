"""The overview, the division page and the source page."""

import pytest

from tests import factories


@pytest.fixture
def data(cast):
    factories.published(cast.china, "20000")
    factories.published(cast.hebei, "9051.26")
    factories.published(cast.guangdong, "2700", confidence="recalled")
    factories.target(cast.hebei, "8801", owner=cast.china)
    factories.target(cast.guangdong, "2751", owner=cast.guangdong)
    return cast


def test_provinces_are_ordered_by_headroom_and_say_what_they_lack(data, sign_in):
    page = sign_in("viewer", data.china).get("/?year=2019").content.decode()
    table = page[page.index("<tbody>", page.index("table-lines")) :]
    assert table.index(">广东<") < table.index(">河北<") < table.index(">重庆<")
    assert "未达标" in page
    assert "目标未录入" in page or "未录入" in page
    assert "待核实" in page
    assert "−51.00" in page


def test_the_overview_costs_at_most_twelve_queries_and_no_more_with_more_rows(
    data, client, django_assert_max_num_queries
):
    factories.signed_in(factories.user(role="viewer", division=data.china), client)
    with django_assert_max_num_queries(12) as few:
        assert client.get("/?year=2019").status_code == 200
    for number in range(100):
        factories.Division.objects.create(
            code=f"1303{number:02}", name=f"县{number}", level="county", parent=data.hebei
        )
    factories.published(data.chongqing, "2805")
    with django_assert_max_num_queries(len(few)):
        client.get("/?year=2019")


@pytest.mark.parametrize("address", ["/?year=abc", "/?year=1800", "/?indicator=gold", "/divisions/130000/?year=x"])
def test_an_address_that_cannot_be_read_is_400_with_the_way_back(data, sign_in, address):
    response = sign_in("viewer", data.china).get(address)
    assert response.status_code == 400
    assert "不带参数重新打开" in response.content.decode()


def test_a_division_page_drills_down_to_the_county(data, sign_in):
    client = sign_in("reporter", data.hebei)
    for code in ("000000", "130000", "130200", "130224", "440000", "660000"):
        assert client.get(f"/divisions/{code}/").status_code == 200, code
    for code in ("441900", "500100", "999999"):
        assert client.get(f"/divisions/{code}/").status_code == 404, code


def test_the_source_of_a_number_names_document_edition_and_what_was_printed(data, sign_in):
    source = factories.document(title="三调公报", number="国函〔2023〕1号")
    factories.published(data.chongqing, "1870.2", unit="qian_ha", document=source)
    page = sign_in("viewer", data.china).get("/divisions/500000/figures/cultivated_land/?year=2019").content.decode()
    assert "三调公报" in page
    assert "国函〔2023〕1号" in page
    assert "1,870.2 千公顷" in page
    assert "28,053,000.00" in page


def test_a_superseded_target_stays_visible_beside_the_one_in_force(data, sign_in):
    old = factories.target(data.china, "120000", owner=data.china, year=2030, indicator="high_standard_farmland")
    version = old.version
    version.state = "superseded"
    version.save()
    factories.target(
        data.china,
        "135000",
        owner=data.china,
        year=2030,
        indicator="high_standard_farmland",
        version=2,
        supersedes=version,
    )
    page = sign_in("viewer", data.china).get("/divisions/000000/figures/high_standard_farmland/").content.decode()
    assert "1,200,000,000.00" in page
    assert "1,350,000,000.00" in page
    assert "已被替代" in page


def test_figures_of_different_bases_are_not_subtracted(data, sign_in):
    factories.published(data.china, "203076.9", year=2009, basis="survey2")
    page = sign_in("viewer", data.china).get("/?year=2019").content.decode()
    assert "口径不同，不可比" in page


def test_every_page_carries_a_policy_without_unsafe_inline(data, sign_in):
    response = sign_in("viewer", data.china).get("/")
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "style=" not in response.content.decode()


def test_a_provinces_page_lists_the_counties_it_governs_itself(data, sign_in):
    factories.Division.objects.create(code="139001", name="省直县", level="county", parent=data.hebei)
    page = sign_in("viewer", data.hebei).get("/divisions/130000/?year=2019").content.decode()
    start = page.index("<tbody>", page.index("table-lines"))
    table = page[start : page.index("</tbody>", start)]
    assert "/divisions/130200/" in table
    assert "/divisions/139001/" in table
    assert "/divisions/130224/" not in table
