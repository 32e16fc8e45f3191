"""Why two logins, plans or units are shown as one, in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.duplicates import account_pairs, plan_pairs
from app.duplicates.unit_names import Likeness

OF_ACCOUNTS: dict[account_pairs.Reason, Any] = {
    account_pairs.Reason.ONE_PERSON: _l("One person has two logins here."),
    account_pairs.Reason.SAME_NUMBER: _l("Both are registered with the same national id."),
    account_pairs.Reason.CERTAIN_PAIR: _l("The two are most likely one person."),
    account_pairs.Reason.SAME_EMAIL: _l("Both have the same e-mail address."),
}
OF_PLANS: dict[plan_pairs.Reason, Any] = {
    plan_pairs.Reason.TWO_PERSONS: _l("The owners are likely one person, registered twice."),
    plan_pairs.Reason.LOG_BESIDE_PLAN: _l(
        "A relay log and an individual plan are open at once. The log should have gone on as the"
        " plan."
    ),
    plan_pairs.Reason.TWO_LOGS: _l("Two relay logs about one owner are open."),
    plan_pairs.Reason.SAME_KIND: _l("Two open plans of the same kind are about one owner."),
}
OF_UNITS: dict[Likeness, Any] = {
    Likeness.SAME_NAME: _l("The names are the same."),
    Likeness.SAME_WORDS: _l("The names are the same but for abbreviations and ways of writing."),
    Likeness.ONE_LETTER: _l("The names differ by one letter."),
}
