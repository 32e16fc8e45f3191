"""Kinds of plans, standard roles and consent texts: what a municipality sets up before it plans.

Writes ``plan_type``, ``age_rule``, ``consent_text`` and ``standard_role``.
"""
