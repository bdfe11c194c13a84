"""When things happen: intake of files, the month, Dagster."""
