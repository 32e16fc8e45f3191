"""What several fields say together that none of them says alone.

Twins share all but the given name and the number; spouses a phone, siblings an address, a father
and his son a name. Without these, what they share would be counted as if it spoke for one person.
"""

from app.duplicates.levels import FIELD_OF, Field, Level

_GIVEN_AGREES = frozenset(
    {Level.GIVEN_SAME, Level.GIVEN_PART, Level.GIVEN_MIDDLE, Level.GIVEN_NICKNAME}
    | {Level.GIVEN_NEAR, Level.GIVEN_SPELLED}
)
_OTHER_GIVEN = frozenset(
    {Level.GIVEN_DIFFERS, Level.GIVEN_OTHER_NAME, Level.GIVEN_ALIKE, Level.GIVEN_OTHER_FIRST}
)
_FAMILY_AGREES = frozenset(
    {Level.FAMILY_SAME, Level.FAMILY_PART, Level.FAMILY_SHARED, Level.FAMILY_NEAR}
    | {Level.FAMILY_SPELLED}
)
_SAME_BIRTH = frozenset({Level.BIRTH_SAME, Level.BIRTH_SAME_NEW_YEAR})
_SAME_PHONE = frozenset({Level.PHONE_SAME, Level.PHONE_SAME_FIXED})
_SAME_EMAIL = frozenset(
    {Level.EMAIL_SAME, Level.EMAIL_MAILBOX, Level.EMAIL_NEAR, Level.EMAIL_OF_NAME}
)
_SAME_ADDRESS = frozenset({Level.ADDRESS_SAME, Level.ADDRESS_NEAR})
_DATING = frozenset({Field.NATIONAL_ID, Field.BIRTH_DATE})
_DIFFERENT = frozenset({Level.PHONE_DIFFERS, Level.EMAIL_DIFFERS, Level.ADDRESS_DIFFERS})


def together(found: frozenset[Level]) -> list[Level]:
    """The levels that follow from those of single fields."""
    contacts = bool(found & _SAME_PHONE) + bool(found & _SAME_EMAIL)
    address = bool(found & _SAME_ADDRESS)
    levels = []
    if contacts == 2:
        levels.append(Level.BOTH_CONTACTS)
    if contacts and address:
        levels.append(Level.CONTACT_AND_ADDRESS)
    if contacts and found & _SAME_BIRTH:
        levels.append(Level.DATE_AND_CONTACT)
    if found & _OTHER_GIVEN:
        return levels + _of_two(found, shares=bool(contacts or address))
    if found & _GIVEN_AGREES:
        levels += _of_one_name(found, contacts=bool(contacts), address=address)
    return levels


def _of_two(found: frozenset[Level], *, shares: bool) -> list[Level]:
    """Different given names: twins, siblings and spouses."""
    is_family = bool(found & _FAMILY_AGREES)
    if is_family and Level.BIRTH_SAME in found:
        return [Level.TWINS]
    if shares:
        return [Level.FAMILY_HOUSEHOLD if is_family else Level.HOUSEHOLD]
    return []


def _of_one_name(found: frozenset[Level], *, contacts: bool, address: bool) -> list[Level]:
    """One given name: fathers and sons, namesakes, and who has married."""
    levels = []
    if contacts:
        levels.append(Level.NAME_AND_CONTACT)
    if address:
        levels.append(Level.NAME_AND_ADDRESS)
    is_family = bool(found & _FAMILY_AGREES)
    if is_family and not any(FIELD_OF[level] in _DATING for level in found):
        levels.append(Level.UNDATED if contacts or address else Level.NAME_ALONE)
    if is_family and Level.BIRTH_GENERATION in found:
        levels.append(Level.GENERATIONS)
    if found & _SAME_BIRTH:
        if Level.FAMILY_DIFFERS in found:
            levels.append(Level.NEW_FAMILY_NAME)
        if is_family and not contacts and not address and len(found & _DIFFERENT) >= 2:
            levels.append(Level.NAMESAKES)
    return levels
