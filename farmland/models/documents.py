"""Documents and parameters: on what basis a figure, a target or a threshold stands."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmland.models.triggers import moves_revision, tracked


@tracked()
class PolicyDocument(models.Model):
    """文件: a published text that a figure or a target is taken from, as it is cited."""

    key = models.SlugField(_("标识"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=300)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.CharField(_("发布机关"), max_length=120, blank=True)
    date_text = models.CharField(_("日期（原文）"), max_length=60, blank=True)
    issued_on = models.DateField(_("日期"), null=True, blank=True)
    # The day from which the system can answer "known": the document's date, else the day it was taken in.
    known_on = models.DateField(_("可查日期"))
    note = models.CharField(_("说明"), max_length=600, blank=True)

    objects = models.Manager()

    class Meta:
        triggers = moves_revision("'policy'")
        constraints = [
            models.CheckConstraint(
                name="document_known_from_its_date",
                condition=Q(issued_on__isnull=True) | Q(known_on__gte=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PolicyParameterQuerySet(models.QuerySet):
    """Parameters by key and day."""

    def in_force(self, on: date) -> Self:
        """The parameters that apply on a day; `effective_to` is the last day."""
        return self.filter(effective_from__lte=on).filter(Q(effective_to__isnull=True) | Q(effective_to__gte=on))


@tracked()
class PolicyParameter(models.Model):
    """参数: a threshold of policy with its validity and source; whatever is unverified says so (domain §0.5)."""

    key = models.SlugField(_("参数"), max_length=60)
    value = models.CharField(_("取值"), max_length=60)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    effective_from = models.DateField(_("起"))
    effective_to = models.DateField(_("止"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)
    is_verified = models.BooleanField(_("已核实"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = PolicyParameterQuerySet.as_manager()

    class Meta:
        triggers = moves_revision("'policy'")
        constraints = [
            models.UniqueConstraint(name="one_parameter_per_key_and_start", fields=["key", "effective_from"]),
            models.CheckConstraint(
                name="parameter_ends_after_it_starts",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value} {self.unit}".strip()
