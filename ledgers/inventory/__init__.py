"""The city inventory (城市温室气体清单): ledger and statistics side by side, targets, the path.

What belongs here: the roll-up of the emission ledger by sub-sector and scope, energy balances of
the statistics and what they come to, the reconciliation of the two, targets, paths and
projections. What does not: emissions of enterprises (`ledgers.emissions`), reading files
(`pipelines`), layout (`reports`).
"""
