"""Individual plans for children and young people."""

from app.enums import PlanKind, Section
from app.templating.shipped.shared import (
    COOPERATION,
    FAMILY_AND_NETWORK,
    WHAT_MATTERS,
    WHEN_IT_IS_HARD,
)
from app.templating.shipped.writing import (
    activity,
    choice,
    day,
    goal,
    long,
    section,
    table,
    template,
    who,
)

IP = PlanKind.INDIVIDUAL_PLAN

CHILD = template(
    IP,
    "IP barn – habilitering|IP barn – habilitering|IP for children – habilitation",
    "For barn som trenger samordnet hjelp over tid, og som snart skal over i skolen."
    "|For barn som treng samordna hjelp over tid, og som snart skal over i skulen."
    "|For children who need coordinated help over time, and who soon begin school.",
    WHAT_MATTERS,
    section(
        Section.MAPPING,
        "Overgang fra barnehage til skole|Overgang frå barnehage til skule"
        "|From kindergarten to school",
        "Sjekkliste som starter halvannet år før skolestart. Sett dato når det er gjort."
        "|Sjekkliste som startar halvtanna år før skulestart. Set dato når det er gjort."
        "|A checklist that starts a year and a half before school. Set a date when done.",
        day(
            "Skolestart|Skulestart|School begins",
            "Første skoledag.|Første skuledag.|The first day of school.",
        ),
        day(
            "18 måneder før: skolen er valgt og varslet"
            "|18 månader før: skulen er vald og varsla"
            "|18 months before: school chosen and told",
            "Skolen trenger tid til ombygging og bemanning."
            "|Skulen treng tid til ombygging og bemanning."
            "|The school needs time for rebuilding and staffing.",
        ),
        day(
            "12 måneder før: ny sakkyndig vurdering er bedt om"
            "|12 månader før: ny sakkunnig vurdering er beden om"
            "|12 months before: new expert assessment asked for",
            "PPT må ha tid før skolen gjør vedtak.|PPT må ha tid før skulen gjer vedtak."
            "|PPT needs time before the school decides.",
        ),
        day(
            "6 måneder før: hjelpemidler og rom er prøvd"
            "|6 månader før: hjelpemiddel og rom er prøvde"
            "|6 months before: devices and rooms tried",
            "Barnet besøker skolen sammen med en kjent voksen."
            "|Barnet besøkjer skulen saman med ein kjend vaksen."
            "|The child visits the school with an adult it knows.",
        ),
        day(
            "3 måneder før: de voksne har møttes|3 månader før: dei vaksne har møtst"
            "|3 months before: the adults have met",
            "Barnehagen forteller, skolen spør, foreldrene er med."
            "|Barnehagen fortel, skulen spør, foreldra er med."
            "|The kindergarten tells, the school asks, the parents are there.",
        ),
    ),
    section(
        Section.MAPPING,
        "Motorikk og hjelpemidler|Motorikk og hjelpemiddel|Movement and devices",
        "Slik barnet beveger seg, og det som trengs hjemme og ute."
        "|Slik barnet rører seg, og det som trengst heime og ute."
        "|How the child moves, and what is needed at home and outdoors.",
        long(
            "Slik er det i dag|Slik er det i dag|How it is today",
            "Sitte, stå, gå, gripe, spise."
            "|Sitje, stå, gå, gripe, ete.|Sit, stand, walk, grasp, eat.",
        ),
        table(
            "Hjelpemidler|Hjelpemiddel|Devices",
            "Det barnet har, og det som er søkt om.|Det barnet har, og det det er søkt om."
            "|What the child has, and what is applied for.",
            "Hva|Kva|What",
            "Hvor|Kvar|Where",
            "Søkt eller levert|Søkt eller levert|Applied or delivered (date)",
        ),
    ),
    section(
        Section.MAPPING,
        "Kommunikasjon|Kommunikasjon|Communication",
        "Hvordan barnet sier fra, og hvordan de voksne svarer."
        "|Korleis barnet seier frå, og korleis dei vaksne svarar."
        "|How the child tells, and how the adults answer.",
        choice(
            "Hovedmåten å snakke på|Hovudmåten å snakke på|Main way of speaking",
            "Slik det er til vanlig.|Slik det er til vanleg.|As it usually is.",
            "Tale|Tale|Speech",
            "Tegn|Teikn|Signs",
            "Bilder eller talemaskin|Bilete eller talemaskin|Pictures or speech device",
            "Kroppsspråk|Kroppsspråk|Body language",
        ),
        long(
            "Slik bruker vi ASK|Slik bruker vi ASK|How we use AAC",
            "Det alle rundt barnet må"
            " gjøre likt.|Det alle rundt barnet må gjere likt."
            "|What everyone around the child has to do alike.",
        ),
    ),
    section(
        Section.MAPPING,
        "Søvn, mat og helse|Søvn, mat og helse|Sleep, food and health",
        "Det som må fungere for at resten skal gå.|Det som må fungere for at resten skal gå."
        "|What must work for the rest to go well.",
        long(
            "Søvn|Søvn|Sleep",
            "Rutiner, våkenetter, hvem som avlaster."
            "|Rutinar, vakenetter, kven som avlastar.|Routines, nights awake, who relieves.",
        ),
        long(
            "Mat og ernæring|Mat og ernæring|Food and nutrition",
            "Hva og hvordan barnet spiser.|Kva og korleis barnet et.|What and how the child eats.",
        ),
        long(
            "Behandling og kontroller|Behandling og kontrollar|Treatment and check-ups",
            "Det de andre i planen trenger å vite.|Det dei andre i planen treng å vite."
            "|What the others in the plan need to know.",
        ),
    ),
    FAMILY_AND_NETWORK,
    COOPERATION,
    goals=(
        goal(
            "En trygg skolestart|Ein trygg skulestart|A safe start of school",
            "",
            activity(
                "Besøk på skolen|Besøk på skulen|Visits to the school",
                "Sammen med en voksen barnet kjenner, først etter skoletid, så i et friminutt."
                "|Saman med ein vaksen barnet kjenner, først etter skuletid, så i eit friminutt."
                "|With an adult the child knows, first after hours, then in a break.",
                "Fire ganger om våren|Fire gonger om våren|Four times in spring",
            ),
        ),
    ),
    participants=(
        who("Pedagogisk leder|Pedagogisk leiar|Kindergarten teacher", "fagperson_skrive"),
        who("Fysioterapeut|Fysioterapeut|Physiotherapist", "fagperson_skrive"),
        who("PP-rådgiver|PP-rådgjevar|Educational psychologist", "pp_radgiver"),
        who(
            "Habiliteringstjenesten|Habiliteringstenesta|Habilitation service",
            "spesialisthelsetjenesten",
        ),
        who("Fastlege|Fastlege|GP", "fastlege"),
        who("Avlaster|Avlastar|Respite carer", "avlaster_eller_stottekontakt"),
    ),
)

TO_ADULT_LIFE = template(
    IP,
    "IP ungdom – overgang til voksenliv|IP ungdom – overgang til vaksenliv"
    "|IP for youth – into adult life",
    "For unge fra 16 til 18 år: det som endrer seg når du blir myndig."
    "|For unge frå 16 til 18 år: det som endrar seg når du blir myndig."
    "|For young people from 16 to 18: what changes when you come of age.",
    WHAT_MATTERS,
    section(
        Section.MAPPING,
        "Skole og arbeid|Skule og arbeid|School and work",
        "Videregående, lærling, oppfølgingstjenesten eller arbeid."
        "|Vidaregåande, lærling, oppfølgingstenesta eller arbeid."
        "|Upper secondary, apprenticeship, follow-up service or work.",
        long(
            "Slik er det nå|Slik er det no|How it is now",
            "Linje, trivsel, fravær,"
            " tilrettelegging.|Linje, trivsel, fråvær, tilrettelegging."
            "|Programme, well-being, absence, adaptation.",
        ),
        long(
            "Etter videregående|Etter vidaregåande|After upper secondary",
            "Det du vil prøve, og"
            " det som må ordnes før.|Det du vil prøve, og det som må ordnast før."
            "|What you want to try, and what has to be arranged before.",
        ),
    ),
    section(
        Section.MAPPING,
        "Bolig og inntekt|Bustad og inntekt|Home and income",
        "Det meste må du søke om i god tid før du fyller 18."
        "|Det meste må du søkje om i god tid før du fyller 18."
        "|Most must be applied for well before you turn 18.",
        choice(
            "Hvor vil du bo?|Kvar vil du bu?|Where do you want to live?",
            "Det er lov å ombestemme seg.|Det er lov å ombestemme seg.|You may change your mind.",
            "Hjemme en stund til|Heime ei stund til|At home for a while",
            "For meg selv|For meg sjølv|On my own",
            "I bofellesskap|I bufellesskap|In shared housing",
            "Vet ikke ennå|Veit ikkje enno|Don't know yet",
        ),
        table(
            "Søknader|Søknader|Applications",
            "Bolig, ytelser fra NAV, hjelpestønad, transport."
            "|Bustad, ytingar frå NAV, hjelpestønad, transport."
            "|Housing, benefits from NAV, assistance benefit, transport.",
            "Hva|Kva|What",
            "Hvem søker|Kven søkjer|Who applies",
            "Frist|Frist|Deadline (date)",
        ),
    ),
    section(
        Section.MAPPING,
        "Helse: fra barn til voksen|Helse: frå barn til vaksen|Health: from child to adult",
        "Hvem tar over, og når møtes dere?|Kven tek over, og når møtest de?"
        "|Who takes over, and when do you meet?",
        table(
            "Overføringer|Overføringar|Transfers",
            "Én rad for hver tjeneste som har en aldersgrense."
            "|Éi rad for kvar teneste som har ei aldersgrense."
            "|One row for each service with an age limit.",
            "Fra|Frå|From",
            "Til|Til|To",
            "Felles møte|Felles møte|Joint meeting (date)",
        ),
    ),
    section(
        Section.ABOUT_ME,
        "Jeg bestemmer|Eg bestemmer|I decide",
        "Kommunen bestemmer fra hvilken alder du selv samtykker til planen. Spør koordinatoren."
        " Fra du fyller 18, er du myndig."
        "|Kommunen avgjer frå kva alder du sjølv samtykkjer til planen. Spør koordinatoren."
        " Frå du fyller 18, er du myndig."
        "|The municipality sets the age from which you consent to the plan yourself. Ask your"
        " coordinator. From 18 you are of age.",
        choice(
            "Trenger jeg verge?|Treng eg verje?|Do I need a guardian?",
            "Verge er frivillig, og bare for det du selv vil ha hjelp til."
            "|Verje er frivillig, og berre for det du sjølv vil ha hjelp til."
            "|A guardian is voluntary, and only for what you want help with.",
            "Nei|Nei|No",
            "Ja, for noe|Ja, for noko|Yes, for some things",
            "Vil snakke om det|Vil snakke om det|Want to talk about it",
        ),
        long(
            "Hvem jeg vil ha med videre|Kven eg vil ha med vidare|Whom I want to keep with me",
            "Når du samtykker på nytt, velger du hvem som får se hva."
            "|Når du samtykkjer på nytt, vel du kven som får sjå kva."
            "|When you consent anew, you choose who sees what.",
        ),
    ),
    WHEN_IT_IS_HARD,
    COOPERATION,
    goals=(
        goal(
            "Alt er klart når jeg fyller 18|Alt er klart når eg fyller 18"
            "|All is ready when I turn 18",
            "Jeg vet hvor jeg skal bo, hva jeg skal leve av, og hvem som hjelper meg."
            "|Eg veit kvar eg skal bu, kva eg skal leve av, og kven som hjelper meg."
            "|I know where I will live, what I will live on, and who helps me.",
            activity(
                "Møte med dem som tar over|Møte med dei som tek over|Meet those who take over",
                "De som har fulgt meg til nå, er med første gang. Jeg bestemmer hva vi snakker om."
                "|Dei som har følgt meg til no, er med første gongen. Eg avgjer kva vi snakkar om."
                "|Those who have followed me until now are there the first time. I decide what we"
                " talk about.",
                "Ett møte med hver tjeneste, senest tre måneder før jeg fyller 18"
                "|Eitt møte med kvar teneste, seinast tre månader før eg fyller 18"
                "|One meeting with each service, at the latest three months before I turn 18",
            ),
        ),
    ),
    participants=(
        who("Kontaktlærer|Kontaktlærar|Teacher", "laerer"),
        who("Helsesykepleier|Helsesjukepleiar|Public health nurse", "helsesykepleier"),
        who("NAV-veileder|NAV-rettleiar|NAV adviser", "nav_veileder"),
        who("Fastlege|Fastlege|GP", "fastlege"),
        who("Foresatt|Føresett|Guardian", "foresatt_lese"),
    ),
)
