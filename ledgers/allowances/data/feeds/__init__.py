"""How columns of published registry files are called (供数配置)."""
