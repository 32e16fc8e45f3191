"""What is told of a number, in words."""

from flask_babel import gettext as _

from app.reports.suppression import STEP, Told
from app.screens.fields import show_number


def said(one: Told) -> str:
    """The step that a number lies in, as people write it."""
    if one.high is None:
        return _("not told")
    if one.is_few:
        return _("fewer than %(number)s", number=STEP)
    return f"{show_number(one.low)}–{show_number(one.high)}"
