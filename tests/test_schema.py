"""The API called as its schema says, and as it does not: it never fails, and answers what the schema promises."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from farmland.actions import tokens
from tests import factories

API = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
API.app = get_wsgi_application()
OPERATIONS = {path: API[path]["GET"] for path in API if "get" in {method.lower() for method in API[path]}}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def key(cast) -> str:
    factories.published(cast.china, "20000")
    factories.published(cast.hebei, "9051.26")
    return tokens.create(label="schema", by=factories.user(role="viewer", division=cast.china), at=factories.MOMENT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", OPERATIONS)
def test_every_address_keeps_to_its_schema(key: str, path: str, mode: GenerationMode) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=OPERATIONS[path].as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    call()
