"""What users read about an import: columns, reasons, and what is wrong with a file."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.people.import_alike import What
from app.people.import_columns import MappingProblem
from app.people.import_rows import ImportProblem, RowProblem
from app.people.national_id import Problem as IdProblem
from app.people.national_id_words import OF_PROBLEM
from app.people.table import TableProblem

COLUMNS: dict[str, Any] = {
    "external_id": _l("Id in another system"),
    "given_name": _l("Given name"),
    "family_name": _l("Family name"),
    "birth_date": _l("Birth date"),
    "national_id": _l("National id"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "address": _l("Address"),
    "postcode": _l("Postcode"),
    "employer_unit": _l("Unit"),
}

_TOO_OLD_OR_NEW = _l("The year can't be right.")
REASONS: dict[ImportProblem, Any] = {
    ImportProblem.WRONG_ENCODING: _l(
        "Some letters of the row can't be read: it is written in another character set than the"
        " rest of the file."
    ),
    ImportProblem.UNCLOSED_QUOTE: _l("A quotation mark is opened and never closed."),
    ImportProblem.LINE_TOO_LONG: _l("The line is too long."),
    ImportProblem.WRONG_COLUMN_COUNT: _l("The row has another number of columns than the header."),
    ImportProblem.MISSING: _l("This must be filled in."),
    ImportProblem.TOO_LONG: _l("The text is too long."),
    ImportProblem.NOT_A_DATE: _l("This is no date. Write day.month.year, for example 17.05.2016."),
    ImportProblem.TWO_DIGIT_YEAR: _l("Write the year with four digits."),
    ImportProblem.YEAR_OUT_OF_RANGE: _TOO_OLD_OR_NEW,
    ImportProblem.BIRTH_IN_FUTURE: _l("The birth date is in the future."),
    ImportProblem.NATIONAL_ID_LENGTH: _l(
        "A national id has 11 digits. If the first is 0, a spreadsheet may have dropped it."
    ),
    ImportProblem.NATIONAL_ID_NOT_DIGITS: OF_PROBLEM[IdProblem.NOT_DIGITS],
    ImportProblem.NATIONAL_ID_CHECK_DIGITS: OF_PROBLEM[IdProblem.CHECK_DIGITS],
    ImportProblem.NATIONAL_ID_IMPOSSIBLE_DATE: OF_PROBLEM[IdProblem.IMPOSSIBLE_DATE],
    ImportProblem.NATIONAL_ID_BIRTH_IN_FUTURE: OF_PROBLEM[IdProblem.FUTURE_BIRTH],
    ImportProblem.NATIONAL_ID_SYNTHETIC: OF_PROBLEM[IdProblem.SYNTHETIC],
    ImportProblem.BAD_EMAIL: _l("Write the e-mail address in full, for example name@example.no."),
    ImportProblem.BAD_PHONE: _l("Write the phone number with 8 digits, or with its country code."),
    ImportProblem.BAD_POSTCODE: _l(
        "A postcode has 4 digits. If the first is 0, a spreadsheet may have dropped it."
    ),
    ImportProblem.UNKNOWN_UNIT: _l("None of the units you can choose has this name."),
    ImportProblem.AMBIGUOUS_UNIT: _l("Several units in the municipality have this name."),
    ImportProblem.DUPLICATE_LINE: _l("The person stands in the file already."),
    ImportProblem.ALREADY_REGISTERED: _l("A person with this id is registered already."),
    ImportProblem.RESEMBLES: _l(
        "Left out, as was chosen: it resembles somebody who is registered, or an earlier line."
    ),
    ImportProblem.CHOSEN_GONE: _l(
        "The person who was chosen for this row is not in use any more, or not yours to change."
    ),
}

OF_CHOICE: dict[What, Any] = {
    What.USE: _l("Use the person who is registered; of several the likeliest"),
    What.REGISTER: _l("Register them as new persons"),
    What.LEAVE_OUT: _l("Leave them out"),
}

OF_TABLE: dict[TableProblem, Any] = {
    TableProblem.EMPTY: _l("The file is empty."),
    TableProblem.NO_ROWS: _l("The file has no rows below the first line, which names the columns."),
    TableProblem.UNSUPPORTED_TYPE: _l("Choose a CSV file or an Excel file (.xlsx)."),
    TableProblem.PASSWORD_PROTECTED: _l(
        "The file is protected by a password. Save it without one, and try again."
    ),
    TableProblem.NOT_A_TABLE: _l("We find no table in the file."),
    TableProblem.DAMAGED: _l("The file is damaged and can't be read."),
    TableProblem.TOO_LARGE: _l("The file is too large. Divide it into several."),
    TableProblem.EXPANDS_TOO_MUCH: _l("The file holds far more than its size allows."),
    TableProblem.TOO_MANY_ROWS: _l("The file has more than 200,000 rows. Divide it into several."),
    TableProblem.TOO_MANY_COLUMNS: _l("The file has more than 100 columns."),
}

OF_MAPPING: dict[MappingProblem, Any] = {
    MappingProblem.UNKNOWN_COLUMN: _l("Choose one from the list."),
    MappingProblem.MISSING_REQUIRED: _l("Choose the column that holds this."),
    MappingProblem.NOT_IN_HEADER: _l("Choose one from the list."),
    MappingProblem.REPEATED_IN_HEADER: _l(
        "Two columns in the file have this name. Give them different names, and upload the file"
        " again."
    ),
    MappingProblem.USED_TWICE: _l("This column is chosen for something else as well."),
}

OF_FAILURE: dict[str, Any] = {
    "no_longer_allowed": _l("Whoever ordered the import may not import persons any more."),
    "file_gone": _l("The file is no longer kept. Upload it again."),
    "unreadable": _l("The file can't be read any more. Upload it again."),
    "unexpected": _l("Something went wrong on our side. What was imported before is kept."),
}


def column(name: str | None) -> str:
    """What users call a column; the row as a whole for None."""
    return str(COLUMNS[name]) if name is not None else _("The whole row")


def reason(problem: RowProblem) -> str:
    """Why a row is left out, in the user's language."""
    if problem.first_line is not None:
        return _("The person stands on line %(line)s already.", line=problem.first_line)
    return str(REASONS[problem.code])
