"""The emission and energy book: from typed rows to entries in whole quanta."""
