"""Data that stays Chinese on a page in another language: `{{ place.label|as_written }}`."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@register.filter
def as_written(value: object) -> SafeString:
    """The text, marked as Chinese where the page is not, so that it is read out and set as such."""
    text = str(value)
    if (get_language() or "").startswith("zh") or not CHINESE.search(text):
        return conditional_escape(text)
    return format_html('<span lang="zh-Hans">{}</span>', text)
