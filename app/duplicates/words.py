"""What a comparison found, in a sentence each, in the user's language.

The sentences name no value: who reads them sees both records beside them, or may not.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.duplicates.levels import Level
from app.duplicates.scoring import Finding

SENTENCES: dict[Level, Any] = {
    Level.ID_SAME: _l("Same national id"),
    Level.ID_SAME_DOUBTFUL: _l("Same national id, though it is not a valid one"),
    Level.ID_NEAR: _l("National ids differ by one digit, and one of them is not valid"),
    Level.ID_REPLACED: _l(
        "One national id is temporary and the other is not, for one birth date: it may have been"
        " replaced"
    ),
    Level.ID_DOUBTFUL_DIFFERS: _l("National ids differ, but not both are valid"),
    Level.ID_OTHER_KIND: _l("National ids are of different kinds and for different birth dates"),
    Level.ID_DIFFERS: _l("Both have a valid national id, and they differ"),
    Level.BIRTH_SAME: _l("Same birth date"),
    Level.BIRTH_SAME_NEW_YEAR: _l("Both born on 1 January, which is often put for an unknown date"),
    Level.BIRTH_SWAPPED: _l("Same birth date with day and month swapped"),
    Level.BIRTH_NEAR: _l("Birth dates differ by one digit"),
    Level.BIRTH_NEW_YEAR: _l("Same birth year, and one date is 1 January"),
    Level.BIRTH_SAME_DAY: _l("Same day and month of birth, in different years"),
    Level.BIRTH_SAME_YEAR: _l("Born on different dates in one year"),
    Level.BIRTH_GENERATION: _l("Born a generation apart"),
    Level.BIRTH_DIFFERS: _l("Birth dates differ"),
    Level.GIVEN_SAME: _l("Same given name"),
    Level.GIVEN_PART: _l("Same given name, and one has more names"),
    Level.GIVEN_MIDDLE: _l("The given name of one is a later given name of the other"),
    Level.GIVEN_OTHER_FIRST: _l("A later given name is the same, but the first ones differ"),
    Level.GIVEN_SHARED: _l("One given name is the same, others differ"),
    Level.GIVEN_NICKNAME: _l("One given name is often short for the other"),
    Level.GIVEN_INITIAL: _l("One given name is only an initial, and it fits"),
    Level.GIVEN_NEAR: _l("Given names are spelled almost the same"),
    Level.GIVEN_SPELLED: _l("The same given name in another spelling"),
    Level.GIVEN_OTHER_NAME: _l("Given names look alike, but are two different names"),
    Level.GIVEN_ALIKE: _l("Given names are somewhat alike"),
    Level.GIVEN_DIFFERS: _l("Given names differ"),
    Level.FAMILY_SAME: _l("Same family name"),
    Level.FAMILY_PART: _l("Same family name, and one has more names"),
    Level.FAMILY_SHARED: _l("One family name is the same, others differ"),
    Level.FAMILY_NEAR: _l("Family names are spelled almost the same"),
    Level.FAMILY_SPELLED: _l("The same family name in another spelling"),
    Level.FAMILY_OTHER_NAME: _l("Family names look alike, but are two different names"),
    Level.FAMILY_MOVED: _l("The family name of one is a middle name of the other"),
    Level.FAMILY_ALIKE: _l("Family names are somewhat alike"),
    Level.FAMILY_DIFFERS: _l("Family names differ"),
    Level.NAMES_SWAPPED: _l("Same name with given and family name swapped"),
    Level.NAMES_CROSSED: _l("The given name of one stands among the family names of the other"),
    Level.PHONE_SAME: _l("Same phone"),
    Level.PHONE_SAME_FIXED: _l("Same phone, but not a mobile: others may share it"),
    Level.PHONE_NEAR: _l("Phone numbers differ by one digit"),
    Level.PHONE_DIFFERS: _l("Phone numbers differ"),
    Level.EMAIL_SAME: _l("Same e-mail"),
    Level.EMAIL_SAME_SHARED: _l("Same e-mail, but of an office: others share it"),
    Level.EMAIL_MAILBOX: _l("Same e-mail but for what follows the @ sign"),
    Level.EMAIL_NEAR: _l("E-mails are spelled almost the same"),
    Level.EMAIL_OF_NAME: _l("Almost the same e-mail, but made of the name that both have"),
    Level.EMAIL_DIFFERS: _l("E-mails differ"),
    Level.EMAIL_TELLS_NAME: _l("The e-mail of one is made of the name of the other"),
    Level.ADDRESS_SAME: _l("Same address"),
    Level.ADDRESS_NEAR: _l("Almost the same address"),
    Level.ADDRESS_STREET: _l("Same street, different house number"),
    Level.ADDRESS_POSTCODE: _l("Same postcode"),
    Level.ADDRESS_DIFFERS: _l("Addresses differ"),
    Level.UNIT_SAME: _l("Same unit"),
    Level.UNIT_DIFFERS: _l("Different units"),
    Level.TWINS: _l("Same birth date and family name but different given names: may be twins"),
    Level.GENERATIONS: _l("Same name a generation apart: may be parent and child"),
    Level.FAMILY_HOUSEHOLD: _l(
        "Same family name and contact details but different given names: may be one family"
    ),
    Level.HOUSEHOLD: _l(
        "Same contact details but different given names: may live or work together"
    ),
    Level.NAMESAKES: _l("Same name and birth date, but all else differs: may be namesakes"),
    Level.UNDATED: _l(
        "Same name and contact details, but no birth date to compare: may be parent and child"
    ),
    Level.NAME_ALONE: _l("The name is all that can be compared; how rare it is counts for more"),
    Level.NEW_FAMILY_NAME: _l(
        "Same given name and birth date but different family names: the name may have changed"
    ),
    Level.NAME_AND_CONTACT: _l("Given name and a phone or e-mail are both the same"),
    Level.NAME_AND_ADDRESS: _l("Given name and address are both the same"),
    Level.BOTH_CONTACTS: _l("Phone and e-mail often go together, so both say little more than one"),
    Level.CONTACT_AND_ADDRESS: _l(
        "Contact details and address often go together, so both say little more than one"
    ),
    Level.DATE_AND_CONTACT: _l("Birth date and a phone or e-mail are both the same"),
    Level.THIRD_SAME: _l("Both are likely the same as a third person, who is registered too"),
    Level.THIRD_DIFFERS: _l("One of them is more likely a third person, who is registered too"),
}


def sentence(finding: Finding) -> Any:
    """One plain sentence of what was found about a field."""
    return SENTENCES[finding.level]


def speaks_for(finding: Finding) -> bool:
    """Whether the finding says that the two are one person."""
    return finding.bits > 0


def reasons(findings: Iterable[Finding]) -> tuple[Any, ...]:
    """A sentence per finding: those that speak for it first, the weightiest first."""
    ordered = sorted(findings, key=lambda one: (not speaks_for(one), -abs(one.bits)))
    return tuple(map(sentence, ordered))
