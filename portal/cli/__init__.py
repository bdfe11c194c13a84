"""The command line: one module per command group, each importing its work when it is called."""
