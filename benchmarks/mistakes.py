"""Mistakes that registers have: each takes a row and gives it with one thing gone wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from app.people.national_id import NUMBER_LENGTH
from benchmarks.humans import (
    DATA,
    GIVEN,
    MAIL,
    Human,
    Rates,
    Row,
    checked,
    email_of,
    family_name,
    mobile,
    place,
)

Mistake = Callable[[Row, Human, Random], Row]
NEIGHBOURS = {
    "a": "qsz", "b": "vn", "c": "xv", "d": "sfe", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kø", "m": "n", "n": "bm", "o": "ip", "p": "oå",
    "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "y": "tu", "ø": "læ", "æ": "ø", "å": "p",
}  # fmt: skip
READ_WRONG = (("rn", "m"), ("m", "rn"), ("l", "i"), ("i", "l"), ("e", "c"), ("o", "0"), ("h", "b"),
              ("ø", "o"), ("å", "a"), ("u", "v"), ("ll", "U"), ("B", "8"), ("S", "5"))  # fmt: skip
SOUNDS = (("kk", "k"), ("k", "ck"), ("K", "C"), ("th", "t"), ("t", "th"), ("f", "ph"), ("ss", "s"),
          ("nn", "n"), ("n", "nn"), ("v", "w"), ("i", "y"), ("y", "i"), ("sen", "son"),
          ("ei", "eg"), ("J", "Hj"), ("s", "z"), ("ll", "l"), ("eie", "eje"),
          ("d", ""), ("h", ""))  # fmt: skip
PLAIN = {"å": "aa", "ø": "oe", "æ": "ae", "Å": "Aa", "Ø": "Oe", "Æ": "Ae"}
PLAINER = {"å": "a", "ø": "o", "æ": "ae", "Å": "A", "Ø": "O", "Æ": "Ae", "á": "a", "č": "c",
           "đ": "d", "ŋ": "n", "š": "s", "ŧ": "t", "ž": "z", "é": "e", "ü": "u"}  # fmt: skip
SWEDISH = {"ø": "ö", "æ": "ä", "Ø": "Ö", "Æ": "Ä"}
ENDS = (("veien", "vegen"), ("vegen", "veien"), ("veien", "vn"), ("veien", "v."), ("gata", "gt."),
        ("gata", "gaten"), ("gate", "gt"), ("vei", "veg"))  # fmt: skip


def _nicknames() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DATA / "nicknames.txt").read_text().splitlines():
        names = line.split()
        if line and not line.startswith("#"):
            found.setdefault(names[0], []).extend(names[1:6])
            for name in names[1:]:
                found.setdefault(name, []).append(names[0])
    return found


NICKNAMES = _nicknames()


def _name_column(random: Random) -> str:
    return random.choice(("given_name", "family_name"))


def _letters(text: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in text)


def _typed(text: str, random: Random) -> str:
    """One letter beside, left out, doubled or in the wrong order."""
    if len(text) < 3:
        return text
    at = random.randrange(1, len(text) - 1)
    kind = random.randrange(4)
    if kind == 0:
        near = NEIGHBOURS.get(text[at].lower(), "e")
        return text[:at] + random.choice(near) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def typed_name(row: Row, human: Human, random: Random) -> Row:
    """A letter of a name mistyped."""
    column = _name_column(random)
    return replace(row, **{column: _typed(getattr(row, column), random)})


def _replaced(pairs: tuple[tuple[str, str], ...]) -> Mistake:
    def mistake(row: Row, human: Human, random: Random) -> Row:
        column = _name_column(random)
        text = getattr(row, column)
        usable = [pair for pair in pairs if pair[0] in text[1:] or text.startswith(pair[0])]
        return replace(row, **{column: text.replace(*random.choice(usable), 1)}) if usable else row

    return mistake


def other_letters(row: Row, human: Human, random: Random) -> Row:
    """Letters as another keyboard or country writes them."""
    letters = random.choice((PLAIN, PLAIN, PLAINER, PLAINER, SWEDISH))
    back = random.random() < 0.2
    if back:
        letters = {"aa": "å", "Aa": "Å"}
        return replace(row, family_name=row.family_name.replace("aa", "å").replace("Aa", "Å"))
    return replace(
        row, given_name=_letters(row.given_name, letters),
        family_name=_letters(row.family_name, letters),
    )  # fmt: skip


def mangled_letters(row: Row, human: Human, random: Random) -> Row:
    """Norwegian letters lost between two systems."""
    ways = (
        {"å": "Ã¥", "ø": "Ã¸", "æ": "Ã¦"},
        dict.fromkeys("åøæÅØÆáčšž", "?"),
        dict.fromkeys("åøæ", ""),
    )
    way = random.choice(ways)
    return replace(
        row, given_name=_letters(row.given_name, way) or row.given_name,
        family_name=_letters(row.family_name, way) or row.family_name,
    )  # fmt: skip


def middle_name(row: Row, human: Human, random: Random) -> Row:
    """A middle name more, or less."""
    words = row.given_name.replace("-", " ").split()
    if len(words) > 1:
        kept = words[0] if random.random() < 0.7 else words[-1]
        return replace(row, given_name=kept)
    return replace(row, given_name=f"{row.given_name} {GIVEN.one(random)}")


def middle_initial(row: Row, human: Human, random: Random) -> Row:
    """A name as an initial."""
    words = row.given_name.replace("-", " ").split()
    if len(words) > 1:
        return replace(row, given_name=f"{words[0]} {words[1][:1]}.")
    return replace(row, given_name=f"{words[0][:1]}.") if words and random.random() < 0.4 else row


def swapped_names(row: Row, human: Human, random: Random) -> Row:
    """Given and family name in each other's place."""
    return replace(row, given_name=row.family_name, family_name=row.given_name)


def hyphen(row: Row, human: Human, random: Random) -> Row:
    """A hyphen more, or less."""
    column = _name_column(random)
    text = getattr(row, column)
    if "-" in text:
        return replace(row, **{column: text.replace("-", random.choice((" ", "")))})
    return replace(row, **{column: text.replace(" ", "-", 1)})


def double_family(row: Row, human: Human, random: Random) -> Row:
    """One of two family names, or one more."""
    words = row.family_name.replace("-", " ").split()
    if len(words) > 1:
        return replace(row, family_name=random.choice(words))
    other = family_name(random, Rates())
    both = [row.family_name, other] if random.random() < 0.5 else [other, row.family_name]
    return replace(row, family_name=random.choice((" ", "-")).join(both))


def middle_as_family(row: Row, human: Human, random: Random) -> Row:
    """A middle name in the wrong place."""
    words = row.family_name.split()
    if len(words) > 1:
        given = f"{row.given_name} {words[0]}"
        return replace(row, given_name=given, family_name=" ".join(words[1:]))
    return replace(row, given_name=f"{row.given_name} {human.maiden}")


def married(row: Row, human: Human, random: Random) -> Row:
    """The family name before, or after, a marriage."""
    if not human.is_woman:
        return row
    if human.maiden != human.family:
        return replace(row, family_name=human.maiden)
    return replace(row, family_name=family_name(random, Rates()))


def nickname(row: Row, human: Human, random: Random) -> Row:
    """What the human goes by."""
    first, _, rest = row.given_name.partition(" ")
    if first in NICKNAMES:
        return replace(row, given_name=f"{random.choice(NICKNAMES[first])} {rest}".strip())
    return row


def case_and_spaces(row: Row, human: Human, random: Random) -> Row:
    """All in capitals, all small, or with spaces around."""
    way = random.choice((str.upper, str.lower, lambda text: f" {text}  "))
    return replace(row, given_name=way(row.given_name), family_name=way(row.family_name))


def cut_off(row: Row, human: Human, random: Random) -> Row:
    """A field that was too short."""
    if len(row.family_name) > 8:
        return replace(row, family_name=row.family_name[: random.randint(6, 8)])
    return row


def _dated(row: Row, change: Callable[[date, Random], date | None], random: Random) -> Row:
    if not row.birth_date:
        return row
    try:
        changed = change(date.fromisoformat(row.birth_date), random)
    except ValueError:
        return row
    return replace(row, birth_date=changed.isoformat()) if changed else row


def date_swapped(row: Row, human: Human, random: Random) -> Row:
    """Day and month in each other's place."""
    return _dated(row, lambda day, _: day.replace(day=day.month, month=day.day), random)


def date_digit(row: Row, human: Human, random: Random) -> Row:
    """One digit of the date wrong."""
    return _dated(row, _one_digit, random)


def _one_digit(day: date, random: Random) -> date | None:
    text = day.isoformat()
    at = random.choice((3, 3, 2, 6, 8, 9, 9))
    changed = date.fromisoformat(text[:at] + str(random.randrange(10)) + text[at + 1 :])
    return changed if 1910 < changed.year < 2026 else None


def date_new_year(row: Row, human: Human, random: Random) -> Row:
    """1 January for a date that was not known."""
    return _dated(row, lambda day, _: day.replace(day=1, month=1), random)


def date_near(row: Row, human: Human, random: Random) -> Row:
    """A day, a month or a year off."""
    return _dated(
        row, lambda day, r: day + timedelta(days=r.choice((-1, 1, 30, 365, -365))), random
    )


def number_temporary(row: Row, human: Human, random: Random) -> Row:
    """A D-number, from before the real one was given; or a help number."""
    number = row.national_id
    if len(number) != NUMBER_LENGTH or not number.isdigit() or int(number[0]) > 3:
        return row
    day, month = int(number[:2]) + 40, int(number[2:4])
    start = f"{day:02}{month:02}"
    if random.random() < 0.25:
        start = f"{day - 40:02}{40 + month % 20 or 1:02}"
    for _ in range(20):
        own = str(random.choice(range(int(number[6]) * 100, int(number[6]) * 100 + 100)))
        if found := checked(f"{start}{number[4:6]}{own:0>3}"):
            return replace(row, national_id=found)
    return row


def number_digit(row: Row, human: Human, random: Random) -> Row:
    """One digit of the number wrong, or two in the wrong order."""
    number = row.national_id
    if len(number) != NUMBER_LENGTH:
        return row
    at = random.randrange(NUMBER_LENGTH - 1)
    if random.random() < 0.4:
        return replace(
            row, national_id=number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        )
    return replace(row, national_id=number[:at] + str(random.randrange(10)) + number[at + 1 :])


def phone_format(row: Row, human: Human, random: Random) -> Row:
    """The phone with a country code or spaces."""
    p = row.phone
    if len(p) != 8:
        return row
    ways = (
        f"+47{p}",
        f"0047{p}",
        f"+47 {p[:3]} {p[3:5]} {p[5:]}",
        f"{p[:2]} {p[2:4]} {p[4:6]} {p[6:]}",
    )
    return replace(row, phone=random.choice(ways))


def phone_digit(row: Row, human: Human, random: Random) -> Row:
    """One digit of the phone wrong."""
    if len(row.phone) < 8:
        return row
    at = random.randrange(1, len(row.phone))
    return replace(row, phone=row.phone[:at] + str(random.randrange(10)) + row.phone[at + 1 :])


def email_typed(row: Row, human: Human, random: Random) -> Row:
    """A letter of the e-mail mistyped."""
    local, sign, domain = row.email.partition("@")
    return replace(row, email=f"{_typed(local, random)}@{domain}") if sign else row


def email_domain(row: Row, human: Human, random: Random) -> Row:
    """The same mailbox elsewhere."""
    local, sign, _ = row.email.partition("@")
    return replace(row, email=f"{local}@{random.choice(MAIL)}") if sign else row


def address_way(row: Row, human: Human, random: Random) -> Row:
    """The street's ending written otherwise."""
    usable = [pair for pair in ENDS if pair[0] in row.address]
    text = row.address.replace(*random.choice(usable)) if usable else row.address.upper()
    return replace(row, address=text)


def address_typed(row: Row, human: Human, random: Random) -> Row:
    """A letter of the address mistyped."""
    return replace(row, address=_typed(row.address, random))


def moved(row: Row, human: Human, random: Random) -> Row:
    """Another address."""
    if not row.address:
        return row
    address, postcode = place(random)
    return replace(row, address=address, postcode=postcode)


def _filled(column: str, made: Callable[[Row, Random], str]) -> Mistake:
    def mistake(row: Row, human: Human, random: Random) -> Row:
        return replace(row, **{column: made(row, random)}) if getattr(row, column) else row

    return mistake


def _emptied(column: str) -> Mistake:
    def mistake(row: Row, human: Human, random: Random) -> Row:
        return replace(row, **{column: ""})

    return mistake


MISTAKES: dict[str, tuple[float, Mistake]] = {
    "typed": (2, typed_name),
    "read wrong": (0.7, _replaced(READ_WRONG)),
    "by ear": (1, _replaced(SOUNDS)),
    "letters": (1, other_letters),
    "mangled": (0.3, mangled_letters),
    "middle name": (1.5, middle_name),
    "initial": (0.5, middle_initial),
    "swapped": (0.5, swapped_names),
    "hyphen": (0.7, hyphen),
    "double": (0.7, double_family),
    "middle as family": (0.5, middle_as_family),
    "married": (1, married),
    "nickname": (1, nickname),
    "case": (0.5, case_and_spaces),
    "cut": (0.2, cut_off),
    "date swapped": (0.5, date_swapped),
    "date digit": (0.9, date_digit),
    "date new year": (0.3, date_new_year),
    "date near": (0.2, date_near),
    "no date": (0.6, _emptied("birth_date")),
    "temporary": (0.8, number_temporary),
    "number digit": (0.6, number_digit),
    "no number": (0.8, _emptied("national_id")),
    "phone format": (0.7, phone_format),
    "phone digit": (0.5, phone_digit),
    "new phone": (1.2, _filled("phone", lambda row, random: mobile(random))),
    "no phone": (0.5, _emptied("phone")),
    "email typed": (0.5, email_typed),
    "email domain": (0.4, email_domain),
    "new email": (
        0.8,
        _filled(
            "email",
            lambda row, r: (
                email_of(row.given_name or "x", row.family_name or "y", r)
                if row.given_name.strip() and row.family_name.strip()
                else row.email
            ),
        ),
    ),
    "no email": (0.4, _emptied("email")),
    "way": (0.6, address_way),
    "address typed": (0.4, address_typed),
    "moved": (1.2, moved),
    "postcode": (0.3, _filled("postcode", lambda row, random: f"{random.randrange(10000):04}")),
    "other unit": (
        0.4,
        _filled("employer_unit", lambda row, random: f"Enhet {random.randrange(400)}"),
    ),
}


NAMES = list(MISTAKES)
LIKELY = [share for share, _ in MISTAKES.values()]


def draw(random: Random, weights: dict[str, float]) -> Any:
    """A mistake; ``weights`` makes some of them likelier or rarer."""
    chosen = random.choices(NAMES, LIKELY)[0]
    while random.random() > weights.get(chosen, 1.0):
        chosen = random.choices(NAMES, LIKELY)[0]
    return MISTAKES[chosen][1]
