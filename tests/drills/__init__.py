"""Long runs at a size that fits a test run; ``make drill`` runs them at full size."""

import os

IS_FULL = os.environ.get("SAMVEV_DRILL") == "full"


def size(small: int, full: int) -> int:
    """How many rounds: ``small`` in a test run, ``full`` in a drill."""
    return full if IS_FULL else small


def tell(capsys: object, text: str) -> None:
    """Print a figure of the drill past pytest's capture."""
    with capsys.disabled():  # type: ignore[attr-defined]
        print(f"\n  {text}")
