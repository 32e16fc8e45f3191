"""Which level two records reach in each field.

Each function looks at one field of both, and none knows what a level weighs. ``together`` looks at
what they found: a shared phone says little where given names differ, and one date with one family
name says little of twins.
"""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA, JaroWinkler

from app.duplicates.levels import Level
from app.duplicates.nicknames import are_one
from app.duplicates.rarity import family_shares, given_shares
from app.duplicates.record import Number, Record
from app.duplicates.spelling import sound, spelled

NEAR_NAME, ALIKE_NAME, NEAR_STREET = 0.9, 0.78, 0.88
# Shorter words differ too much by one letter, unless one of them is no name.
SHORTEST_NEAR, SHORTEST_CROSSED, SHORTEST_MISTYPED = 4, 3, 2
A_GENERATION = 15
NEW_YEAR = "0101"
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Names:
    """How two names compare. The words are those that both have, folded; rare ones say more."""

    given: Level | None
    family: Level | None
    given_words: tuple[str, ...] = ()
    family_words: tuple[str, ...] = ()


def national_id(a: Number | None, b: Number | None) -> Level | None:
    """How two identity numbers compare."""
    if a is None or b is None:
        return None
    if a.digits == b.digits:
        return Level.ID_SAME if a.is_valid else Level.ID_SAME_DOUBTFUL
    if not (a.is_valid and b.is_valid):
        is_near = OSA.distance(a.digits, b.digits, score_cutoff=1) <= 1
        return Level.ID_NEAR if is_near else Level.ID_DOUBTFUL_DIFFERS
    if a.kind is b.kind:
        return Level.ID_DIFFERS
    return Level.ID_REPLACED if a.birth == b.birth else Level.ID_OTHER_KIND


_BIRTHS_BEST_FIRST = (
    Level.BIRTH_SAME,
    Level.BIRTH_SAME_NEW_YEAR,
    Level.BIRTH_SWAPPED,
    Level.BIRTH_NEAR,
    Level.BIRTH_NEW_YEAR,
    Level.BIRTH_SAME_DAY,
    Level.BIRTH_SAME_YEAR,
    Level.BIRTH_DIFFERS,
    Level.BIRTH_GENERATION,
)


def births(a: Record, b: Record) -> Level | None:
    """How two birth dates compare: the better of the registered dates and those in numbers."""
    if not (a.birth and b.birth):
        return None
    level = birth(a.birth, b.birth)
    if a.other_birth or b.other_birth:
        others = [
            birth(one, other)
            for one in (a.birth, a.other_birth)
            for other in (b.birth, b.other_birth)
            if one and other
        ]
        return min(others, key=_BIRTHS_BEST_FIRST.index)
    return level


def birth(a: str, b: str) -> Level:
    """How two dates (``yyyymmdd``) compare."""
    if a == b:
        return Level.BIRTH_SAME_NEW_YEAR if a.endswith(NEW_YEAR) else Level.BIRTH_SAME
    if a[:4] == b[:4]:
        return _in_one_year(a, b)
    if abs(int(a[:4]) - int(b[:4])) >= A_GENERATION:
        return Level.BIRTH_GENERATION  # Also with one digit between them: a father and his son.
    if OSA.distance(a, b, score_cutoff=1) <= 1:
        return Level.BIRTH_NEAR
    is_one_day = a[4:] == b[4:] and not a.endswith(NEW_YEAR)
    return Level.BIRTH_SAME_DAY if is_one_day else Level.BIRTH_DIFFERS


def _in_one_year(a: str, b: str) -> Level:
    if a[4:6] == b[6:] and a[6:] == b[4:6]:
        return Level.BIRTH_SWAPPED
    if OSA.distance(a, b, score_cutoff=1) <= 1:
        return Level.BIRTH_NEAR
    is_new_year = a.endswith(NEW_YEAR) or b.endswith(NEW_YEAR)
    return Level.BIRTH_NEW_YEAR if is_new_year else Level.BIRTH_SAME_YEAR


def names(a_given: str, a_family: str, b_given: str, b_family: str) -> Names:
    """How two whole names compare."""
    given, given_words = _given(a_given, b_given)
    family, family_words = _family(a_family, b_family)
    neither = given in _OTHER_GIVEN and family in _OTHER_FAMILY
    if neither:
        crossed = _crossed(a_given, a_family, b_given, b_family)
        if crossed is not None:
            return crossed
    if family is Level.FAMILY_DIFFERS:
        moved = _moved(a_given, a_family, b_given, b_family)
        if moved:
            family, family_words = Level.FAMILY_MOVED, moved
    return Names(given, family, given_words, family_words)


def _crossed(a_given: str, a_family: str, b_given: str, b_family: str) -> Names | None:
    """Given and family names in each other's place: both of them, or one."""
    one, other = _shared(a_given, b_family), _shared(b_given, a_family)
    if one and other:
        # Of the two, the one whose given name is known as one; their order says nothing.
        given, family = min((a_given, a_family), (b_given, b_family), key=_as_swapped)
        return Names(Level.NAMES_SWAPPED, None, (given.split()[0],), (family.split()[-1],))
    word = one or other
    if len(word) < SHORTEST_CROSSED:
        return None
    is_given = word in given_shares()
    return Names(
        Level.NAMES_CROSSED, None, (word,) if is_given else (), () if is_given else (word,)
    )


def _as_swapped(name: tuple[str, str]) -> tuple[bool, tuple[str, str]]:
    return name[0].split()[0] not in given_shares(), name


_OTHER_GIVEN = frozenset({Level.GIVEN_DIFFERS, Level.GIVEN_ALIKE})
_OTHER_FAMILY = frozenset({Level.FAMILY_DIFFERS, Level.FAMILY_ALIKE})


def _shared(given: str, family: str) -> str:
    """A word of one's given names that is, or is nearly, a word of the other's family names."""
    others = family.split()
    return min((word for word in given.split() if _is_among(word, others)), default="")


def _is_among(word: str, others: list[str]) -> bool:
    return any(word == one or _is_close(word, one) for one in others)


def _is_initial(a: str, b: str) -> bool:
    return (len(a) == 1 or len(b) == 1) and a[0] == b[0]


def _is_close(a: str, b: str) -> bool:
    """Whether two words are one but for a letter or two."""
    if min(len(a), len(b)) < SHORTEST_NEAR:
        return False
    return OSA.distance(a, b, score_cutoff=1) <= 1 or JaroWinkler.similarity(a, b) >= NEAR_NAME


def _moved(a_given: str, a_family: str, b_given: str, b_family: str) -> tuple[str, ...]:
    """Family names of one that stand among the given names of the other."""
    found = set(a_family.split()).intersection(b_given.split()[1:])
    found |= set(b_family.split()).intersection(a_given.split()[1:])
    return tuple(sorted(found))


def _given(a: str, b: str) -> tuple[Level | None, tuple[str, ...]]:
    if not (a and b):
        return None, ()
    ours, theirs = a.split(), b.split()
    if a == b or "".join(ours) == "".join(theirs):
        return Level.GIVEN_SAME, tuple(sorted(ours))
    both = set(ours).intersection(theirs)
    if both:
        return _given_shared(ours, theirs, both), tuple(sorted(both))
    level = _given_apart(ours, theirs)
    if level is Level.GIVEN_NEAR and len(ours) > 1 and len(theirs) > 1:
        level = Level.GIVEN_ALIKE  # Twins: the first names are nearly one, the next are not.
    return level, _commoner(ours[0], theirs[0], given=True)


def _given_shared(ours: list[str], theirs: list[str], both: set[str]) -> Level:
    """How given names compare that have some words in common, and not all."""
    is_first_same = ours[0] == theirs[0]
    if len(both) == min(len(set(ours)), len(set(theirs))):
        return Level.GIVEN_PART if is_first_same else Level.GIVEN_MIDDLE
    if _rest_is_near(ours, theirs, both):
        return Level.GIVEN_NEAR
    return Level.GIVEN_SHARED if is_first_same else Level.GIVEN_OTHER_FIRST


def _rest_is_near(ours: list[str], theirs: list[str], both: set[str]) -> bool:
    """Whether of the words that only one has, two may be one, mistyped or cut to an initial."""
    rest = [word for word in theirs if word not in both]
    ours = [word for word in ours if word not in both]
    return any(
        _is_among(word, rest) or any(_is_initial(word, one) for one in rest) for word in ours
    )


def _given_apart(ours: list[str], theirs: list[str]) -> Level:
    """How given names without a word in common compare."""
    first, other = ours[0], theirs[0]
    if len(first) == 1 or len(other) == 1:
        is_initial = first[0] == other[0]
        return Level.GIVEN_INITIAL if is_initial else Level.GIVEN_DIFFERS
    if spelled(first) == spelled(other):
        return Level.GIVEN_SPELLED
    if are_one(first, other) or _any_are_one(ours, theirs):
        return Level.GIVEN_NICKNAME
    level = _written(first, other, first in given_shares() and other in given_shares())
    return {
        "near": Level.GIVEN_NEAR, "name": Level.GIVEN_OTHER_NAME, "alike": Level.GIVEN_ALIKE,
        "": Level.GIVEN_DIFFERS,
    }[level]  # fmt: skip


def _any_are_one(ours: list[str], theirs: list[str]) -> bool:
    """Whether one goes by a short form of any of the other's names."""
    if len(ours) > 1 and len(theirs) > 1:
        return False
    return len(ours) != len(theirs) and any(are_one(one, two) for one in ours for two in theirs)


def _family(a: str, b: str) -> tuple[Level | None, tuple[str, ...]]:
    if not (a and b):
        return None, ()
    ours, theirs = a.split(), b.split()
    if a == b or "".join(ours) == "".join(theirs):
        return Level.FAMILY_SAME, tuple(sorted(ours))
    both = set(ours).intersection(theirs)
    if both:
        return _family_shared(ours, theirs, both), tuple(sorted(both))
    return _family_apart(ours, theirs)


def _family_shared(ours: list[str], theirs: list[str], both: set[str]) -> Level:
    if len(both) == min(len(set(ours)), len(set(theirs))):
        return Level.FAMILY_PART
    return Level.FAMILY_NEAR if _rest_is_near(ours, theirs, both) else Level.FAMILY_SHARED


def _family_apart(ours: list[str], theirs: list[str]) -> tuple[Level, tuple[str, ...]]:
    """How family names without a word in common compare: as the two words most alike."""
    one, other = ours[0], theirs[0]
    if len(ours) > 1 or len(theirs) > 1:
        one, other = max(((one, two) for one in ours for two in theirs), key=_likeness)
    if spelled(one) == spelled(other):
        return Level.FAMILY_SPELLED, _commoner(one, other, given=False)
    level = _written(one, other, one in family_shares() and other in family_shares())
    found = {
        "near": Level.FAMILY_NEAR, "name": Level.FAMILY_OTHER_NAME, "alike": Level.FAMILY_ALIKE,
        "": Level.FAMILY_DIFFERS,
    }[level]  # fmt: skip
    return found, _commoner(one, other, given=False)


def _likeness(pair: tuple[str, str]) -> tuple[float, tuple[str, ...]]:
    # The words, in one order, decide between equals, so that the order of the two never does.
    return JaroWinkler.similarity(*pair), tuple(sorted(pair))


def _written(a: str, b: str, both_are_names: bool) -> str:
    """Whether two words may be one, written otherwise."""
    if a.startswith(b) or b.startswith(a):
        is_near = min(len(a), len(b)) >= SHORTEST_NEAR
    else:
        is_near = _is_close(a, b)
    if is_near or sound(a) == sound(b):
        return "name" if both_are_names else "near"
    if not both_are_names and _is_mistyped(a, b):
        return "near"
    return "alike" if JaroWinkler.similarity(a, b) >= ALIKE_NAME else ""


def _is_mistyped(a: str, b: str) -> bool:
    shortest = min(len(a), len(b))
    return shortest >= SHORTEST_MISTYPED and OSA.distance(a, b, score_cutoff=1) <= 1


def _commoner(a: str, b: str, *, given: bool) -> tuple[str, ...]:
    shares = given_shares() if given else family_shares()
    return (max(a, b, key=lambda word: (shares.get(word, 0.0), word)),)


def phone(a: str, b: str) -> Level | None:
    """How two telephone numbers compare; a fixed one is often shared."""
    if not (a and b):
        return None
    if a == b:
        return Level.PHONE_SAME if a[0] in "49" else Level.PHONE_SAME_FIXED
    is_near = OSA.distance(a, b, score_cutoff=1) <= 1
    return Level.PHONE_NEAR if is_near else Level.PHONE_DIFFERS


def email(a: Record, b: Record) -> Level | None:
    """How two e-mail addresses compare."""
    if not (a.email and b.email):
        return None
    if a.email == b.email:
        return Level.EMAIL_SAME if a.mailbox else Level.EMAIL_SAME_SHARED
    if a.mailbox and a.mailbox == b.mailbox:
        return Level.EMAIL_OF_NAME if _is_of_name(a) or _is_of_name(b) else Level.EMAIL_MAILBOX
    if OSA.distance(a.email, b.email, score_cutoff=2) > 2:
        return Level.EMAIL_DIFFERS
    return Level.EMAIL_OF_NAME if _is_of_name(a) or _is_of_name(b) else Level.EMAIL_NEAR


def _is_of_name(record: Record) -> bool:
    """Whether the e-mail is made of nothing but the name, as others of that name have it."""
    given, family = record.given.partition(" ")[0], record.family.rpartition(" ")[2]
    letters = _NOT_LETTERS.sub("", record.mailbox)
    if any(letter.isdigit() for letter in letters) or not (given and family):
        return False
    return family in letters and letters.replace(family, "", 1) in (given, given[0], "")


def email_tells_name(a: Record, b: Record) -> bool:
    """Whether the e-mail of one is made of the given and family name of the other, who has not
    the same family name now."""
    return _tells(a.mailbox, b) or _tells(b.mailbox, a)


def _tells(mailbox: str, record: Record) -> bool:
    given, family = record.given.partition(" ")[0], record.family.rpartition(" ")[2]
    if len(given) < 2 or len(family) < SHORTEST_NEAR or family not in mailbox:
        return False
    return given in mailbox.replace(family, "", 1)


def address(a: Record, b: Record) -> Level | None:
    """How two addresses compare."""
    if a.street and b.street:
        return _street(a, b)
    if not (a.postcode and b.postcode):
        return None
    return Level.ADDRESS_POSTCODE if a.postcode == b.postcode else Level.ADDRESS_DIFFERS


def _street(a: Record, b: Record) -> Level:
    if a.street == b.street or (
        a.house == b.house and JaroWinkler.similarity(a.street, b.street) >= NEAR_STREET
    ):
        if a.house == b.house:
            return Level.ADDRESS_SAME if a.postcode == b.postcode else Level.ADDRESS_NEAR
        return Level.ADDRESS_STREET if a.postcode == b.postcode else Level.ADDRESS_DIFFERS
    return Level.ADDRESS_POSTCODE if a.postcode == b.postcode != "" else Level.ADDRESS_DIFFERS


def unit(a: str, b: str) -> Level | None:
    """Whether both belong to one unit."""
    if not (a and b):
        return None
    return Level.UNIT_SAME if a == b else Level.UNIT_DIFFERS
