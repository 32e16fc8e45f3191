"""Units (*virksomheter*): the tree of a municipality and the outside bodies it works with.

Writes ``unit``, and ``person.unit_id`` and ``membership.unit_id`` when units are merged.
"""
