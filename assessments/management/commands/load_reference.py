"""`manage.py load_reference`: divisions, published figures and targets; safe to repeat."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.reference.loader import load_reference
from assessments.reference.rows import ReferenceDataError

LABELS = {
    "divisions": gettext_lazy("行政区划"),
    "documents": gettext_lazy("文件"),
    "figures": gettext_lazy("公布数"),
    "targets": gettext_lazy("目标"),
    "parameters": gettext_lazy("参数"),
}


class Command(BaseCommand):
    help = "Loads divisions, published figures and targets. Safe to repeat: a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="read all six files from this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with pghistory.context(command="load_reference"):
                summary = load_reference(at=timezone.now(), folder=options["data"])
        except ReferenceDataError as error:
            raise CommandError(str(error)) from error
        for kind, label in LABELS.items():
            values = {"label": label, "kept": summary.kept[kind], "written": summary.written[kind]}
            self.stdout.write(_("%(label)s: 共 %(kept)d, 本次写入 %(written)d") % values)
        for file, count in summary.left_out.items():
            self.stdout.write(
                _("%(file)s: %(n)d 个值未载入 (没有对应指标, 空白, 或已由另一文件载入)") % {"file": file, "n": count}
            )
        if not any(summary.written.values()):
            self.stdout.write(_("参考数据已是最新, 没有改动。"))
