"""Where rows live: DuckDB, migrations, source files, published copies."""
