"""Splink on DuckDB, with the same levels: see ``app.duplicates.nationwide``."""
