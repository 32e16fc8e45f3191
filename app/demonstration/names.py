"""Names and addresses of people who do not exist, drawn from lists by a seeded generator.

The lists hold names that are common in Norway; each generation has its own given names, and
Fjellby has its own farm names. Any likeness to a living person is by chance.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from random import Random


def words(text: str) -> tuple[str, ...]:
    """The words of a list written as a line of text."""
    return tuple(text.split())


WOMEN, MEN = 0, 1
GIVEN = {
    "elder": (
        words(
            "Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Solveig Randi Turid Gerd Bjørg Åse"
        ),
        words("Jan Per Bjørn Ole Kjell Knut Arne Svein Odd Tor Harald Øyvind Leif Einar Åge"),
    ),
    "middle": (
        words(
            "Hilde Nina Monica Anita Heidi Silje Camilla Marianne Lene Tone Elin Linda Åshild"
            " Ragnhild Amina Fatima Olena Katarzyna"
        ),
        words(
            "Thomas Morten Anders Geir Terje Rune Trond Espen Lars Øystein Kristian Stian Håvard"
            " Roar Mohammed Ali Andrzej Hassan"
        ),
    ),
    "young": (
        words(
            "Nora Emma Sofie Ella Maja Olivia Ingrid Frida Sara Leah Tuva Astrid Eira Åsne Selma"
            " Amina Zofia Solomiia"
        ),
        words(
            "Jakob Emil Noah Oliver Lucas Filip Isak Liam Aksel Henrik Ludvig Tobias Ørjan Sondre"
            " Yusuf Omar"
        ),
    ),
}
SECOND_GIVEN = (
    words("Marie Johanne Helene Andrea Elise Kristine"),
    words("Magnus Johan Andreas Olav Martin Elias"),
)
SAMI_GIVEN = words("Áile Elle Máret Biret Inga Sárá Ánde Niillas Mihkkal Áilu Jovnna Nils-Ánte")
SAMI_FAMILY = words("Sara Eira Buljo Utsi Gaup Hætta Somby Siri Balto Guttorm Skum Turi")

FAMILY = words(
    "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen"
    " Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen"
    " Henriksen Lund Halvorsen Sørensen Jakobsen Moen Gundersen Iversen Strand Solberg Svendsen"
    " Eide Knutsen Martinsen Paulsen Bakken Kristoffersen Mathisen Lie Amundsen Nguyen Rasmussen"
    " Lunde Solheim Berge Moe Nygård Bakke Kristensen Fredriksen Holm Lien Hauge Christensen"
    " Kowalski Ali Ahmed Hussain Kovalenko Ødegård Ågotnes Ærøe Sætre"
)
FJELLBY_FAMILY = words(
    "Brekke Lie Myklebust Aasen Hovland Tveit Nes Bø Haugland Vik Bjørge Skår Øvrebø Kvåle"
    " Tjørnhom Åmdal Rødland Hjelle Dale Lofthus Sande Vangen Fossheim Uppheim Ygre"
)

STREETS = {
    "9901": words("Havnegata Strandveien Fyrveien Naustveien Skolebakken Kirkeveien Tangen Brygga"),
    "9902": words("Fjellvegen Skulevegen Bekkelia Seljevegen Storevegen Kyrkjevegen Lia Tunet"),
    "9903": words(
        "Granveien Elvegata Storgata Parkveien Furulia Industrigata Solbakken Åsveien Sentrumsgata"
        " Jernbanegata Nordliveien Myrveien Kleivveien Stasjonsveien Bjørkealleen Ringveien"
    ),
}
# No place in Norway has these postcodes.
POSTCODES = {"9901": ("9995", "9996"), "9902": ("9998",), "9903": ("9993", "9994", "9997")}

ELDER_UNTIL, MIDDLE_UNTIL = date(1966, 1, 1), date(2002, 1, 1)


@dataclass(frozen=True)
class Home:
    """Where a made-up household lives."""

    address: str
    postcode: str


class Names:
    """Draws names and homes for one municipality, the same ones for every run."""

    def __init__(self, number: str, draw: Random) -> None:
        self.number = number
        self.draw = draw

    def given(self, born: date, taken: Collection[str] = ()) -> str:
        """A given name of the generation, none of those ``taken``; some people have two."""
        sex = self.draw.choice((WOMEN, MEN))
        name = self.draw.choice(
            [name for name in GIVEN[generation(born)][sex] if name not in taken]
        )
        if self.draw.random() < 0.15:
            return f"{name} {self.draw.choice(SECOND_GIVEN[sex])}"
        return name

    def family(self) -> str:
        """A family name; some are double, with or without a hyphen."""
        first = self._one_family()
        if self.draw.random() > 0.12:
            return first
        second = self._one_family()
        return first if second == first else f"{first}{self.draw.choice((' ', '-'))}{second}"

    def sami(self) -> tuple[str, str]:
        """A Sámi given name and family name."""
        return self.draw.choice(SAMI_GIVEN), self.draw.choice(SAMI_FAMILY)

    def home(self) -> Home:
        """A street with a number, and its postcode."""
        street = self.draw.choice(STREETS[self.number])
        return Home(
            f"{street} {self.draw.randint(1, 90)}", self.draw.choice(POSTCODES[self.number])
        )

    def _one_family(self) -> str:
        local = self.number == "9902" and self.draw.random() < 0.6
        return self.draw.choice(FJELLBY_FAMILY if local else FAMILY)


def generation(born: date) -> str:
    """Which list of given names fits somebody born that day."""
    if born < ELDER_UNTIL:
        return "elder"
    return "middle" if born < MIDDLE_UNTIL else "young"
