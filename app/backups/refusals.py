"""Why no backup is taken, or none restored."""


class Refused(Exception):
    """The backup can't be taken or restored; the text says why, and nothing was changed."""
