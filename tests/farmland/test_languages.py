"""Pages, answers and mails in both languages: none in English is left half Chinese."""

import html.parser
import re

import pytest
from django.test import Client
from django.urls import reverse

from farmland.actions import tokens
from farmland.models import Division, Figure, PolicyDocument, User
from tests import factories
from tests.test_access import TABLE, WHO

CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")


class Unmarked(html.parser.HTMLParser):
    """The text and the readable attributes of a page outside elements that are marked as Chinese."""

    VOID = {"meta", "link", "input", "br", "line", "rect", "img", "hr"}
    READ = {"title", "aria-label", "alt", "placeholder"}

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_chinese = (self.stack or [False])[-1] or (values.get("lang") or "").lower().startswith("zh")
        if not is_chinese:
            self.found += [values[name] or "" for name in self.READ & set(values)]
        if tag not in self.VOID:
            self.stack.append(is_chinese)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if not (self.stack or [False])[-1]:
            self.found.append(data)


def left_in_chinese(page: str) -> list[str]:
    """Chinese text of the page that is neither marked nor data."""
    parser = Unmarked()
    parser.feed(page)
    text = "\n".join(parser.found)
    data = {
        *Division.objects.values_list("name", flat=True),
        *User.objects.values_list("name", flat=True),
        *PolicyDocument.objects.values_list("title", flat=True),
    }
    for known in sorted(filter(None, data), key=len, reverse=True):
        text = text.replace(known, "")
    return CHINESE.findall(text)


@pytest.fixture
def country(cast):
    """Figures, targets and statements of every kind, so that the pages have something to say."""
    source = factories.document(title="三调公报", number="国函〔2023〕1号", date_text="2021年8月")
    factories.published(cast.china, "19290", document=source, note="原值取整")
    factories.published(cast.hebei, "9051.26", qualifier="approx")
    factories.published(cast.guangdong, "2700", confidence="recalled", unit="wan_mu")
    factories.target(cast.china, "18650", owner=cast.china)
    factories.target(cast.hebei, "8801", owner=cast.china, is_demo=True)
    factories.target(cast.guangdong, "2751", owner=cast.guangdong)
    factories.statement(cast.chongqing, {cast.chongqing: "2805"}, year=2019, is_demo=True, released="province")
    factories.statement(cast.xinjiang, {cast.xinjiang: "10500"}, year=2019, status="draft")
    assert Figure.objects.count() == 5
    return cast


def sign_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="farmland.authentication.DivisionBackend")
    return factories.mark_seen(client)


@pytest.mark.parametrize("who", WHO)
def test_no_page_in_english_is_left_half_chinese(country, people, who: str):
    client = sign_in(people[who]) if who != "anonymous" else Client(headers={"accept-language": "en"})
    more = [reverse("user_edit", args=[user.pk]) for user in people.values()] + ["/?year=2019", "/?year=1", "/nowhere/"]
    more += ["/divisions/130224/?year=2019&indicator=high_standard_farmland", "/users/?search=x", "/users/?role=x"]
    left = {}
    for name, arguments, method, _statuses in TABLE:
        if not name.startswith("api_"):
            more.append(reverse(name, kwargs=arguments) if method == "get" else "/")
    for address in more:
        response = client.get(
            address, {"year": 2019} if address.startswith("/divisions/") and "?" not in address else {}
        )
        if response.get("Content-Type", "").startswith("text/html") and response.content:
            page = response.content.decode()
            assert '<html lang="en"' in page, address
            left |= {address: found} if (found := left_in_chinese(page)) else {}
    assert left == {}


def test_answers_to_forms_are_in_english_too(country, people):
    client = sign_in(people["hebei_admin"])
    key = tokens.create(label="省平台", by=people["hebei_admin"], at=factories.MOMENT)
    left = {}
    for address, fields in (
        ("/users/create/", {}),
        ("/users/create/", {"username": "Ü", "division": "地", "role": "reporter", "email": "x"}),
        (
            "/users/create/",
            {"username": "new", "name": "李新", "division": "130200", "role": "viewer", "department": "agriculture"},
        ),
        ("/accounts/password/", {"old_password": "x", "new_password1": "123", "new_password2": "123"}),
        ("/accounts/preferences/", {"language": "fr"}),
        ("/accounts/preferences/switch/", {}),
        ("/accounts/tokens/create/", {"label": "省平台"}),
    ):
        page = client.post(address, fields).content.decode()
        left |= {address: found} if (found := left_in_chinese(page.replace("“地”", ""))) else {}
    assert left == {}
    assert left_in_chinese(client.get("/accounts/tokens/").content.decode()) == []
    assert "令牌" in sign_in_chinese(people["hebei_admin"]).get("/accounts/tokens/").content.decode()
    assert key


def sign_in_chinese(user: User) -> Client:
    client = sign_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN,zh;q=0.9"
    return client


def test_the_lock_out_speaks_the_language_of_the_visitor(db):
    for language, says in (("en", "Too many failed sign-ins."), ("zh-CN", "登录失败次数过多。")):
        client = Client(headers={"accept-language": language})
        for _ in range(5):
            page = client.post("/accounts/login/", {"username": f"u{language}", "password": "x"})
        assert page.status_code == 429
        assert says in page.content.decode()


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "the token is not valid or was revoked."), ("zh-CN,zh;q=0.9", "令牌无效或已作废。"), ("fr", "令牌无效")],
)
def test_the_interface_tells_errors_in_the_language_that_is_asked_for(db, language: str, says: str):
    client = Client(headers={"accept-language": language, "authorization": "Bearer nothing"})
    errors = client.get(reverse("api_division_list")).json()["errors"]
    assert says.lower() in errors[0]["detail"].lower()


@pytest.mark.parametrize(("language", "label"), [("en", "User name"), ("zh-CN", "用户名")])
def test_both_names_of_an_indicator_are_given_in_every_language(country, people, language: str, label: str):
    client = sign_in(people["hebei_reporter"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    first = client.get(reverse("api_indicator_list")).json()["results"][0]
    assert (first["label"], first["label_en"]) == ("耕地保有量", "Cultivated land")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            [
                "Old password",
                "This password is too short: it needs at least 10 characters.",
                "entirely numeric",
                "too common",
            ],
        ),
        ("zh-CN", ["旧密码", "密码太短，至少需要 10 个字符。", "全都是数字", "太常见"]),
    ],
)
def test_what_the_libraries_say_comes_in_both_languages(people, language: str, says: list[str]):
    client = sign_in(people["hebei_reporter"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    fields = {"old_password": factories.PASSWORD, "new_password1": "123", "new_password2": "123"}
    page = client.post("/accounts/password/", fields).content.decode()
    assert [text for text in says if text not in page] == []


@pytest.mark.parametrize(("language", "says"), [("en", "Not found"), ("zh-CN", "未找到")])
def test_what_the_rest_framework_says_comes_in_both_languages(people, language: str, says: str):
    client = sign_in(people["hebei_reporter"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    errors = client.get(reverse("api_division_detail", args=["999999"])).json()["errors"]
    assert says.lower() in errors[0]["detail"].lower()
