"""The statements of the emission book, one a file."""
