"""`manage.py load_demo`: synthetic figures, targets and accounts to look at; in development only."""

from typing import Any

import pghistory
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.demo.loader import ReferenceDataMissing, Summary, load_demo


class Command(BaseCommand):
    help = "Loads the demonstration data and accounts. Refuses outside development; does nothing where they exist."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("演示数据只能在开发环境 (DEBUG=true) 载入"))
        try:
            with pghistory.context(command="load_demo"):
                summary = load_demo(at=timezone.now())
        except ReferenceDataMissing as error:
            raise CommandError(str(error)) from error
        if summary == Summary():
            self.stdout.write(_("演示数据已存在, 没有改动。"))
            return
        self.stdout.write(
            _(
                "演示数据: 报表 %(statements)d 份, 目标 %(targets)d 个, 责任书和落图 %(promises)d 项, 账号 %(accounts)d 个"
            )
            % {
                "statements": summary.statements,
                "targets": summary.targets,
                "promises": summary.promises,
                "accounts": summary.accounts,
            }
        )
