"""Tests of the code base itself: what reviewers would otherwise have to remember."""

import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations import CreateModel

from farmland.migrating import ADDING, FirstMigration, kind

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("farmland", "quotas", "assessments")
SOURCES = [p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))


def test_no_file_is_longer_than_400_lines():
    files = [*SOURCES, *TEMPLATES, *(ROOT / "tests").rglob("*.py")]
    assert [str(p) for p in files if len(p.read_text().splitlines()) > 400] == []


def test_edges_reach_rows_only_through_a_scope():
    pattern = re.compile(
        r"\.objects\b(?!\.(visible_to|readable_by|administered_by|of_user|summable_by|none|level_condition)\b)"
    )
    edges = [p for p in SOURCES if {"views", "api"} & set(p.relative_to(ROOT).parts)]
    assert edges
    assert [
        f"{p.name}: {line.strip()}" for p in edges for line in p.read_text().splitlines() if pattern.search(line)
    ] == []


def test_selectors_never_take_a_user():
    found = [
        p.name
        for p in SOURCES
        if "selectors" in p.parts and re.search(r"\buser\s*[:,=)]\s*(\"?User|request)", p.read_text())
    ]
    assert found == []


def test_the_type_of_a_workbook_stands_in_one_place():
    assert [p.name for p in SOURCES if "spreadsheetml.sheet" in p.read_text()] == ["downloads.py"]


def test_no_template_carries_script_or_style_inline():
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert [p.name for p in TEMPLATES if inline.search(p.read_text()) and "mail" not in p.parts] == []


def test_every_component_is_used():
    text = "".join(p.read_text() for p in TEMPLATES)
    unused = [p.name for p in (ROOT / "templates/components").glob("*.html") if f"components/{p.name}" not in text]
    assert unused == []


def test_every_component_names_its_parameters():
    parts = (ROOT / "templates/components").glob("*.html")
    assert [p.name for p in parts if "{# Parameters:" not in p.read_text()[:200]] == []


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_first_migrations_are_applied_in_runs():
    for app in ("farmland", "quotas"):
        first = import_module(f"{app}.migrations.0001_initial").Migration
        assert issubclass(first, FirstMigration), f"{app}: written anew, its class is FirstMigration"
        assert {kind(operation) for operation in first.operations} <= {ADDING, CreateModel}


def test_layers_hold():
    done = subprocess.run([ROOT / ".venv/bin/lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
