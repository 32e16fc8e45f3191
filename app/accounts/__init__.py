"""Logins and the roles they hold: signing in, choosing a municipality, giving and ending roles.

Writes ``ab_user``, ``account_profile``, ``account_identifier``, ``membership``,
``central_appointment``, ``one_time_link`` and ``api_token``.
"""
