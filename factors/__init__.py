"""Reference data and the arithmetic of units: pure, knows no database and no clock."""
