"""A province as large as Sichuan, with a draft that is filled: what the grid must bear."""

from decimal import Decimal
from types import SimpleNamespace

from farmland.indicators import Group, of_group
from farmland.models import AnnualStatement, Division, Figure
from tests import factories

PREFECTURES, COUNTIES = 21, 183
COLUMNS = of_group(Group.OUTFLOW)


def sichuan() -> SimpleNamespace:
    """One province, 21 prefectures, 183 counties and eleven figures of each county; codes and names are made up."""
    nation = Division.objects.create(code="000000", name="全国", level="nation")
    province = Division.objects.create(code="510000", name="四川省", level="province", parent=nation)
    codes = [f"51{number:02d}00" for number in range(1, PREFECTURES + 1)]
    for code in codes:
        Division.objects.create(code=code, name=f"样例{code[2:4]}市", level="prefecture", parent=province)
    counties = []
    for number in range(COUNTIES):
        prefecture = codes[number % PREFECTURES]
        code = f"{prefecture[:4]}{21 + number // PREFECTURES}"
        counties.append(
            Division.objects.create(code=code, name=f"样例{code[2:]}县", level="county", parent_id=prefecture)
        )
    statement = AnnualStatement.objects.create(division=province, year=2024)
    Figure.objects.bulk_create(
        Figure(
            division=county, indicator=column.code, year=2024, origin="reported", statement=statement,
            basis="change_survey", **factories.area(str(Decimal(place % 90 + 10) / 100), "wan_mu"),
        )
        for county in counties
        for place, column in enumerate(COLUMNS)
    )  # fmt: skip
    return SimpleNamespace(
        statement=statement,
        counties=counties,
        reporter=factories.user(role="reporter", division=province),
        reviewer=factories.user(role="reviewer", division=nation),
    )
