"""Where a target lies: the area placed on the map, and when it was entered into the database (落图, 入库).

A table of its own, because the published node stays frozen.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farmland.models.scope import ScopedQuerySet
from farmland.models.triggers import moves_revision, tracked
from farmland.units import AREA_DECIMALS, AREA_MAX_DIGITS, AREA_UNITS
from quotas.models.versions import QuotaNode

ENOUGH = """
    IF NEW.uploaded_on IS NOT NULL
        AND NEW.placed_mu < (SELECT n.value_mu FROM quotas_quotanode n WHERE n.id = NEW.node_id) THEN
        RAISE EXCEPTION 'less was placed on the map than was handed down (C.1)' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class PlacementQuerySet(ScopedQuerySet):
    """Placements by the division whose target they are of."""

    division_path = "node__division"


@tracked()
class Placement(models.Model):
    """落图入库: how much of a published target is on the map, and since when it is in the database."""

    node = models.OneToOneField(QuotaNode, models.PROTECT, related_name="placement")
    placed_mu = models.DecimalField(_("落图面积（亩）"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_value = models.DecimalField(_("原值"), max_digits=AREA_MAX_DIGITS, decimal_places=AREA_DECIMALS)
    input_unit = models.CharField(_("原单位"), max_length=12)
    input_decimals = models.PositiveSmallIntegerField(_("原值小数位"))
    uploaded_on = models.DateField(_("入库日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=600, blank=True)
    revision = models.PositiveIntegerField(_("修订"), default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("填报人"))
    at = models.DateTimeField(_("填报时间"))

    objects = PlacementQuerySet.as_manager()

    class Meta:
        triggers = [
            *moves_revision("'quotas'"),
            pgtrigger.Trigger(
                name="uploaded_in_full",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ENOUGH,
            ),
        ]
        constraints = [
            models.CheckConstraint(name="placed_area_is_not_negative", condition=Q(placed_mu__gte=0)),
            models.CheckConstraint(name="placement_unit_is_official", condition=Q(input_unit__in=list(AREA_UNITS))),
        ]

    def __str__(self) -> str:
        return f"{self.node_id} {self.placed_mu}"
