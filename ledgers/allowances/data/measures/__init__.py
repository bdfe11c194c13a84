"""Rule sets of the market as shipped: a TOML file a text, each value with document and clause."""
