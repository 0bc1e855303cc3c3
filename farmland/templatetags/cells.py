"""One cell of a grid: `{% cell_of cell name %}`.

Written in Python because a province's grid has two thousand of them: as conditions of a template they took half of the
page's time.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from farmland.ui.sheets import CellView

register = template.Library()


@register.simple_tag
def cell_of(cell: CellView, name: str) -> SafeString:
    """The `<td>` of a cell in the row called `name`: an input where it is open, else its value or a dash."""
    # Codes and states are ours; what people wrote, and names, are escaped.
    head = f'<td class="cell" id="c-{cell.division}-{cell.indicator}" data-division="{cell.division}"'
    head += f' data-indicator="{cell.indicator}"'
    return mark_safe(head + (open_cell(cell, name) if cell.is_open else closed_cell(cell)))


def open_cell(cell: CellView, name: str) -> str:
    """What follows the head of an open cell."""
    invalid = said = ""
    if cell.saved is not None:
        message, place = escape(cell.message), f"state-{cell.division}-{cell.indicator}"
        invalid = f' aria-invalid="true" aria-describedby="{place}"'
        said = f'<span id="{place}" class="visually-hidden">{message}</span>'
        said += f'<span class="cell-message" aria-hidden="true">{message}</span>'
    return (
        f' data-version="{cell.version}" data-state="{cell.state}"{marks(cell)}><input inputmode="decimal"'
        f' autocomplete="off" name="c:{cell.division}:{cell.indicator}:{cell.version}" value="{escape(cell.value)}"'
        f' aria-label="{escape(name)} {escape(cell.label)}"{invalid}><span class="cell-flags">{said}</span></td>'
    )


def closed_cell(cell: CellView) -> str:
    """What follows the head of a cell that is only read."""
    said = f'<span class="visually-hidden">{escape(_("有意见"))}</span>'
    flags = f'<span class="cell-flags">{said}</span>' if cell.has_comment else ""
    return f' data-state="{cell.state}" data-read-only><output>{escape(cell.value or "—")}</output>{flags}</td>'


def marks(cell: CellView) -> str:
    """What only some cells carry, as attributes."""
    given = {"absence": cell.absence, "severity": cell.severity, "message": cell.message}
    found = [f' data-{name}="{escape(value)}"' for name, value in given.items() if value]
    if cell.has_comment:
        found.append(" data-commented")
    if cell.saved is not None:
        found.append(f' data-saved="{escape(cell.saved)}"')
    return "".join(found)
