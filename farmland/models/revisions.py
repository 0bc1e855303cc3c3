"""Revisions: one counter per topic, moved by trigger, from which every ETag and "as of" is read.

A counter is moved inside the writing transaction, so a reader never sees new rows under an old revision. There is
one counter for each province's figures, so that two provinces never wait for each other.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """修订: how often a topic (`figures:13`, `quotas`, `divisions`…) has changed, and when it last did."""

    topic = models.CharField(_("主题"), max_length=40, primary_key=True)
    count = models.BigIntegerField(_("次数"), default=0)
    changed_at = models.DateTimeField(_("时间"))

    objects = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(name="revision_only_grows", condition=models.Q(count__gte=0))]

    def __str__(self) -> str:
        return f"{self.topic} {self.count}"
