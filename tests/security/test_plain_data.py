"""What decides on access is plain data that nobody changes on the way."""

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest

from app import consent, security
from app.consent.drafts import Draft

CHANGED_WHILE_CHOOSING = {Draft}


def plain_data():
    """The data classes of security and consent."""
    for room in (security, consent):
        for one in iter_modules(room.__path__, f"{room.__name__}."):
            for value in vars(import_module(one.name)).values():
                if isinstance(value, type) and is_dataclass(value) and value.__module__ == one.name:
                    yield value


@pytest.mark.parametrize("kind", sorted(set(plain_data()), key=str), ids=lambda one: one.__name__)
def test_plain_data_of_security_and_consent_is_frozen(kind):
    assert kind.__dataclass_params__.frozen is (kind not in CHANGED_WHILE_CHOOSING)
