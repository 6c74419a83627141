"""Brings the database up to date and puts back what a migration may drop: cache table, journal guards, the one row, grants."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from tibandu.base import journal
from tibandu.base.models import Installation, JournalLine


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        using = options["database"]
        call_command("createcachetable", database=using, verbosity=0)
        if JournalLine._meta.db_table in connections[using].introspection.table_names():
            journal.create_guards(using)
            Installation.objects.using(using).get_or_create(pk=1)
            if settings.APP_ROLE and connections[using].vendor == "postgresql":
                journal.grant(settings.APP_ROLE, using)
