"""Searching everything at once: what there is to find, and the pages that answer."""
