"""Compare persons with Splink: ``program PERSONS PAIRS ENGINE``. Runs in an environment of its own.

Writes a line of JSON with seconds and peak memory.
"""

import csv
import json
import os
import resource
import sys
import time
from pathlib import Path

from app.duplicates import nationwide, scratch
from app.duplicates.linking import Engine

LOWEST = -10.0


def main() -> None:
    """Link the persons in the first file and write the pairs to the second."""
    began = time.perf_counter()
    given, found, engine = sys.argv[1:]
    room = None
    if engine == Engine.POSTGRESQL:
        room = scratch.ready(os.environ["SAMVEV_LINKAGE_URL"], panel=None)
    with Path(found).open("w", newline="") as file:
        pairs = nationwide.link(Path(given), lowest=LOWEST, scratch=room)
        csv.writer(file).writerows(pairs)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mib": peak}) + "\n")


if __name__ == "__main__":
    main()
