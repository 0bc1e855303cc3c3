"""How the first migrations are applied: the tables, then what is added to them, each run on one state of the models."""

from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# None of these looks at the state between two of them: they add to a table that is there.
ADDING = (migrations.AddField, migrations.AddConstraint, migrations.AddIndex, AddTrigger)


class FirstMigration(migrations.Migration):
    """A migration that only creates. Django renders the models anew after each operation, which for some 400 triggers
    and constraints takes longer than all of the database's work; here neighbours of one kind share a state."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """The state that follows, as Django's own does it; printed SQL is left to Django."""
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        for _, run in groupby(self.operations, key=kind):
            operations = list(run)
            before = project_state.clone()
            project_state.clear_delayed_apps_cache()
            project_state.__dict__.pop("apps", None)  # nothing is rendered until the run's state is whole
            for operation in operations:
                operation.state_forwards(self.app_label, project_state)
            for operation in operations:
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def kind(operation: Operation) -> Any:
    """What a run is made of."""
    return ADDING if isinstance(operation, ADDING) else type(operation)
