"""Compare persons with Splink: ``program PERSONS PAIRS``. Runs in an environment of its own.

Writes a line of JSON with seconds and peak memory.
"""

import csv
import json
import resource
import sys
import time
from pathlib import Path

from app.duplicates import nationwide

LOWEST = -10.0


def main() -> None:
    """Link the persons in the first file and write the pairs to the second."""
    began = time.perf_counter()
    with Path(sys.argv[2]).open("w", newline="") as file:
        csv.writer(file).writerows(nationwide.link(Path(sys.argv[1]), lowest=LOWEST))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mib": peak}) + "\n")


if __name__ == "__main__":
    main()
