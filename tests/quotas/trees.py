"""What one reader of the tree of targets may see, as the pages make it."""

from farmland.models import User
from quotas.models import Letter, Placement, Redo
from quotas.selectors.known import Working
from quotas.selectors.tree import Branch, Tree


def working(user: User) -> Working:
    """The scoped rows of a user."""
    return Working(
        user.division,
        Placement.objects.visible_to(user),
        Letter.objects.visible_to(user),
        Redo.objects.visible_to(user),
    )


def branches(tree: Tree) -> dict[str, Branch]:
    """All lines by division."""
    shown = [tree.root, *tree.rows, *([tree.apart] if tree.apart else [])]
    return {branch.division.code: branch for branch in shown}
