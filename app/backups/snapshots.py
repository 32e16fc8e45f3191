"""What both kinds of databases give of themselves for a backup, at one instant."""

from dataclasses import dataclass, field

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Snapshot:
    """What was written of the database: rows by table, where its counters stand, and which files
    its rows point at."""

    kind: str
    rows: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    pointed_at: set[str] = field(default_factory=set)
