"""How two persons compare: the fields and the named levels of each.

A level is what a reviewer can be told in a sentence. Which one two records reach is in
``comparing``; how much each says is in ``weights``.
"""

from enum import StrEnum


class Field(StrEnum):
    """What of two persons is compared; ``TOGETHER`` is how several fields look together."""

    NATIONAL_ID = "national_id"
    BIRTH_DATE = "birth_date"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    UNIT = "unit"
    TOGETHER = "together"


class Level(StrEnum):
    """How a field compares. A field that one of the two lacks has no level."""

    ID_SAME = "id_same"
    ID_SAME_DOUBTFUL = "id_same_doubtful"
    ID_NEAR = "id_near"
    ID_REPLACED = "id_replaced"
    ID_DOUBTFUL_DIFFERS = "id_doubtful_differs"
    ID_OTHER_KIND = "id_other_kind"
    ID_DIFFERS = "id_differs"

    BIRTH_SAME = "birth_same"
    BIRTH_SAME_NEW_YEAR = "birth_same_new_year"
    BIRTH_SWAPPED = "birth_swapped"
    BIRTH_NEAR = "birth_near"
    BIRTH_NEW_YEAR = "birth_new_year"
    BIRTH_SAME_DAY = "birth_same_day"
    BIRTH_SAME_YEAR = "birth_same_year"
    BIRTH_GENERATION = "birth_generation"
    BIRTH_DIFFERS = "birth_differs"

    GIVEN_SAME = "given_same"
    GIVEN_PART = "given_part"
    GIVEN_MIDDLE = "given_middle"
    GIVEN_SHARED = "given_shared"
    GIVEN_OTHER_FIRST = "given_other_first"
    GIVEN_NICKNAME = "given_nickname"
    GIVEN_INITIAL = "given_initial"
    GIVEN_NEAR = "given_near"
    GIVEN_SPELLED = "given_spelled"
    GIVEN_OTHER_NAME = "given_other_name"
    GIVEN_ALIKE = "given_alike"
    GIVEN_DIFFERS = "given_differs"

    FAMILY_SAME = "family_same"
    FAMILY_PART = "family_part"
    FAMILY_SHARED = "family_shared"
    FAMILY_NEAR = "family_near"
    FAMILY_SPELLED = "family_spelled"
    FAMILY_OTHER_NAME = "family_other_name"
    FAMILY_MOVED = "family_moved"
    FAMILY_ALIKE = "family_alike"
    FAMILY_DIFFERS = "family_differs"
    NAMES_SWAPPED = "names_swapped"
    NAMES_CROSSED = "names_crossed"

    PHONE_SAME = "phone_same"
    PHONE_SAME_FIXED = "phone_same_fixed"
    PHONE_NEAR = "phone_near"
    PHONE_DIFFERS = "phone_differs"

    EMAIL_SAME = "email_same"
    EMAIL_SAME_SHARED = "email_same_shared"
    EMAIL_MAILBOX = "email_mailbox"
    EMAIL_NEAR = "email_near"
    EMAIL_OF_NAME = "email_of_name"
    EMAIL_DIFFERS = "email_differs"

    ADDRESS_SAME = "address_same"
    ADDRESS_NEAR = "address_near"
    ADDRESS_STREET = "address_street"
    ADDRESS_POSTCODE = "address_postcode"
    ADDRESS_DIFFERS = "address_differs"

    UNIT_SAME = "unit_same"
    UNIT_DIFFERS = "unit_differs"

    TWINS = "twins"
    GENERATIONS = "generations"
    FAMILY_HOUSEHOLD = "family_household"
    HOUSEHOLD = "household"
    NAMESAKES = "namesakes"
    UNDATED = "undated"
    NAME_ALONE = "name_alone"
    NEW_FAMILY_NAME = "new_family_name"
    EMAIL_TELLS_NAME = "email_tells_name"
    NAME_AND_CONTACT = "name_and_contact"
    NAME_AND_ADDRESS = "name_and_address"
    BOTH_CONTACTS = "both_contacts"
    CONTACT_AND_ADDRESS = "contact_and_address"
    DATE_AND_CONTACT = "date_and_contact"
    THIRD_SAME = "third_same"
    THIRD_DIFFERS = "third_differs"


_FIELDS = {
    "id": Field.NATIONAL_ID,
    "birth": Field.BIRTH_DATE,
    "given": Field.GIVEN_NAME,
    "family": Field.FAMILY_NAME,
    "phone": Field.PHONE,
    "email": Field.EMAIL,
    "address": Field.ADDRESS,
    "unit": Field.UNIT,
}
FIELD_OF = {level: _FIELDS.get(level.partition("_")[0], Field.TOGETHER) for level in Level}
FIELD_OF |= {
    Level.FAMILY_HOUSEHOLD: Field.TOGETHER,
    Level.EMAIL_TELLS_NAME: Field.TOGETHER,
    Level.NAME_ALONE: Field.TOGETHER,
    Level.NAMES_SWAPPED: Field.GIVEN_NAME,
    Level.NAMES_CROSSED: Field.GIVEN_NAME,
}
