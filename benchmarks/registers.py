"""A second set of made-up persons, drawn quite otherwise than ``benchmarks.persons``.

Weights that were fitted to one way of making persons up are flattered by it. This one shares no
lists and hardly any code with the first: names follow their rank, fields are missing by themselves
and not by source, people move, marry and change their phone between two entries, and each mix has
another share of what is missing, mistaken and merely alike. A seed gives the same persons always.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from benchmarks.humans import Row
from benchmarks.towns import DOMAINS, SHORT, Mix, Someone, Town

Slip = Callable[[Town, Row, Someone], Row]
BESIDE = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kø", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "y": "tu", "ø": "æl", "æ": "ø", "å": "p",
}  # fmt: skip
# fmt: off
HEARD = (
    ("kk", "ck"), ("k", "c"), ("Kr", "Chr"), ("Ka", "Ca"), ("th", "t"), ("Th", "T"), ("t", "th"),
    ("f", "ph"), ("v", "w"), ("w", "v"), ("i", "y"), ("y", "i"), ("ei", "ej"), ("ø", "ö"),
    ("ss", "s"), ("s", "ss"), ("nn", "n"), ("n", "nn"), ("tt", "t"), ("sen", "son"),
    ("gård", "gaard"), ("aa", "å"), ("å", "aa"), ("ks", "x"), ("z", "s"), ("Sj", "Skj"),
    ("gj", "j"), ("Hj", "J"), ("ld", "ll"), ("e", "æ"), ("g", "gh"), ("ie", "i"), ("rd", "r"),
)
# fmt: on
LOST = (
    dict(zip("æøåÆØÅ", ("ae", "oe", "aa", "Ae", "Oe", "Aa"), strict=True)),
    dict(zip("æøåÆØÅ", "aoaAOA", strict=True)),
    dict.fromkeys("æøå", "?"),
    dict(zip("æøå", ("Ã¦", "Ã¸", "Ã¥"), strict=True)),
)
MISSING = {"birth_date": 0.35, "phone": 0.75, "email": 1.1, "employer_unit": 1.2}
MISSING_ADDRESS, MOST_MISSING = 0.9, 0.95


def rows(count: int, *, seed: int = 1, mix: Mix | None = None) -> list[Row]:
    """``count`` entries of a register in no order, each with whose it is."""
    town = Town(mix or Mix(), Random(seed))
    random, found = town.random, list[Row]()
    for number, someone in enumerate(town.people()):
        times = 1 + (random.random() < town.mix.twice)
        while 1 < times < 5 and random.random() < town.mix.more:
            times += 1
        found += [_entry(town, someone, number, is_first=not time) for time in range(times)]
        if len(found) >= count:
            break
    random.shuffle(found)
    return [replace(row, external_id=f"R{place:07}") for place, row in enumerate(found[:count])]


def _entry(town: Town, someone: Someone, number: int, *, is_first: bool) -> Row:
    now = someone if is_first else _later(town, someone)
    has_number = town.random.random() < town.mix.numbered
    row = Row(
        external_id="",
        given_name=now.given,
        family_name=now.family,
        birth_date=now.born.isoformat(),
        national_id=now.number if has_number else "",
        email=now.work_email if now.work_email and town.random.random() < 0.3 else now.email,
        phone=town.phone("23567") if town.random.random() < 0.06 else now.phone,
        address=now.home[0],
        postcode=now.home[1],
        employer_unit=now.unit,
        human=number,
    )
    row = _thinned(town, row)
    mean = town.mix.first_mistakes if is_first else town.mix.mistakes
    left = town.random.expovariate(1.0)
    while left < mean:
        (slip,) = town.random.choices(SLIPS, LIKELY)
        row = slip(town, row, someone)
        left += town.random.expovariate(1.0)
    return _as_written(town.random, row, someone)


def _later(town: Town, someone: Someone) -> Someone:
    """What life does between two entries."""
    chance = town.random.random
    if chance() < 0.15:
        someone = replace(someone, home=town.address())
    if chance() < 0.12:
        someone = replace(someone, phone=town.phone())
    if chance() < 0.12:
        email = town.email(someone.given, someone.family, someone.born)
        someone = replace(someone, email=email)
    if someone.is_woman and chance() < 0.1:
        someone = replace(someone, family=someone.maiden)
    if someone.temporary and chance() < 0.4:
        someone = replace(someone, number=someone.temporary)
    return someone


def _thinned(town: Town, row: Row) -> Row:
    """The row without what this register happens to lack."""
    chance, missing = town.random.random, town.mix.missing
    gone = {name: "" for name, k in MISSING.items() if chance() < min(MOST_MISSING, k * missing)}
    if chance() < min(MOST_MISSING, MISSING_ADDRESS * missing):
        gone |= {"address": "", "postcode": ""}
    elif chance() < 0.08:
        gone |= {"address": ""}
    return replace(row, **gone)


def _as_written(random: Random, row: Row, someone: Someone) -> Row:
    """The same facts in the ways that people write phones and streets."""
    phone, address = row.phone, row.address
    if len(phone) == 8:
        spaced = f"{phone[:3]} {phone[3:5]} {phone[5:]}"
        phone = random.choice((phone, phone, phone, f"+47{phone}", f"0047{phone}", spaced))
    if random.random() < 0.2:
        for long, short in (("veien", "vegen"), ("vegen", "vn."), ("gata", "gt.")):
            address = address.replace(long, short)
    return replace(
        row,
        given_name=row.given_name.strip() or someone.given,
        family_name=row.family_name.strip() or someone.family,
        phone=phone,
        address=address,
    )


# --- mistakes ------------------------------------------------------------------------------------


def _typed(text: str, random: Random) -> str:
    if len(text) < 3:
        return text
    at, way = random.randrange(1, len(text)), random.randrange(4)
    before, letter, after = text[:at], text[at], text[at + 1 :]
    if way == 0:
        return before + random.choice(BESIDE.get(letter.lower(), letter)) + after
    if way == 1:
        return before + after
    if way == 2:
        return before + letter + letter + after
    return before[:-1] + letter + before[-1] + after


def _heard(text: str, random: Random) -> str:
    usable = [pair for pair in HEARD if pair[0] in text]
    return text.replace(*random.choice(usable), 1) if usable else _typed(text, random)


def _in_name(change: Callable[[str, Random], str]) -> Slip:
    def slip(town: Town, row: Row, _someone: Someone) -> Row:
        column = town.random.choice(("given_name", "family_name"))
        return replace(row, **{column: change(getattr(row, column), town.random)})

    return slip


def _in_column(column: str, change: Callable[[Town, str, Someone], str]) -> Slip:
    def slip(town: Town, row: Row, someone: Someone) -> Row:
        text = getattr(row, column)
        return replace(row, **{column: change(town, text, someone)}) if text else row

    return slip


def _letters_lost(town: Town, row: Row, _someone: Someone) -> Row:
    table = str.maketrans(town.random.choice(LOST))
    given, family = row.given_name.translate(table), row.family_name.translate(table)
    return replace(row, given_name=given, family_name=family)


def _second_name(town: Town, given: str, someone: Someone) -> str:
    words = given.replace("-", " ").split()
    if len(words) > 1:
        return words[0] if town.random.random() < 0.8 else words[1]
    return f"{given} {town.given(is_woman=someone.is_woman).split()[0]}"


def _initial(_town: Town, given: str, _someone: Someone) -> str:
    words = given.replace("-", " ").split()
    return f"{words[0]} {words[1][0]}" if len(words) > 1 else f"{given[0]}."


def _swapped(_town: Town, row: Row, _someone: Someone) -> Row:
    return replace(row, given_name=row.family_name, family_name=row.given_name)


def _double_name(town: Town, family: str, _someone: Someone) -> str:
    words = family.replace("-", " ").split()
    if len(words) > 1:
        return town.random.choice(words)
    both = [family, town.family()]
    town.random.shuffle(both)
    return town.random.choice(" -").join(both)


def _married(town: Town, family: str, someone: Someone) -> str:
    if not someone.is_woman:
        return family
    return someone.maiden if someone.maiden != family else town.family()


def _short(town: Town, given: str, _someone: Someone) -> str:
    first, space, rest = given.partition(" ")
    return town.random.choice(SHORT.get(first, [first])) + space + rest


def _dated(change: Callable[[date, Random], date]) -> Slip:
    def changed(town: Town, text: str, _someone: Someone) -> str:
        try:
            found = change(date.fromisoformat(text), town.random)
        except ValueError:
            return text
        return found.isoformat() if 1900 < found.year < 2026 else text

    return _in_column("birth_date", changed)


def _one_digit(day: date, random: Random) -> date:
    text, at = day.isoformat(), random.choice((2, 3, 3, 5, 6, 8, 9, 9))
    return date.fromisoformat(text[:at] + str(random.randrange(10)) + text[at + 1 :])


def _digit(town: Town, text: str, _someone: Someone) -> str:
    at = town.random.randrange(len(text) - 1)
    if town.random.random() < 0.35:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + str(town.random.randrange(10)) + text[at + 1 :]


def _email(town: Town, text: str, _someone: Someone) -> str:
    local, _, domain = text.partition("@")
    if town.random.random() < 0.6:
        return f"{_typed(local, town.random)}@{domain}"
    return f"{local}@{town.random.choice(DOMAINS)}"


def _moved(town: Town, row: Row, _someone: Someone) -> Row:
    address, postcode = town.address()
    return replace(row, address=address, postcode=postcode) if row.address else row


_KINDS: tuple[tuple[float, Slip], ...] = (
    (9, _in_name(_typed)),
    (5, _in_name(_heard)),
    (4, _letters_lost),
    (3, _in_column("given_name", _second_name)),
    (2, _in_column("given_name", _initial)),
    (4, _swapped),
    (3, _in_column("family_name", _double_name)),
    (3, _in_column("family_name", _married)),
    (3, _in_column("given_name", _short)),
    (2, _in_name(lambda text, random: random.choice((text.upper(), text.lower())))),
    (3, _dated(lambda day, _random: day.replace(day=day.month, month=day.day))),
    (3, _dated(_one_digit)),
    (2, _dated(lambda day, random: day.replace(year=day.year + random.choice((-10, -1, 1, 10))))),
    (2, _dated(lambda day, _random: day.replace(month=1, day=1))),
    (2, _in_column("birth_date", lambda _town, _text, _someone: "")),
    (2, _in_column("national_id", _digit)),
    (2, _in_column("national_id", lambda _town, text, someone: someone.temporary or text)),
    (2, _in_column("national_id", lambda _town, _text, _someone: "")),
    (1.5, _in_column("phone", _digit)),
    (2, _in_column("phone", lambda town, _text, _someone: town.phone())),
    (2, _in_column("email", lambda town, _, one: town.email(one.given, one.family, one.born))),
    (1.5, _in_column("email", _email)),
    (1, _in_column("address", lambda town, text, _someone: _typed(text, town.random))),
    (1.5, _moved),
    (1, _in_column("postcode", lambda town, _text, _someone: f"{town.random.randrange(9999):04}")),
    (1, _in_column("family_name", lambda town, text, _: text[: town.random.randint(5, 7)])),
    (1.5, _in_column("employer_unit", lambda town, _text, _: town.random.choice(town.units))),
)
LIKELY = [likely for likely, _slip in _KINDS]
SLIPS = [slip for _likely, slip in _KINDS]
