"""Promises: what was handed down as a target, and the pure judgement of a figure against it.

Owns quota versions and their nodes. Knows `farmland`; knows nothing of verdicts (`assessments`).
"""
