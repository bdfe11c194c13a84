"""The doors: the command line, later web pages and API."""
