"""Writes of annual statements: the year's call, cells, marks and comments, and the steps on the way up."""

from farmland.actions.statements.batch import BATCH_ACTIONS, MOST_STATEMENTS, Result, take_steps
from farmland.actions.statements.cells import Cell, Outcome, Typed, save_cells, type_cells
from farmland.actions.statements.corrections import correction_actions
from farmland.actions.statements.files import attach, may_attach, may_withdraw, path_of, withdraw_attachment
from farmland.actions.statements.locks import lock_settled
from farmland.actions.statements.remarks import add_comment, finish_row, give_reason, reopen_row, resolve_comment
from farmland.actions.statements.steps import approve, hand_in, take_step
from farmland.actions.statements.years import open_year, releasable_levels, release

__all__ = [
    "BATCH_ACTIONS",
    "Cell",
    "MOST_STATEMENTS",
    "Outcome",
    "Typed",
    "Result",
    "add_comment",
    "approve",
    "attach",
    "correction_actions",
    "finish_row",
    "give_reason",
    "hand_in",
    "lock_settled",
    "may_attach",
    "may_withdraw",
    "open_year",
    "path_of",
    "releasable_levels",
    "release",
    "reopen_row",
    "resolve_comment",
    "save_cells",
    "take_step",
    "type_cells",
    "take_steps",
    "withdraw_attachment",
]
