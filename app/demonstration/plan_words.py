"""The short texts of the demonstration's plans that are the same in all: bokmål and nynorsk."""

from dataclasses import dataclass

from app.enums import AuthorityKind, Language, UnitKind


@dataclass(frozen=True)
class Work:
    """What somebody from a kind of unit is in a plan, by which standard role (its bokmål name),
    and contributes with."""

    function: str
    role: str
    contribution: str


@dataclass(frozen=True)
class Words:
    """The short texts in one language."""

    works: dict[UnitKind, Work]
    teacher: Work
    grounds: dict[AuthorityKind, str]
    closed: str
    handed_over: str
    emergency: str
    decided: str
    on_paper: str
    orally: str
    reset: str
    adviser: str


NB = Words(
    works={
        UnitKind.SCHOOL: Work("kontaktlærer", "Lærer", "Følger opp avtalene i skoledagen"),
        UnitKind.KINDERGARTEN: Work("pedagogisk leder", "Lærer", "Følger opp i barnehagen"),
        UnitKind.PPT: Work("PP-rådgiver", "PP-rådgiver", "Kartlegger og veileder"),
        UnitKind.HEALTH_CENTRE: Work(
            "helsesykepleier", "Helsesykepleier", "Samtaler og helsekontroll"
        ),
        UnitKind.GP_OFFICE: Work("fastlege", "Fastlege", "Medisinsk oppfølging"),
        UnitKind.HOME_CARE: Work("hjemmesykepleier", "Hjemmetjeneste", "Hjelp hjemme og medisiner"),
        UnitKind.RESPITE_CARE: Work(
            "avlaster", "Avlaster eller støttekontakt", "Avlastning annenhver helg"
        ),
        UnitKind.MENTAL_HEALTH: Work(
            "miljøterapeut", "Fagperson, skrive", "Hjemmebesøk og samtaler"
        ),
        UnitKind.NAV: Work("veileder", "NAV-veileder", "Økonomi og aktivitet"),
        UnitKind.HABILITATION: Work("fysioterapeut", "Spesialisthelsetjenesten", "Trening"),
    },
    teacher=Work("kontaktlærer", "Lærer", "Følger opp avtalene i skoledagen"),
    grounds={
        AuthorityKind.PARENTAL_RESPONSIBILITY: "Utskrift fra Folkeregisteret vist i møte",
        AuthorityKind.LEGAL_GUARDIAN: "Mandat fra Statsforvalteren: personlige forhold",
        AuthorityKind.POWER_OF_ATTORNEY: "Skriftlig fullmakt vist i møte",
    },
    closed="Målene er nådd, og planeier ønsker ikke lenger en plan.",
    handed_over="Barnet begynner på en annen skole.",
    emergency="Fall hjemme. Hjemmetjenesten måtte vite hvilke medisiner som brukes.",
    decided="Retten til plan er innvilget, og koordinator er oppnevnt.",
    on_paper="Underskrevet skjema ble levert i møte og er lagt i saksmappen.",
    orally="Sagt i møte etter at teksten var lest høyt. Fastlegen var til stede.",
    reset="Mange nye deltakere. Alle må samtykke på nytt.",
    adviser="veileder",
)
NN = Words(
    works={
        UnitKind.SCHOOL: Work("kontaktlærar", "Lærer", "Følgjer opp avtalane i skuledagen"),
        UnitKind.KINDERGARTEN: Work("pedagogisk leiar", "Lærer", "Følgjer opp i barnehagen"),
        UnitKind.PPT: Work("PP-rådgjevar", "PP-rådgiver", "Kartlegg og rettleier"),
        UnitKind.HEALTH_CENTRE: Work(
            "helsesjukepleiar", "Helsesykepleier", "Samtalar og helsekontroll"
        ),
        UnitKind.HOME_CARE: Work("heimesjukepleiar", "Hjemmetjeneste", "Hjelp heime og medisinar"),
        UnitKind.NAV: Work("rettleiar", "NAV-veileder", "Økonomi og aktivitet"),
    },
    teacher=Work("kontaktlærar", "Lærer", "Følgjer opp avtalane i skuledagen"),
    grounds={
        AuthorityKind.PARENTAL_RESPONSIBILITY: "Utskrift frå Folkeregisteret vist i møte",
        AuthorityKind.LEGAL_GUARDIAN: "Mandat frå Statsforvaltaren: personlege forhold",
        AuthorityKind.POWER_OF_ATTORNEY: "Skriftleg fullmakt vist i møte",
    },
    closed="Måla er nådde, og planeigaren ønskjer ikkje lenger ein plan.",
    handed_over="Barnet byrjar på ein annan skule.",
    emergency="Fall heime. Heimetenesta måtte vite kva medisinar som blir brukte.",
    decided="Retten til plan er innvilga, og koordinator er peika ut.",
    on_paper="Underskrive skjema vart levert i møte og er lagt i saksmappa.",
    orally="Sagt i møte etter at teksten var lesen høgt. Fastlegen var til stades.",
    reset="Mange nye deltakarar. Alle må samtykkje på nytt.",
    adviser="rettleiar",
)
WORDS = {Language.NB: NB, Language.NN: NN}
