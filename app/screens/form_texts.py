"""The texts of WTForms, written out so that they are collected and translated with ours.

WTForms has bokmål and English alone. Nearly all our fields say what is wrong in words of their
own; these stand behind them, so that no field can ever answer in English.
"""


def _(text: str) -> str:
    """Mark a text to be collected; it is translated when a field asks for it."""
    return text


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark the text for one and the text for many to be collected."""
    return one, many


SINGLE = (
    _("This field is required."),
    _("This field cannot be edited."),
    _("This field is disabled and cannot have a value."),
    _("Not a valid choice."),
    _("Invalid Choice: could not coerce."),
    _("Invalid choice(s): one or more data inputs could not be coerced."),
    _("Not a valid date value."),
    _("Not a valid datetime value."),
    _("Not a valid time value."),
    _("Not a valid week value."),
    _("Not a valid decimal value."),
    _("Not a valid float value."),
    _("Not a valid integer value."),
    _("File does not have an approved extension."),
    _("File does not have an approved extension: {extensions}"),
    _("Invalid CSRF Token."),
    _("CSRF failed."),
    _("CSRF token expired."),
    _("CSRF token missing."),
    _("Invalid IP address."),
    _("Invalid Mac address."),
    _("Invalid URL."),
    _("Invalid UUID."),
    _("Invalid email address."),
    _("Invalid input."),
    _("Date must be at least %(min)s."),
    _("Date must be at most %(max)s."),
    _("Date must be between %(min)s and %(max)s."),
    _("Number must be at least %(min)s."),
    _("Number must be at most %(max)s."),
    _("Number must be between %(min)s and %(max)s."),
    _("Field must be equal to %(other_name)s."),
    _("Field must be between %(min)d and %(max)d characters long."),
    _("Invalid value, can't be any of: %(values)s."),
    _("Invalid value, must be one of: %(values)s."),
)

COUNTED = (
    ngettext(
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
    ),
    ngettext(
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
    ),
    ngettext(
        "Field must be at least %(min)d character long.",
        "Field must be at least %(min)d characters long.",
    ),
    ngettext(
        "Field must be exactly %(max)d character long.",
        "Field must be exactly %(max)d characters long.",
    ),
)
