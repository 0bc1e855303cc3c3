"""The order of a file: by sheet, row and column, whoever found the fault."""

import re
from collections.abc import Callable, Iterable
from typing import Any

PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
Key = tuple[int, int, int, str]


def sheets_of(cells: Iterable[Any], faults: Iterable[Any]) -> list[str]:
    """The sheets of a file in their order, as far as it can be told from its cells and its faults, both read in it."""
    order = list(dict.fromkeys(cell.sheet for cell in cells))
    waiting: list[str] = []
    for sheet in dict.fromkeys(fault.sheet for fault in faults):
        if sheet in order:
            at = order.index(sheet)
            order[at:at] = waiting
            waiting = []
        else:
            waiting.append(sheet)
    return order + waiting


def by_place(sheets: Iterable[str]) -> Callable[[Any], Key]:
    """The key by which cells and faults (`sheet`, `place`) are sorted; what lies in no cell comes first on its sheet."""
    numbers = {sheet: number for number, sheet in enumerate(sheets)}

    def key(one: Any) -> Key:
        number, found = numbers.get(one.sheet, len(numbers)), PLACE.fullmatch(one.place)
        return (number, int(found[2]), len(found[1]), found[1]) if found else (number, 0, 0, "")

    return key
