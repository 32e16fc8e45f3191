"""Splink on DuckDB or PostgreSQL, with the same levels: see ``app.duplicates.nationwide``."""
