"""What tests of the audit log share."""

import pytest
from flask import Flask

from tests.units.planting import Garden


@pytest.fixture
def garden(app: Flask) -> Garden:
    """Units, persons and events behind the pages."""
    return Garden(app)
