"""The books and their rules."""
