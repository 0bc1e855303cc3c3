"""Every province as shipped: pages, JSON, CSV and XLSX say the same to the last decimal."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from python_calamine import CalamineWorkbook

from farmland import ui
from farmland.indicators import HEADLINE_INDICATORS
from farmland.models import NATION, Division
from farmland.units import YI_MU, number
from tests import factories

COLUMNS = ("value_mu", "target_mu", "target_year", "headroom_mu", "headroom_percent", "status", "source")
CODES = [indicator.code for indicator in HEADLINE_INDICATORS]
YEARS = (2019, 2023)


def exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def row_of(page: str, code: str) -> str:
    """The division's line of the table of divisions."""
    start = page.index(f'href="/divisions/{code}/', page.index("<tbody>", page.index("table-lines")))
    return page[start : page.index("</tr>", start)]


@pytest.mark.django_db
@pytest.mark.usefixtures("shipped")
class TestEveryProvince:
    """The summary of a year against what the pages and files show."""

    @pytest.fixture
    def client(self) -> Client:
        return factories.signed_in(factories.user(role="viewer", division=Division.objects.get(code=NATION)))

    @pytest.fixture(params=YEARS)
    def year(self, request: pytest.FixtureRequest) -> int:
        return request.param

    @pytest.fixture
    def summary(self, client: Client, year: int) -> dict[str, dict[str, Any]]:
        """By code and indicator, what the JSON says."""
        answer = client.get("/api/v1/summary/", {"year": year}).json()
        rows = [answer["national"], *answer["results"]]
        assert len(rows) == 32
        return {row["division"]["code"]: row["figures"] for row in rows}

    def test_the_files_hold_what_the_json_says(self, client: Client, year: int, summary: dict) -> None:
        text = client.get("/api/v1/summary/", {"year": year, "format": "csv"}).content.decode("utf-8-sig")
        table = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
        content = client.get("/api/v1/summary/", {"year": year, "format": "xlsx"}).content
        lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        book = {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[1:]}
        assert table.keys() == book.keys() == summary.keys()
        for code, figures in summary.items():
            for indicator in CODES:
                for column in COLUMNS:
                    wanted = figures[indicator][column]
                    name, wanted = f"{indicator}.{column}", "" if wanted is None else str(wanted)
                    assert table[code][name] == wanted, (code, name)
                    found = book[code][name]
                    assert (str(int(found)) if isinstance(found, float) else found) == wanted, (code, name)

    @pytest.mark.parametrize("indicator", CODES)
    def test_the_overview_prints_what_the_json_says(
        self, client: Client, year: int, summary: dict, indicator: str
    ) -> None:
        page = client.get("/", {"year": year, "indicator": indicator}).content.decode()
        for code, figures in summary.items():
            figure = figures[indicator]
            if code == NATION:
                assert f">{ui.area(exact(figure['value_mu']), YI_MU)}<" in page
                continue
            row = row_of(page, code)
            for column in ("value_mu", "target_mu"):
                assert f">{ui.area(exact(figure[column]))}" in row, (code, column)
            assert f">{ui.area(exact(figure['headroom_mu']), signed=True)}<" in row, code

    def test_each_division_page_and_source_page_prints_what_the_json_says(
        self, client: Client, year: int, summary: dict
    ) -> None:
        for code, figures in summary.items():
            page = client.get(f"/divisions/{code}/", {"year": year}).content.decode()
            for indicator in CODES:
                value = exact(figures[indicator]["value_mu"])
                printed = ui.area(value, YI_MU) if code == NATION else ui.area(value)
                assert f">{printed}<" in page, (code, indicator)
                if value is not None and figures[indicator]["origin"] != "summed":
                    address = f"/divisions/{code}/figures/{indicator}/"
                    assert f">{number(value)}<" in client.get(address, {"year": year}).content.decode(), code

    def test_no_page_or_answer_costs_more_queries_for_2850_counties_than_for_31_provinces(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        def cost(address: str, most: int) -> int:
            cache.clear()
            with django_assert_max_num_queries(most) as found:
                assert client.get(address).status_code == 200
            return len(found)

        provinces = cost("/api/v1/summary/?year=2019", 8)
        answer = client.get("/api/v1/summary/?year=2019&level=county").json()
        assert len(answer["results"]) == 2850
        assert cost("/api/v1/summary/?year=2019&level=county", 8) == provinces
        assert cost("/?year=2019", 12) <= 12
