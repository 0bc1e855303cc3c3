"""Verdicts: how each division is doing.

The only place where facts (`farmland`) meet promises (`quotas`): the scorecard, dashboards, the summary API, the
loading of reference data and the demo data.
"""
