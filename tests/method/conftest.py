"""The garden's installation: what is sent here changes whatever it hits."""

from tests.plans.conftest import app, garden

__all__ = ["app", "garden"]
