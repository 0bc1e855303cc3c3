"""Targets as spreadsheets."""
