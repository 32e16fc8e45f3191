"""The family plan of the child coordinator."""

from app.enums import PlanKind, Section
from app.templating.shipped.writing import long, person, section, table, template, who

FAMILY_PLAN = template(
    PlanKind.FAMILY_PLAN,
    "Barnekoordinators familieplan|Familieplanen til barnekoordinatoren"
    "|The child coordinator's family plan",
    "For familier med barn med alvorlig sykdom, skade eller nedsatt funksjonsevne."
    "|For familiar med barn med alvorleg sjukdom, skade eller nedsett funksjonsevne."
    "|For families with a child with serious illness, injury or disability.",
    section(
        Section.ABOUT_ME,
        "Hva er viktig for oss|Kva er viktig for oss|What matters to us",
        "Familiens egne ord. Barnets stemme skal med.|Familien sine eigne ord. Stemma til barnet"
        " skal med.|The family's own words. The child's voice must be heard.",
        long(
            "Barnet|Barnet|The child",
            "Hva liker barnet, hva er vanskelig, hva vil det?"
            "|Kva liker barnet, kva er vanskeleg, kva vil det?"
            "|What does the child like, what is hard, what does it want?",
            needed=True,
        ),
        long(
            "Foreldrene|Foreldra|The parents",
            "Hva trengs for å ha krefter til dette over tid?"
            "|Kva trengst for å ha krefter til dette over tid?"
            "|What is needed to have strength for this over time?",
        ),
        long(
            "Søsken|Søsken|Siblings",
            "Hva trenger de, og hvem snakker med dem?"
            "|Kva treng dei, og kven snakkar med dei?"
            "|What do they need, and who talks with them?",
        ),
    ),
    section(
        Section.MAPPING,
        "Tjenestekart|Tenestekart|Map of services",
        "Alle som gir hjelp, på én side.|Alle som gir hjelp, på éi side."
        "|Everyone who helps, on one page.",
        table(
            "Tjenester|Tenester|Services",
            "Både kommunen, sykehuset, NAV og frivillige."
            "|Både kommunen, sjukehuset, NAV og frivillige."
            "|The municipality, the hospital, NAV and volunteers.",
            "Tjeneste|Teneste|Service",
            "Kontaktperson|Kontaktperson|Contact",
            "Hva de gjør|Kva dei gjer|What they do",
        ),
    ),
    section(
        Section.MAPPING,
        "Søknader og vedtak|Søknader og vedtak|Applications and decisions",
        "Barnekoordinatoren holder oversikten, så familien slipper."
        "|Barnekoordinatoren held oversikta, så familien slepp."
        "|The child coordinator keeps the overview, so the family need not.",
        table(
            "Søknader|Søknader|Applications",
            "Klagefristen står i vedtaket. For helse- og omsorgstjenester er den fire uker, for"
            " ytelser fra NAV etter folketrygdloven seks uker, og ellers som oftest tre uker."
            "|Klagefristen står i vedtaket. For helse- og omsorgstenester er han fire veker, for"
            " ytingar frå NAV etter folketrygdlova seks veker, og elles som oftast tre veker."
            "|The decision says how long you may complain. It is four weeks for health and care"
            " services, six weeks for benefits of the National Insurance Act, and most often three"
            " weeks otherwise.",
            "Hva|Kva|What",
            "Sendt|Sendt|Sent (date)",
            "Vedtak|Vedtak|Decision (date)",
            "Klagefrist|Klagefrist|Complain before (date)",
        ),
        person(
            "Hvem hjelper med søknadene|Kven hjelper med søknadene|Who helps with the applications",
            "Den familien kan ringe.|Den familien kan ringje.|The one the family can call.",
        ),
    ),
    section(
        Section.MEETINGS,
        "Møtekalender|Møtekalender|Meeting calendar",
        "Alle avtaler som gjelder barnet, på ett sted, så ingen timer kolliderer."
        "|Alle avtaler som gjeld barnet, på éin stad, så ingen timar kolliderer."
        "|Everything that is arranged about the child in one place, so that nothing collides.",
        table(
            "Møter og timer|Møte og timar|Meetings and appointments",
            "Ansvarsgruppe, sykehus, NAV, barnehage eller skole. Skriv også det som bør legges"
            " til samme dag."
            "|Ansvarsgruppe, sjukehus, NAV, barnehage eller skule. Skriv også det som bør leggjast"
            " til same dag."
            "|Responsibility group, hospital, NAV, kindergarten or school. Write what should be put"
            " on the same day, too.",
            "Dato|Dato|Date (date)",
            "Hva|Kva|What",
            "Hvem er med|Kven er med|Who is there",
            "Hvem kaller inn|Kven kallar inn|Who invites",
        ),
        long(
            "Slik passer det best for oss|Slik passar det best for oss|What suits us best",
            "Dager og tidspunkter, søskens behov, og hva som kan tas på telefon eller video."
            "|Dagar og tidspunkt, det søsken treng, og kva som kan takast på telefon eller video."
            "|Days and hours, what siblings need, and what can be done by telephone or video.",
        ),
    ),
    section(
        Section.MAPPING,
        "Brukerorganisasjoner og fellesskap|Brukarorganisasjonar og fellesskap"
        "|Patient organisations and company",
        "Andre som har vært der selv.|Andre som har vore der sjølve."
        "|Others who have been there themselves.",
        long(
            "Organisasjoner vi har kontakt med|Organisasjonar vi har kontakt med"
            "|Organisations we are in touch with",
            "Likepersoner, kurs, møteplasser."
            "|Likepersonar, kurs, møteplassar.|Peers, courses, meeting places.",
        ),
    ),
    section(
        Section.MAPPING,
        "Beredskap|Beredskap|Emergency sheet",
        "Det den som kommer først, må vite.|Det den som kjem først, må vite."
        "|What whoever comes first must know.",
        long(
            "Dette kan skje|Dette kan skje|What can happen",
            "For eksempel anfall eller"
            " pusteproblemer.|Til dømes anfall eller pusteproblem."
            "|For example seizures or trouble breathing.",
        ),
        long(
            "Slik gjør du|Slik gjer du|What to do",
            "Trinn for trinn, med telefonnummer."
            "|Steg for steg, med telefonnummer.|Step by step, with phone numbers.",
        ),
    ),
    participants=(
        who("Helsesykepleier|Helsesjukepleiar|Public health nurse", "helsesykepleier"),
        who(
            "Habiliteringstjenesten|Habiliteringstenesta|Habilitation service",
            "spesialisthelsetjenesten",
        ),
        who("Avlaster|Avlastar|Respite carer", "avlaster_eller_stottekontakt"),
        who("Fastlege|Fastlege|GP", "fastlege"),
    ),
)
