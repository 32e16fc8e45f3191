"""Plans: starting, steering access, writing, pausing, handing over, closing and opening again.

Writes ``plan``, ``authority``, ``participant``, ``plan_grant``, ``plan_entry`` and what belongs to
them. Who may what is decided in ``app.security``.
"""
