"""What is said beside a checked file: what the rules will ask for, in one line what is still owed, and that it is on its way."""

import re

from django.urls import reverse

from farmland.actions import uploads as actions
from farmland.models import Figure, Upload
from tests.factories import MOMENT, signed_in
from tests.farmland.filling import checked, filled_file, work_off


def page_of(upload: Upload) -> str:
    address = reverse("statement_upload", args=[upload.object_id, upload.pk])
    return signed_in(upload.by).get(address).content.decode()


def test_what_the_rules_will_ask_for_is_said_with_its_weight_and_what_is_owed_in_one_line(statement, who) -> None:
    paddy = filled_file([("130224", "paddy", "9999")], versions={("130224", "paddy"): 1})
    upload = checked(statement, paddy, by=who.reporter)
    details = list(upload.issues.filter(kind="notice").values_list("detail", flat=True))
    assert details[0].startswith("写入后须更正：")
    assert sum("必填" in detail for detail in details) <= 1
    assert "写入后须更正：" in page_of(upload)


def test_a_page_waits_for_the_hints_and_says_so(statement, who) -> None:
    first = statement.figures.get(division="130224", indicator="paddy")
    upload = checked(
        statement, filled_file([("130224", "paddy", "77")], versions={("130224", "paddy"): 99}), by=who.reporter
    )
    assert "正在按规则校验" not in page_of(upload)
    actions.decide(upload, issues=None, decision="mine", by=who.reporter, at=MOMENT)
    upload.refresh_from_db()
    assert upload.detail == "冲突已全部选择，可以写入。"
    shown = page_of(upload)
    assert "正在按规则校验" in shown
    assert re.search(r'id="upload-state" hx-get', shown)
    work_off()
    assert "正在按规则校验" not in page_of(upload)
    assert Figure.objects.get(pk=first.pk).input_value == first.input_value


def test_every_file_can_be_found_again(statement, who) -> None:
    for number in range(7):
        checked(statement, filled_file([("130224", "paddy", str(number))]), by=who.reporter)
    page = signed_in(who.reporter).get(reverse("statement_uploads", args=[statement.pk])).content.decode()
    assert page.count("耕地.csv") == 7
    assert signed_in(who.stranger).get(reverse("statement_uploads", args=[statement.pk])).status_code == 404
