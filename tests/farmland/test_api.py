"""Divisions and indicators over REST."""

from base64 import b64encode

import pytest
import yaml

from quotas.models import Letter
from tests import factories


def test_divisions_are_listed_by_level_parent_and_search(cast, sign_in):
    client = sign_in("reporter", cast.hebei)

    def codes(**query: str) -> list[str]:
        return [row["code"] for row in client.get("/api/v1/divisions/", query).json()["results"]]

    assert codes(level="province") == ["130000", "440000", "500000", "650000"]
    assert codes(parent="130200") == ["130224", "130225"]
    assert codes(search="滦南") == ["130224"]
    assert codes(search="1302") == ["130200", "130224", "130225"]
    assert codes(level="county") == ["130224", "130225"]
    assert codes(search="市辖区") == []


def test_pages_of_a_list_follow_each_other_by_cursor(cast, sign_in):
    client = sign_in("viewer", cast.china)
    seen, address = [], "/api/v1/divisions/?limit=3"
    while address:
        page = client.get(address).json()
        assert len(page["results"]) <= 3
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert seen == sorted(seen)
    assert len(seen) == 11


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "99999999999999999999", "ten", "１", ""])
def test_a_limit_that_cannot_be_is_400(cast, sign_in, limit):
    assert sign_in("viewer", cast.china).get("/api/v1/divisions/", {"limit": limit}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/divisions/?level=street",
        "/api/v1/divisions/?search=%00",
        "/?year=%00",
        "/api/v1/divisions/?search=a\x00",
    ],
)
def test_what_cannot_be_read_is_400(cast, sign_in, address):
    assert sign_in("viewer", cast.china).get(address).status_code == 400


def test_a_nul_in_a_cookie_or_a_path_never_fails_the_server(client, db):
    client.cookies["sessionid"] = '"\\000\\000\\000\\000\\000\\000\\000\\000\\000"'
    assert client.get("/accounts/login/").status_code in (200, 400)
    assert client.get("/divisions/%00%00/").status_code in (400, 404)


def test_a_cursor_that_lies_is_refused(cast, sign_in):
    client = sign_in("viewer", cast.china)
    for inner in (b"", b"p=%00", b"p=\x00", b"\xff"):
        assert client.get("/api/v1/divisions/", {"cursor": b64encode(inner).decode()}).status_code == 400
    assert client.get("/api/v1/divisions/?cursor=@@@").status_code == 400


def test_the_catalogue_names_unit_direction_and_department(cast, sign_in):
    client = sign_in("viewer", cast.china)
    response = client.get("/api/v1/indicators/")
    found = {row["code"]: row for row in response.json()["results"]}
    assert found["cultivated_land"]["direction"] == "floor"
    assert found["high_standard_farmland"]["direction"] == "task"
    assert found["paddy"]["part_of"] == "cultivated_land"
    again = client.get("/api/v1/indicators/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_every_read_carries_its_validators(cast, sign_in):
    client, row = sign_in("viewer", cast.china), factories.statement(cast.hebei, {cast.luannan: "1"})
    target = factories.target(cast.hebei, "8801", owner=cast.china)
    letter = Letter.objects.create(target_year=2035, upper=cast.china, lower=cast.hebei)
    for address in (
        "/api/schema/",
        "/api/v1/statements/",
        "/api/v1/divisions/",
        "/api/v1/divisions/130000/",
        "/api/v1/indicators/",
        "/api/v1/statements/years/",
        "/api/v1/board/?year=2024",
        f"/api/v1/statements/{row.pk}/",
        f"/api/v1/statements/{row.pk}/history/",
        f"/api/v1/statements/{row.pk}/changes/",
        "/api/v1/notices/",
        "/api/v1/notices/choices/",
        "/api/v1/summary/?year=2019",
        "/api/v1/quotas/",
        "/api/v1/quotas/tree/?indicator=cultivated_land&period=2035",
        "/api/v1/quotas/versions/",
        f"/api/v1/quotas/versions/{target.version_id}/",
        "/api/v1/quotas/letters/",
        f"/api/v1/quotas/letters/{letter.pk}/",
        f"/api/v1/quotas/placements/{target.pk}/",
    ):
        response = client.get(address)
        assert response["ETag"], address
        assert response["Last-Modified"], address
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_the_schema_is_openapi_3_1_and_complete(cast, sign_in):
    schema = yaml.safe_load(sign_in("viewer", cast.china).get("/api/schema/").content)
    assert schema["openapi"].startswith("3.1")
    assert set(schema["paths"]) == {
        "/api/v1/divisions/", "/api/v1/divisions/{code}/", "/api/v1/indicators/", "/api/v1/summary/",
        "/api/v1/statements/", "/api/v1/statements/{id}/", "/api/v1/statements/{id}/figures/",
        "/api/v1/statements/{id}/{action}/", "/api/v1/statements/{id}/comments/", "/api/v1/statements/years/",
        "/api/v1/statements/{id}/comments/{comment}/resolve/", "/api/v1/statements/{id}/reasons/",
        "/api/v1/statements/{id}/rows/", "/api/v1/statements/{id}/files/", "/api/v1/statements/{id}/changes/", "/api/v1/statements/{id}/files/{file}/",
        "/api/v1/statements/{id}/files/{file}/withdraw/", "/api/v1/statements/batch/", "/api/v1/statements/{id}/history/",
        "/api/v1/notices/", "/api/v1/notices/{id}/read/", "/api/v1/notices/choices/",
        "/api/v1/board/", "/api/v1/board/remind/", "/api/v1/prints/",
        "/api/v1/statements/{id}/prints/", "/api/v1/statements/{id}/signed-copies/",
        "/api/v1/statements/{id}/uploads/",
        "/api/v1/statements/{id}/uploads/{upload}/", "/api/v1/statements/{id}/uploads/{upload}/{action}/",
        "/api/v1/statements/{id}/form/",
        "/api/v1/quotas/", "/api/v1/quotas/tree/", "/api/v1/quotas/versions/", "/api/v1/quotas/versions/{id}/",
        "/api/v1/quotas/versions/{id}/adjustment/", "/api/v1/quotas/versions/{id}/reasons/",
        "/api/v1/quotas/versions/{id}/nodes/",
        "/api/v1/quotas/versions/{id}/proposal/",
        "/api/v1/quotas/versions/{id}/{action}/",
        "/api/v1/quotas/letters/", "/api/v1/quotas/letters/{id}/", "/api/v1/quotas/letters/{id}/copy/",
        "/api/v1/quotas/placements/{node}/",
    }  # fmt: skip
