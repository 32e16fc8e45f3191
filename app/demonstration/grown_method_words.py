"""The texts of the demonstration's courses, routines and gatherings: bokmål and nynorsk."""

from dataclasses import dataclass

from app.enums import Language


@dataclass(frozen=True)
class MethodWords:
    """The texts in one language."""

    courses: tuple[str, ...]
    about_course: str
    hall: str
    routines: tuple[str, ...]
    about_routine: str
    gatherings: tuple[str, ...]
    programme: str
    actions: tuple[str, ...]


NB = MethodWords(
    courses=(
        "Koordinatorskolen, dag 1: rollen og loven",
        "Koordinatorskolen, dag 2: møter som virker",
        "Koordinatorskolen, dag 3: planeiers stemme",
        "Koordinatorskolen, påfyll: verktøyet",
        "Koordinatorskolen, neste kull",
    ),
    about_course="Rollen, loven, å lede ansvarsgruppen, medvirkning og å dele det som virket.",
    hall="Kommunestyresalen",
    routines=(
        "Når en plan tilbys og hvem som oppnevner koordinator",
        "Samtykke: innhenting, fornyelse og tilbaketrekking",
        "Stafettlogg og overgangen til individuell plan",
        "Bytte av koordinator",
        "Evaluering minst to ganger i året",
        "Avslutning og arkivering av planer",
    ),
    about_routine="Hvem som gjør hva, innen når, og hvor det skrives.",
    gatherings=("Høstsamling for koordinatorer", "Vårsamling for koordinatorer"),
    programme="Siden sist\nEn plan som virket\nTallene våre\nHva vi gjør før neste samling",
    actions=("Fornye samtykker som løper ut", "Gå gjennom planer uten aktivitet"),
)
NN = MethodWords(
    courses=(
        "Koordinatorskulen, dag 1: rolla og lova",
        "Koordinatorskulen, dag 2: møte som verkar",
        "Koordinatorskulen, dag 3: stemma til planeigaren",
        "Koordinatorskulen, påfyll: verktøyet",
        "Koordinatorskulen, neste kull",
    ),
    about_course="Rolla, lova, å leie ansvarsgruppa, medverknad og å dele det som verka.",
    hall="Kommunestyresalen",
    routines=(
        "Når ein plan blir tilbydd og kven som peikar ut koordinator",
        "Samtykke: innhenting, fornying og tilbaketrekking",
        "Stafettlogg og overgangen til individuell plan",
        "Byte av koordinator",
        "Evaluering minst to gonger i året",
        "Avslutning og arkivering av planar",
    ),
    about_routine="Kven som gjer kva, innan når, og kvar det blir skrive.",
    gatherings=("Haustsamling for koordinatorar", "Vårsamling for koordinatorar"),
    programme="Sidan sist\nEin plan som verka\nTala våre\nKva vi gjer før neste samling",
    actions=("Fornye samtykke som går ut", "Gå gjennom planar utan aktivitet"),
)
WORDS = {Language.NB: NB, Language.NN: NN}
