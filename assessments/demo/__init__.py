"""Demonstration data: synthetic, seeded figures and targets below the published ones, and accounts to look at them.

`figures` and `targets` are pure arithmetic; `loader` reads what has been published, writes the rest and never writes
over it.
"""
