"""Loads the reference data: everything is read and checked first, then written in one transaction, or nothing is."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction

import farmland
import quotas
from assessments.reference import divisions, figures, plan, targets
from assessments.reference.documents import Library
from assessments.reference.parameters import get_parameters
from assessments.reference.rows import ReferenceDataError, Row, read_rows
from assessments.reference.targets import TargetSet
from farmland.actions.divisions import refresh_divisions
from farmland.actions.figures import PublishedFigure, publish_figures
from farmland.models import Division, PolicyDocument, PolicyParameter
from quotas.actions import publish_version
from quotas.models import QuotaVersion

SHIPPED = {
    "divisions.csv": farmland,
    "survey_2019.csv": farmland,
    "national_series.csv": farmland,
    "subnational_examples.csv": farmland,
    "high_standard_plan.csv": farmland,
    "quotas_2035.csv": quotas,
}
REFRESHED = ("title", "number", "issuer", "date_text", "issued_on", "known_on", "note")


@dataclass(slots=True)
class Reference:
    """Everything that the files say, read and checked, not yet written."""

    divisions: list[Division]
    documents: dict[str, PolicyDocument] = field(default_factory=dict)
    figures: list[PublishedFigure] = field(default_factory=list)
    targets: list[TargetSet] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows there are of each kind, how many of them this run wrote, and what was left out, by file."""

    kept: dict[str, int]
    written: dict[str, int]
    left_out: Counter[str]


def load_reference(*, at: datetime, folder: Path | None = None) -> Summary:
    """Read the six files, from `folder` or as shipped, and write what is new.

    `at` is the moment at which targets are published here. A second run writes nothing. Raises ReferenceDataError,
    with file and line, for whatever is malformed or contradicts what has been published; then nothing is written.
    """
    reference = read_reference(folder)
    try:
        with transaction.atomic():
            written = write(reference, at)
    except ValidationError as error:
        raise ReferenceDataError(" ".join(error.messages)) from error
    kept = {
        "divisions": len(reference.divisions),
        "documents": len(reference.documents),
        "figures": len(reference.figures),
        "targets": sum(len(one.targets) for one in reference.targets),
        "parameters": len(get_parameters()),
    }
    return Summary(kept, written, reference.left_out)


def read_reference(folder: Path | None) -> Reference:
    """Read and check all six files; nothing is written."""

    def rows(name: str, columns: tuple[str, ...], *key: str) -> list[Row]:
        place = folder or Path(str(SHIPPED[name].__file__)).parent / "data"
        return read_rows(place / name, columns=columns, key=key)

    reference = Reference(divisions.get_divisions(rows("divisions.csv", divisions.COLUMNS, "code")))
    names = {division.code: division.name for division in reference.divisions}
    library = Library()
    quota_sets = targets.get_quotas(rows("quotas_2035.csv", targets.QUOTA_COLUMNS, "code"), names, library)
    survey = figures.get_survey(rows("survey_2019.csv", figures.SURVEY_COLUMNS, "code"), names, library)
    series_rows = rows("national_series.csv", figures.SERIES_COLUMNS, "year", "indicator", "scope")
    series, others = figures.get_series(series_rows, library, survey)
    series_sets, others = targets.get_series_targets(others, quota_sets, library)
    example_rows = rows("subnational_examples.csv", figures.EXAMPLE_COLUMNS, "code", "year", "indicator")
    examples, example_targets = figures.get_examples(example_rows, names, library)
    by_code = {division.code: division for division in reference.divisions}
    example_sets = targets.get_example_targets(example_targets, by_code, library)
    plan_rows = rows("high_standard_plan.csv", plan.COLUMNS, "code")
    built, plan_sets, plan_left_out = plan.get_plan(plan_rows, names, library)
    reference.figures = [*survey, *series, *examples, *built]
    reference.targets = [*quota_sets, *series_sets, *example_sets, *plan_sets]
    reference.documents = library.documents
    reference.left_out = Counter({"national_series.csv": len(others), "high_standard_plan.csv": plan_left_out})
    return reference


def write(reference: Reference, at: datetime) -> dict[str, int]:
    """Write whatever is not there yet; answers how many rows of each kind that were."""
    with connection.cursor() as cursor:  # two runs at once take turns
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_reference'))")
    changes = refresh_divisions(divisions=reference.divisions)
    return {
        "divisions": changes.added + changes.changed,
        "documents": keep_documents(reference.documents),
        "figures": publish_figures(figures=reference.figures),
        "targets": publish_targets(reference.targets, at),
        "parameters": keep_parameters(),
    }


def keep_documents(documents: dict[str, PolicyDocument]) -> int:
    """Add the documents that are missing and refresh those that are cited otherwise now."""
    existing = PolicyDocument.objects.in_bulk(list(documents), field_name="key")
    added, changed = [], []
    for key, document in documents.items():
        if key not in existing:
            added.append(document)
            continue
        document.pk = existing[key].pk
        if any(getattr(document, name) != getattr(existing[key], name) for name in REFRESHED):
            changed.append(document)
    PolicyDocument.objects.bulk_create(added)
    if changed:
        PolicyDocument.objects.bulk_update(changed, REFRESHED)
    return len(added) + len(changed)


def publish_targets(sets: list[TargetSet], at: datetime) -> int:
    """Publish the sets in their order; a later one may supersede an earlier one of the same promise."""
    published: dict[tuple[str, str, str, int | None, int], QuotaVersion] = {}
    written = 0
    for one in sets:
        promise = (one.kind, one.indicator, one.owner, one.target_year)
        old = published.get((*promise, one.supersedes)) if one.supersedes else None
        version, is_new = publish_version(
            kind=one.kind,
            indicator=one.indicator,
            owner=one.owner,
            target_year=one.target_year,
            document=one.document,
            targets=one.targets,
            at=at,
            version=one.version,
            is_complete=one.is_complete,
            supersedes=old,
        )
        published[(*promise, one.version)] = version
        written += len(one.targets) if is_new else 0
    return written


def keep_parameters() -> int:
    """Add the default parameters that are missing; what has been set since is left alone."""
    parameters = get_parameters()
    keys = set(PolicyParameter.objects.values_list("key", "effective_from"))
    missing = [one for one in parameters if (one.key, one.effective_from) not in keys]
    PolicyParameter.objects.bulk_create(missing)
    return len(missing)
