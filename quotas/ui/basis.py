"""On what a target stands: its version and document, in words, and the page where they are read."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from farmland.models import Confidence, Qualifier
from quotas.models import QuotaNode


@dataclass(frozen=True, slots=True)
class Basis:
    """The version and document that a target stands on, and what must be said of it."""

    version: int
    paper: str
    url: str
    badges: tuple[str, ...]

    @property
    def words(self) -> str:
        """Both in one line."""
        return _("第 %(version)d 版 · %(paper)s") % {"version": self.version, "paper": self.paper}


def make_basis(*, pk: int, version: int, paper: str, is_demo: bool, confidence: str, qualifier: str) -> Basis:
    """The basis of a target; `pk` is its version's."""
    badges = [_("演示数据")] if is_demo else []
    if confidence == Confidence.RECALLED:
        badges.append(_("待核实"))
    if qualifier != Qualifier.EXACT:
        badges.append(str(Qualifier(qualifier).label))
    return Basis(version, paper, reverse("quota_version", args=[pk]), tuple(badges))


def basis_of(node: QuotaNode) -> Basis:
    """The basis of a published target that was read with its version and document."""
    version, paper = node.version, node.paper
    return make_basis(
        pk=version.pk, version=version.version, paper=paper.number or paper.title, is_demo=version.is_demo,
        confidence=node.confidence, qualifier=node.qualifier,
    )  # fmt: skip
