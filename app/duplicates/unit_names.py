"""Names of units that may be one unit's: pure.

*Solbakken barnehage*, *Solbakken bhg.* and *Solbakken barnehagen* have one form. Bokmål and nynorsk
words, usual abbreviations, signs, the order of words and words that say nothing do not tell units
apart; numbers, single letters and what kind of unit the name says do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import combinations

from app.enums import UnitKind
from app.people.names import search_form

SHORTEST_MISSPELT = 5
"""Letters of a word in which one letter may be wrong: shorter ones differ too easily."""
LARGEST_BUCKET = 60
"""More units than this that share a form say that the form tells nothing."""

WRITTEN: dict[str, tuple[str, ...]] = {
    "barnehage": ("bhg", "barnehagen", "barnehager", "barnehagar", "barneh", "bhage"),
    "skole": ("skule", "skolen", "skulen", "sk"),
    "barneskole": ("barneskule", "barneskolen", "barneskulen"),
    "ungdomsskole": ("ungdomsskule", "ungdomsskolen", "ungdomsskulen", "ungdomskole", "u skole"),
    "vgs": (
        "videregående skole",
        "vidaregåande skule",
        "videregående",
        "vidaregåande",
        "videregåande skole",
    ),
    "ppt": (
        "pp tjeneste",
        "pp tjenesten",
        "pp teneste",
        "pp tenesta",
        "pp kontor",
        "pp kontoret",
        "pedagogisk psykologisk tjeneste",
        "pedagogisk psykologisk teneste",
        "ppt kontor",
        "ppt kontoret",
    ),
    "avdeling": ("avd", "avdelingen", "avdelinga"),
    "tjeneste": ("tjenesten", "teneste", "tenesta", "tj"),
    "barnevern": (
        "barnevernet",
        "barnevernstjeneste",
        "barnevernstjenesten",
        "barneverntjeneste",
        "barneverntjenesten",
        "barnevernsteneste",
        "barnevernstenesta",
        "barnevernteneste",
        "barneverntenesta",
    ),
    "helsestasjon": ("helsestasjonen", "hst"),
    "legekontor": ("legekontoret",),
    "hjemmetjeneste": ("hjemmetjenesten", "heimeteneste", "heimetenesta", "heimetenester"),
    "sykehjem": ("sjukeheim", "sykehjemmet", "sjukeheimen"),
    "sykehus": ("sjukehus", "sykehuset", "sjukehuset"),
    "kommune": ("kommunen", "komm"),
    "kontor": ("kontoret",),
    "senter": ("senteret",),
    "habilitering": ("hab", "habiliteringen", "habiliteringa"),
    "rehabilitering": ("rehab", "rehabiliteringen", "rehabiliteringa"),
    "sfo": ("skolefritidsordning", "skulefritidsordning", "skolefritidsordningen"),
    "ke": ("koordinerende enhet", "koordinerande eining"),
    "avlastning": ("avlasting", "avlastningen", "avlastinga"),
    "administrasjon": ("adm", "administrasjonen"),
}
"""What is written in several ways, by the one that stands for all."""
SILENT = frozenset({"og", "i", "for", "ved", "på", "av"})
OF_KIND: dict[UnitKind, frozenset[str]] = {
    UnitKind.KINDERGARTEN: frozenset({"barnehage"}),
    UnitKind.SCHOOL: frozenset({"skole"}),
    UnitKind.PPT: frozenset({"ppt"}),
    UnitKind.NAV: frozenset({"nav", "kontor"}),
    UnitKind.CHILD_WELFARE: frozenset({"barnevern"}),
    UnitKind.HEALTH_CENTRE: frozenset({"helsestasjon"}),
    UnitKind.GP_OFFICE: frozenset({"legekontor"}),
    UnitKind.HOSPITAL: frozenset({"sykehus"}),
    UnitKind.BUP: frozenset({"bup"}),
    UnitKind.HOME_CARE: frozenset({"hjemmetjeneste"}),
    UnitKind.COORDINATING_UNIT: frozenset({"ke"}),
}
"""Words that say no more than the kind of the unit does."""
NAMES_A_KIND = frozenset().union(*OF_KIND.values()) | {"barneskole", "ungdomsskole", "vgs", "sfo"}
IN_MANY_PLACES = NAMES_A_KIND | {
    "avdeling",
    "administrasjon",
    "base",
    "gruppe",
    "team",
    "tjeneste",
    "kontor",
    "ledelse",
    "leiing",
    "stab",
}
"""Words that units under several others are rightly called by, such as *avdeling 1*."""


class Likeness(IntEnum):
    """How two names are alike, the surest first."""

    SAME_NAME = 1
    SAME_WORDS = 2
    ONE_LETTER = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What a unit is told apart by; ``id`` is empty for one that is not registered yet."""

    id: str
    name: str
    kind: UnitKind | None
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """Two units that may be one, and why."""

    first: Named
    second: Named
    likeness: Likeness


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, each written in the one way that stands for all."""
    text = f" {_letters(name)} "
    for canonical, variant in _VARIANTS:
        if variant in text:
            text = text.replace(variant, canonical).replace(variant, canonical)
    said = [word for word in text.split() if word not in _SILENT]
    return tuple(said or text.split())


def alike(one: Named, other: Named) -> Likeness | None:
    """How two units' names are alike; None when they are not."""
    if _is_in_many_places(one.name) and one.parent_id != other.parent_id:
        return None
    if not _kinds_agree(one, other):
        return None
    if _letters(one.name) == _letters(other.name):
        return Likeness.SAME_NAME
    forms = set(_forms(one)) & set(_forms(other))
    if forms:
        return Likeness.SAME_WORDS
    is_misspelt = any(
        _is_one_letter_off(mine, theirs)
        for mine, theirs in ((words_of(one.name), words_of(other.name)), (_core(one), _core(other)))
    )
    return Likeness.ONE_LETTER if is_misspelt else None


def near_pairs(units: Iterable[Named]) -> list[Near]:
    """All pairs of units with near-equal names, the surest first, then by name."""
    found: dict[tuple[str, str], Near] = {}
    for bucket in _buckets(units):
        for one, other in combinations(bucket, 2):
            key = (one.id, other.id) if one.id < other.id else (other.id, one.id)
            if key not in found and (likeness := alike(one, other)) is not None:
                found[key] = Near(one, other, likeness)
    return sorted(
        found.values(),
        key=lambda near: (near.likeness, search_form(near.first.name), near.second.id),
    )


def near_to(unit: Named, units: Iterable[Named]) -> list[Near]:
    """Those with a name near to that of ``unit``, the surest first."""
    found = [
        Near(unit, other, likeness)
        for other in units
        if other.id != unit.id and (likeness := alike(unit, other)) is not None
    ]
    return sorted(
        found, key=lambda near: (near.likeness, search_form(near.second.name), near.second.id)
    )


def _buckets(units: Iterable[Named]) -> Iterator[Sequence[Named]]:
    """Units that share a form, or a form with one letter left out."""
    by_key: defaultdict[str, list[Named]] = defaultdict(list)
    for unit in units:
        parent = unit.parent_id if _is_in_many_places(unit.name) else ""
        whole, joined, bare, bare_joined = _forms(unit)
        for key in {whole, bare, *_shortened(joined), *_shortened(bare_joined)}:
            by_key[f"{parent}:{key}"].append(unit)
    for bucket in by_key.values():
        if 1 < len(bucket) <= LARGEST_BUCKET:
            yield bucket


@lru_cache(maxsize=4096)
def _forms(unit: Named) -> tuple[str, ...]:
    """What units of one name share: all its words, and those that say more than its kind."""
    words = words_of(unit.name)
    core = _core(unit)
    whole, bare = " ".join(sorted(words)), " ".join(sorted(core))
    return (whole, "".join(words), f"{unit.kind} {bare}", f"{unit.kind} {''.join(core)}")


def _core(unit: Named) -> tuple[str, ...]:
    words = words_of(unit.name)
    of_kind = OF_KIND.get(unit.kind, frozenset()) if unit.kind is not None else frozenset()
    return tuple(word for word in words if word not in of_kind) or words


def _kinds_agree(one: Named, other: Named) -> bool:
    """Whether the kinds, or else the names themselves, say that both are the same kind of place."""
    if one.kind is other.kind or UnitKind.OTHER in (one.kind, other.kind):
        return True
    if one.kind is None or other.kind is None:
        return True
    named = NAMES_A_KIND.intersection(words_of(one.name))
    return bool(named) and named == NAMES_A_KIND.intersection(words_of(other.name))


def _is_in_many_places(name: str) -> bool:
    return all(word in IN_MANY_PLACES or _is_mark(word) for word in words_of(name))


def _is_mark(word: str) -> bool:
    """Whether a word is a number or a single letter, by which units are told apart."""
    return len(word) == 1 or any(letter.isdigit() for letter in word)


def _is_one_letter_off(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether all words but one are the same, and that one differs by a letter."""
    ours, yours = Counter(mine), Counter(theirs)
    left, right = list((ours - yours).elements()), list((yours - ours).elements())
    if len(left) != 1 or len(right) != 1:
        return False
    one, other = left[0], right[0]
    long_enough = min(len(one), len(other)) >= SHORTEST_MISSPELT
    are_words = one.isalpha() and other.isalpha()
    return long_enough and are_words and _is_near(one, other)


def _is_near(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, added, or swapped with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    mine, theirs = one[start:], other[start:]
    if len(mine) == len(theirs):
        is_swapped = mine[:2] == theirs[:2][::-1] and mine[2:] == theirs[2:]
        return mine[1:] == theirs[1:] or is_swapped
    longer, shorter = (mine, theirs) if len(mine) > len(theirs) else (theirs, mine)
    return longer[1:] == shorter


def _shortened(form: str) -> Iterator[str]:
    """The form, and what is left of it without each of its letters."""
    yield form
    for place in range(len(form)):
        yield form[:place] + form[place + 1 :]


@lru_cache(maxsize=4096)
def _letters(name: str) -> str:
    """The words of a name in small letters without signs; ``aa`` is ``å``."""
    form = search_form(name)
    for folded, letter in (("{a", "æ"), ("{b", "ø"), ("{c", "å"), ("aa", "å")):
        form = form.replace(folded, letter)
    return form


_SILENT = frozenset(map(_letters, SILENT))
_VARIANTS: tuple[tuple[str, str], ...] = tuple(
    (f" {canonical} ", f" {_letters(variant)} ")
    for canonical, variants in WRITTEN.items()
    for variant in sorted(variants, key=len, reverse=True)
)
