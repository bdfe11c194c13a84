"""Statements that read the emission book for reports; they change nothing."""
