"""What tests of units share."""

import pytest
from flask import Flask

from tests.units.planting import Garden


@pytest.fixture
def garden(app: Flask) -> Garden:
    """Units and persons behind the pages."""
    return Garden(app)
