"""What codes and names in a file stand for."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from farmland.workbooks.form import Expected

Found = tuple[str, str]  # what a name stands for, or "" and why not


class Names:
    """What codes and names stand for: exactly, and only where one thing alone is called so."""

    def __init__(self, known: Mapping[str, Iterable[str]], unknown: str, ambiguous: str) -> None:
        self.codes, self.unknown, self.ambiguous = set(known), unknown, ambiguous
        self.names: dict[str, set[str]] = {}
        for code, names in known.items():
            for name in names:
                self.names.setdefault(name, set()).add(code)

    def find(self, text: str) -> Found:
        """The code that a text stands for; else "" and why not."""
        text = text.strip()
        if text in self.codes:
            return text, ""
        found = self.names.get(text) or self.names.get("".join(text.split())) or set()
        if len(found) == 1:
            return next(iter(found)), ""
        return "", (self.ambiguous if found else self.unknown) % text[:30]


def divisions(expected: Expected) -> Names:
    """The rows of the statement by code and name."""
    unknown = _("“%s”不是这份表的区划代码或名称。")
    return Names(expected.rows, unknown, _("名称“%s”对应不止一个区划，请改用六位代码。"))


def indicators(expected: Expected) -> Names:
    """The columns by code and label."""
    return Names(expected.columns, _("“%s”不是指标代码或名称。"), _("名称“%s”对应不止一个指标，请改用指标代码。"))
