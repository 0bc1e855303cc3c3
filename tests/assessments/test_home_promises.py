"""Home says what is to be done about targets: redone, decided on, handed on, signed, placed."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from quotas.actions import Placed, Signed, place, record_signatures, take_step
from quotas.models import Letter, QuotaVersion, Redo
from tests import factories
from tests.quotas import handing
from tests.quotas.handing import AT, PAPER, TASK, WAN_MU, handed, opened, published, stepped, typed

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}


@pytest.fixture
def who(cast):
    handing.prefectures()
    handed("130000", "5000")
    return handing.people(cast)


def home(user) -> str:
    response = factories.signed_in(user, Client()).get("/home/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def tasks(user) -> str:
    """Home without the latest notices, which tell of what was."""
    return home(user).partition('id="home-notices"')[0]


def city_of(cast, who) -> QuotaVersion:
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "900"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER)


def test_a_target_that_is_not_handed_on_waits_until_a_version_is_begun(cast, who) -> None:
    found = home(who.reporter)
    assert "耕地保有量 2035 年目标尚未分解下达" in found
    assert "上级下达 5,000.00 万亩（第 1 版 · 国函〔2024〕1号）" in found
    assert 'href="/quotas/">开始分解</a>' in found
    assert "尚未分解" not in home(who.agri)
    handed("130000", "10", indicator=TASK, year=2030)
    assert "高标准农田 2030 年目标尚未分解下达" in home(who.agri)
    assert "尚未分解" not in home(who.ministry_reporter)
    assert "尚未分解" not in home(who.stranger)
    opened(cast.hebei, who.reporter)
    assert "尚未分解" not in home(who.reporter)


def test_versions_wait_for_whose_step_is_next_and_say_why_they_came_back(cast, who) -> None:
    version = opened(cast.hebei, who.reporter)
    typed(version, ENOUGH, who.reporter)
    assert "待批准" not in home(who.ministry)
    stepped(version, "submit", who.reporter)
    found = home(who.ministry)
    assert "河北省 耕地保有量 2035 年目标" in found
    assert f'href="/quotas/{version.pk}/">审核</a>' in found
    assert "待批准" not in home(who.reviewer)
    farm = factories.user(role="reviewer", division=cast.china, department="agriculture")
    assert "待批准" not in home(farm)
    stepped(version, "return", who.ministry, comment="邯郸<b>偏低</b>")
    back = home(who.reporter)
    assert ("邯郸&lt;b&gt;偏低&lt;/b&gt;" in back, "按退回意见修改" in back) == (True, True)
    assert "偏低" not in home(who.stranger)
    stepped(version, "submit", who.reporter)
    stepped(version, "approve", who.ministry)
    assert f'href="/quotas/{version.pk}/">下达</a>' in home(who.reviewer)


def test_what_a_raised_parent_asks_for_has_its_day_until_it_is_done(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = city_of(cast, who)
    second = opened(cast.hebei, who.reporter)
    typed(second, {"130200": "1810"}, who.reporter)
    stepped(stepped(second, "submit", who.reporter), "approve", who.ministry)
    stepped(second, "publish", who.reviewer, paper=PAPER, redo_due_on=date(2027, 3, 1))
    Redo.objects.update(due_on=timezone.localdate())
    found = tasks(who.city)
    assert "耕地保有量 2035 年目标须重新分解" in found
    assert "上级目标由 1,800.00 调整为 1,810.00 万亩" in found
    assert ("今天到期" in found, f'href="/quotas/{city.pk}/">另立新版本</a>' in found) == (True, True)
    assert "须重新分解" in home(who.city)[len(found) :]  # the notice of it, which stays
    assert "须重新分解" not in tasks(who.reporter)
    Redo.objects.update(done_at=timezone.now())
    assert "须重新分解" not in tasks(who.city)


def test_the_day_of_handing_in_is_shanghais(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    late = datetime(2026, 11, 28, 19, 50, tzinfo=UTC)
    take_step(version, "submit", by=who.reporter, at=late)
    assert "2026-11-29 上报" in tasks(who.ministry)


def test_letters_and_placements_wait_where_they_are_missing(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = city_of(cast, who)
    assert "未签 3 份" in home(who.reporter)
    assert "未签 3 份" in home(who.city)  # one with Hebei, two with its counties
    day = date(2026, 11, 25)
    for letter in Letter.objects.filter(upper=cast.hebei):
        record_signatures(letter, Signed("张", day, "李", day, base_version=1), by=who.reporter, at=AT)
    assert "责任书尚未签订" not in home(who.reporter)
    Letter.objects.filter(lower="130300").update(government_signed_on=None, note="空缺")
    assert "仅一方签订 1 份" in home(who.reporter)
    node = city.nodes.get(division="130224")
    county = home(who.county)
    assert "耕地保有量 2035 年目标尚未入库" in county
    assert f'href="/quotas/placements/{node.pk}/">登记落图和入库</a>' in county
    assert "尚未入库" not in home(who.city)
    place(node, Placed("900", WAN_MU, date(2026, 11, 27)), by=who.county, at=AT)
    assert "尚未入库" not in home(who.county)


def test_home_does_not_ask_more_for_more_versions(cast, who, django_assert_max_num_queries) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    client = factories.signed_in(who.city, Client())
    client.get("/home/")
    with django_assert_max_num_queries(19) as few:
        client.get("/home/")
    for year in range(2040, 2045):
        handed("130200", "5", year=year, owner="130000")
    with django_assert_max_num_queries(len(few)):
        assert client.get("/home/").content.decode().count("尚未分解下达") == 6


def test_every_target_on_a_division_page_names_its_version_and_document(cast, who) -> None:
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = city_of(cast, who)
    above = QuotaVersion.objects.get(owner="000000")

    def page(code: str) -> str:
        return factories.signed_in(who.county, Client()).get(f"/divisions/{code}/").content.decode()

    county = page("130224")
    assert f'目标依据：<a href="/quotas/{city.pk}/">第 1 版 · {PAPER.number}</a>' in county
    province = page("130000")
    assert f'目标依据：<a href="/quotas/{above.pk}/">第 1 版 · 国函〔2024〕1号</a>' in province
    client = factories.signed_in(who.reviewer, Client())
    lines = client.get("/divisions/130000/").content.decode()
    assert lines.count(f'<a class="figure" href="/quotas/{version.pk}/" title="第 1 版 · {PAPER.number}">') == 3
    assert lines.count(f'<small class="basis" title="第 1 版 · {PAPER.number}">') == 3
    text = client.get("/divisions/130000/?export=csv").content.decode("utf-8-sig")
    assert f"1700.00,2035,1,{PAPER.number}," in text
