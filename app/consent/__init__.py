"""Giving, registering, withdrawing and resetting consent to a plan and to sharing what is in it.

Writes ``consent`` and ``consent_cover``. Whether a consent counts is decided in
``app.security.plan_access``, from what is true at the moment.
"""
