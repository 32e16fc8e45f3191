"""What all generated screens share: base view, fields, lists, forms, export, and the gate.

Decides nothing about access; asks ``app.security``. Writes ``submitted_form``.
"""
