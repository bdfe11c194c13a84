"""The statements of the inventory book, one a file."""
