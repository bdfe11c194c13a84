"""Journalled reference data: editions, methods, rule sets, policy settings, the register."""
