"""What users read about an odd national id."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.national_id import Problem

OF_PROBLEM: dict[Problem, Any] = {
    Problem.WRONG_LENGTH: _l("A national id has 11 digits."),
    Problem.NOT_DIGITS: _l("A national id has digits only."),
    Problem.CHECK_DIGITS: _l(
        "The check digits of the national id do not fit. Is a digit mistyped?"
    ),
    Problem.IMPOSSIBLE_DATE: _l("The national id begins with an impossible date."),
    Problem.FUTURE_BIRTH: _l("The national id belongs to somebody who is not born yet."),
    Problem.SYNTHETIC: _l(
        "The national id is a test number, which can't be used where real persons are registered."
    ),
}
