"""Hebei's people, its statement, and the way that both go."""

from types import SimpleNamespace

from farmland.actions import statements as actions
from farmland.models import AnnualStatement, User
from tests import factories
from tests.factories import MOMENT


def people(cast: SimpleNamespace) -> SimpleNamespace:
    """Everybody who has a part in Hebei's statement."""
    agri = {"department": "agriculture"}
    return SimpleNamespace(
        reporter=factories.user(role="reporter", division=cast.hebei),
        reviewer=factories.user(role="reviewer", division=cast.hebei),
        farm_reporter=factories.user(role="reporter", division=cast.hebei, **agri),
        farm_reviewer=factories.user(role="reviewer", division=cast.hebei, **agri),
        ministry=factories.user(role="reviewer", division=cast.china),
        ministry2=factories.user(role="reviewer", division=cast.china),
        farm_ministry=factories.user(role="reviewer", division=cast.china, **agri),
        viewer=factories.user(role="viewer", division=cast.china),
        admin=factories.user(role="administrator", division=cast.hebei),
        stranger=factories.user(role="reviewer", division=cast.guangdong),
        county=factories.user(role="reporter", division=cast.luannan),
    )


def filled(cast: SimpleNamespace, reporter: User, year: int = 2024) -> AnnualStatement:
    """Hebei's draft with what it owes."""
    statement = AnnualStatement.objects.create(division=cast.hebei, year=year)
    values = {"cultivated_land": "30", "paddy": "10", "irrigated": "10", "dry": "10", "permanent_basic_farmland": "20"}
    cells = {(place, name): value for place in (cast.luannan, cast.leting) for name, value in values.items()}
    factories.typed(statement, cells, by=reporter)
    return statement


def walk(statement: AnnualStatement, who: SimpleNamespace, *steps: str) -> AnnualStatement:
    """Take steps in order, each by its own person."""
    by = {
        "hand_in": who.reporter, "confirm": who.farm_reviewer, "submit": who.reviewer,
        "give_opinion": who.farm_ministry, "approve": who.ministry, "lock": who.ministry,
    }  # fmt: skip
    for step in steps:
        statement = actions.take_step(statement, step, by=by[step], at=MOMENT, comment="同意")
    return statement
