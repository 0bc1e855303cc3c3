"""Writes of promises: versions of targets are drawn up, handed in, decided on and handed down; letters; placements."""

from quotas.actions.drafts import name_adjustment, open_draft
from quotas.actions.imports import Target, publish_version
from quotas.actions.letters import Signed, record_signatures
from quotas.actions.nodes import Typed, save_nodes
from quotas.actions.papers import Paper, record_paper
from quotas.actions.placements import Placed, place
from quotas.actions.proposals import Way, apply_proposal
from quotas.actions.restore import take_back
from quotas.actions.steps import With, explain, take_step, take_steps

__all__ = [
    "Paper",
    "Placed",
    "Signed",
    "Target",
    "Typed",
    "Way",
    "With",
    "apply_proposal",
    "explain",
    "name_adjustment",
    "open_draft",
    "place",
    "publish_version",
    "record_paper",
    "record_signatures",
    "save_nodes",
    "take_back",
    "take_step",
    "take_steps",
]
