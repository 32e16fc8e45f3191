"""Persons, logins, participants, plans and units that are kept twice: avoided, found, mended."""
