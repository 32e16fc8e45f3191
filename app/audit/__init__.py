"""What was done and what was refused, written in the transaction that does it.

Writes ``audit_event`` and nothing else. Values are not copied: the log says who did what to
which record, and which fields changed. Sources: GDPR art. 5(2) and 32, Normen faktaark 15.
"""
