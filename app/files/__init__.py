"""Files that people upload: what they are, whether they are clean, and where they are kept.

Writes no table: whoever keeps a file stores its key in a row of their own, and decides who may
read that row.
"""
