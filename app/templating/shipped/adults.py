"""Individual plans for adults: after a stroke, addiction and mental health, and work with NAV."""

from app.enums import PlanKind, Section
from app.templating.shipped.shared import (
    COOPERATION,
    FAMILY_AND_NETWORK,
    LIVING,
    WHAT_MATTERS,
    WHEN_IT_IS_HARD,
)
from app.templating.shipped.writing import (
    activity,
    choice,
    day,
    goal,
    long,
    number,
    person,
    section,
    short,
    table,
    template,
    who,
)

IP = PlanKind.INDIVIDUAL_PLAN

AFTER_A_STROKE = template(
    IP,
    "IP voksen – rehabilitering etter hjerneslag|IP vaksen – rehabilitering etter hjerneslag"
    "|IP for adults – rehabilitation after a stroke",
    "For voksne som trenger trening, hjelpemidler og samordnet hjelp etter et hjerneslag."
    "|For vaksne som treng trening, hjelpemiddel og samordna hjelp etter eit hjerneslag."
    "|For adults who need training, assistive devices and coordinated help after a stroke.",
    WHAT_MATTERS,
    LIVING,
    section(
        Section.MAPPING,
        "Helse og trening|Helse og trening|Health and training",
        "Det de rundt deg må vite for å trene trygt.|Det dei rundt deg må vite for å trene trygt."
        "|What everyone around you must know to train safely.",
        day(
            "Dato for slaget|Dato for slaget|Date of the stroke",
            "Den siste, hvis det var flere."
            "|Det siste, om det var fleire.|The last one, if there were several.",
        ),
        long(
            "Slik fungerer det i dag|Slik fungerer det i dag|How things work today",
            "Gange, arm og hånd, syn, svelging, hukommelse, trøtthet."
            "|Gange, arm og hand, syn, svelging, minne, trøyttleik."
            "|Walking, arm and hand, sight, swallowing, memory, tiredness.",
        ),
        table(
            "Trening|Trening|Training",
            "Hva som trenes, hvor ofte, og hvem som følger opp."
            "|Kva som blir trent, kor ofte, og kven som følgjer opp."
            "|What is trained, how often, and who follows up.",
            "Øvelse|Øving|Exercise",
            "Hvor ofte|Kor ofte|How often",
            "Hvem|Kven|Who",
        ),
        long(
            "Forsiktighetsregler|Reglar for varsemd|What to be careful with",
            "For eksempel fallfare, blodtrykk eller epilepsi."
            "|Til dømes fallfare, blodtrykk eller epilepsi."
            "|For example risk of falling, blood pressure or epilepsy.",
        ),
    ),
    section(
        Section.MAPPING,
        "Kommunikasjon|Kommunikasjon|Communication",
        "Hvordan dere best forstår hverandre.|Korleis de best forstår kvarandre."
        "|How you best understand each other.",
        choice(
            "Snakke|Snakke|Speaking",
            "Slik det er til vanlig.|Slik det er til vanleg.|As it usually is.",
            "Som før|Som før|As before",
            "Leter etter ord|Leitar etter ord|Searches for words",
            "Noen få ord|Nokre få ord|A few words",
            "Uten ord|Utan ord|Without words",
        ),
        long(
            "Dette hjelper meg å forstå og bli forstått"
            "|Dette hjelper meg å forstå og bli forstått"
            "|What helps me understand and be understood",
            "For eksempel tid, skrift, bilder eller en pårørende."
            "|Til dømes tid, skrift, bilete eller ein pårørande."
            "|For example time, writing, pictures or a relative.",
        ),
    ),
    section(
        Section.MAPPING,
        "Arbeid, fritid og transport|Arbeid, fritid og transport|Work, leisure and transport",
        "Veien tilbake til det du vil være med på.|Vegen tilbake til det du vil vere med på."
        "|The way back to what you want to take part in.",
        long(
            "Arbeid og inntekt|Arbeid og inntekt|Work and income",
            "Sykmelding, tilrettelegging,"
            " kontakt med NAV.|Sjukmelding, tilrettelegging, kontakt med NAV."
            "|Sick leave, adaptation, contact with NAV.",
        ),
        long(
            "Familie og fritid|Familie og fritid|Family and leisure",
            "Det du vil tilbake til, og"
            " hvem du vil gjøre det med.|Det du vil tilbake til, og kven du vil gjere det med."
            "|What you want to return to, and with whom.",
        ),
        long(
            "Transport|Transport|Transport",
            "Førerkort, TT-kort, ledsager."
            "|Førarkort, TT-kort, ledsagar.|Driving licence, transport card, companion.",
        ),
    ),
    FAMILY_AND_NETWORK,
    COOPERATION,
    goals=(
        goal(
            "Gå til butikken alene|Gå til butikken åleine|Walk to the shop alone",
            "Til nærbutikken og tilbake uten følge, med det jeg skal bære."
            "|Til nærbutikken og tilbake utan følgje, med det eg skal bere."
            "|To the nearest shop and back without company, with what I have to carry.",
            activity(
                "Gåtrening|Gangtrening|Walking practice",
                "Ute og i trapp, med økende lengde. Fysioterapeuten setter opp og justerer."
                "|Ute og i trapp, med aukande lengd. Fysioterapeuten set opp og justerer."
                "|Outdoors and on stairs, longer each time. The physiotherapist plans and adjusts.",
                "To ganger i uka, vurderes hver sjette uke"
                "|To gonger i veka, blir vurdert kvar sjette veke"
                "|Twice a week, evaluated every six weeks",
            ),
            activity(
                "Rullator og terskelramper|Rullator og terskelramper|Walker and threshold ramps",
                "Ergoterapeuten prøver ut hjemme og søker Hjelpemiddelsentralen."
                "|Ergoterapeuten prøver ut heime og søkjer Hjelpemiddelsentralen."
                "|The occupational therapist tries them out at home and applies for them.",
                "Innen tre uker|Innan tre veker|Within three weeks",
            ),
            activity(
                "Tur med støttekontakt|Tur med støttekontakt|Walk with a support contact",
                "Til butikken og tilbake, med pause på benken."
                "|Til butikken og tilbake, med pause på benken."
                "|To the shop and back, with a rest on the bench.",
                "Hver onsdag|Kvar onsdag|Every Wednesday",
            ),
        ),
    ),
    participants=(
        who("Fysioterapeut|Fysioterapeut|Physiotherapist", "fagperson_skrive"),
        who("Ergoterapeut|Ergoterapeut|Occupational therapist", "fagperson_skrive"),
        who("Fastlege|Fastlege|GP", "fastlege"),
        who("Hjemmetjeneste|Heimeteneste|Home care", "hjemmetjeneste"),
        who("Pårørende|Pårørande|Next of kin", "parorende"),
        who("NAV-veileder|NAV-rettleiar|NAV adviser", "nav_veileder"),
    ),
    weeks=12,
)

ADDICTION_AND_MENTAL_HEALTH = template(
    IP,
    "IP voksen – rus og psykisk helse|IP vaksen – rus og psykisk helse"
    "|IP for adults – addiction and mental health",
    "For voksne som trenger hjelp fra flere samtidig med rus, psykisk helse, bolig og økonomi."
    "|For vaksne som treng hjelp frå fleire samstundes med rus, psykisk helse, bustad og økonomi."
    "|For adults who need help from several with addiction, mental health, housing and money.",
    WHAT_MATTERS,
    WHEN_IT_IS_HARD,
    section(
        Section.MAPPING,
        "Trygg bolig|Trygg bustad|A safe home",
        "Bolig er ofte det første som må på plass.|Bustad er ofte det første som må på plass."
        "|Housing is often what must come first.",
        choice(
            "Hvordan bor du nå?|Korleis bur du no?|How do you live now?",
            "Slik det er i dag.|Slik det er i dag.|As it is today.",
            "Egen bolig|Eigen bustad|Own home",
            "Kommunal bolig|Kommunal bustad|Municipal housing",
            "Midlertidig|Mellombels|Temporary",
            "Uten bolig|Utan bustad|Without a home",
        ),
        long(
            "Hva skal til for å bli boende|Kva skal til for å bli buande|What it takes to stay",
            "For eksempel oppfølging, husleie, naboer, besøk."
            "|Til dømes oppfølging, husleige, naboar, besøk."
            "|For example follow-up, rent, neighbours, visitors.",
        ),
    ),
    section(
        Section.MAPPING,
        "Økonomi og gjeld|Økonomi og gjeld|Money and debt",
        "Oversikt gir ro. Skriv bare det som trengs for samarbeidet."
        "|Oversikt gir ro. Skriv berre det som trengst for samarbeidet."
        "|An overview gives peace. Write only what is needed for working together.",
        long(
            "Inntekt og faste utgifter|Inntekt og faste utgifter|Income and fixed costs",
            "Ytelser, husleie, avtaler.|Ytingar, husleige, avtalar.|Benefits, rent, agreements.",
        ),
        choice(
            "Gjeldsrådgivning|Gjeldsrådgiving|Debt advice",
            "Hvor langt har det kommet?|Kor langt er det kome?|How far has it come?",
            "Ikke aktuelt|Ikkje aktuelt|Not relevant",
            "Ønskes|Er ønskt|Wanted",
            "I gang|I gang|Under way",
        ),
    ),
    section(
        Section.MAPPING,
        "Helse|Helse|Health",
        "Psykisk og somatisk helse henger sammen.|Psykisk og somatisk helse heng saman."
        "|Mental and physical health belong together.",
        long(
            "Psykisk helse|Psykisk helse|Mental health",
            "Hva plager deg, hva hjelper, hvilken"
            " behandling får du?|Kva plagar deg, kva hjelper, kva behandling får du?"
            "|What troubles you, what helps, which treatment do you get?",
        ),
        long(
            "Rus|Rus|Substance use",
            "Slik det er nå, og slik du vil ha det."
            "|Slik det er no, og slik du vil ha det.|As it is now, and as you want it.",
        ),
        long(
            "Kropp, tenner og medisiner|Kropp, tenner og medisinar|Body, teeth and medicines",
            "Det som trenger undersøkelse eller behandling."
            "|Det som treng undersøking eller behandling.|What needs examination or treatment.",
        ),
    ),
    section(
        Section.MAPPING,
        "Nettverk og aktivitet|Nettverk og aktivitet|Network and activity",
        "Folk og steder som gjør dagene gode.|Folk og stader som gjer dagane gode."
        "|People and places that make the days good.",
        long(
            "Folk jeg har kontakt med|Folk eg har kontakt med|People I have contact with",
            "Og dem du gjerne vil ha mer kontakt med.|Og dei du gjerne vil ha meir kontakt med."
            "|And those you want more contact with.",
        ),
        long(
            "Noe å gå til|Noko å gå til|Somewhere to go",
            "Jobb, kurs, dagsenter, trening."
            "|Jobb, kurs, dagsenter, trening.|Work, courses, day centre, exercise.",
        ),
    ),
    COOPERATION,
    goals=(
        goal("Et trygt sted å bo|Ein trygg stad å bu|A safe place to live", ""),
        goal(
            "Noe fast å gå til i hverdagen|Noko fast å gå til i kvardagen"
            "|Something fixed to go to in everyday life",
            "",
            activity(
                "Prøve aktivitetstilbud sammen med en jeg kjenner"
                "|Prøve aktivitetstilbod saman med ein eg kjenner"
                "|Try an activity together with somebody I know",
                "Dere går sammen de første gangene.|De går saman dei første gongene."
                "|You go together the first times.",
                "Én gang i uka i fire uker|Éin gong i veka i fire veker|Once a week for four weeks",
            ),
        ),
    ),
    participants=(
        who("Ruskonsulent|Ruskonsulent|Addiction adviser", "fagperson_skrive"),
        who("Fastlege|Fastlege|GP", "fastlege"),
        who(
            "Behandler i spesialisthelsetjenesten|Behandlar i spesialisthelsetenesta"
            "|Therapist in the specialist health service",
            "spesialisthelsetjenesten",
        ),
        who("NAV-veileder|NAV-rettleiar|NAV adviser", "nav_veileder"),
        who("Pårørende|Pårørande|Next of kin", "parorende"),
    ),
    weeks=12,
)

QUALIFICATION_PROGRAMME = template(
    IP,
    "IP med kvalifiseringsprogram eller NAV-oppfølging"
    "|IP med kvalifiseringsprogram eller NAV-oppfølging"
    "|IP with a qualification programme or follow-up by NAV",
    "For deltakere i kvalifiseringsprogrammet, som har rett til individuell plan. Her er programmet"
    " en delplan i den individuelle planen, så alle ser den samme uka."
    "|For deltakarar i kvalifiseringsprogrammet, som har rett til individuell plan. Her er"
    " programmet ein delplan i den individuelle planen, så alle ser den same veka."
    "|For those in the qualification programme, who have a right to an individual plan. Here the"
    " programme is a sub-plan of the individual plan, so that everyone sees the same week.",
    WHAT_MATTERS,
    section(
        Section.SUB_PLANS,
        "Kvalifiseringsprogram|Kvalifiseringsprogram|Qualification programme",
        "Det som de andre i planen trenger å vite om programmet."
        "|Det som dei andre i planen treng å vite om programmet."
        "|What the others in the plan need to know about the programme.",
        day(
            "Programmet startet|Programmet starta|The programme began",
            "Datoen i vedtaket.|Datoen i vedtaket.|The date of the decision.",
        ),
        day(
            "Programmet varer til|Programmet varer til|The programme lasts until",
            "Datoen i vedtaket.|Datoen i vedtaket.|The date of the decision.",
        ),
        number(
            "Timer i uka|Timar i veka|Hours a week",
            "Slik det er avtalt nå.|Slik det er avtalt no.|As agreed now.",
        ),
        table(
            "Innhold i uka|Innhald i veka|Content of the week",
            "Arbeidspraksis, kurs, behandling og fritid som er en del av programmet."
            "|Arbeidspraksis, kurs, behandling og fritid som er ein del av programmet."
            "|Work practice, courses, treatment and leisure that are part of the programme.",
            "Dag|Dag|Day",
            "Hva|Kva|What",
            "Hvor|Kvar|Where",
        ),
        person(
            "Veileder|Rettleiar|Adviser",
            "Den som følger opp programmet."
            "|Den som følgjer opp programmet.|The one who follows up the programme.",
        ),
    ),
    section(
        Section.SUB_PLANS,
        "Arbeid og utdanning|Arbeid og utdanning|Work and education",
        "Erfaring, planer og det som må være på plass først."
        "|Erfaring, planar og det som må vere på plass først."
        "|Experience, plans and what has to be in place first.",
        long(
            "Erfaring og utdanning|Erfaring og utdanning|Experience and education",
            "Også det som ikke er betalt arbeid.|Også det som ikkje er betalt arbeid."
            "|Also what was not paid work.",
        ),
        long(
            "Dette vil jeg prøve|Dette vil eg prøve|What I want to try",
            "Yrker, steder, kurs.|Yrke, stader, kurs.|Occupations, places, courses.",
        ),
        short(
            "Dette må være på plass først|Dette må vere på plass først"
            "|What has to be in place first",
            "For eksempel barnepass, bolig eller behandling."
            "|Til dømes barnepass, bustad eller behandling."
            "|For example child care, housing or treatment.",
        ),
    ),
    COOPERATION,
    goals=(
        goal(
            "Komme i arbeid jeg kan stå i|Kome i arbeid eg kan stå i|Get work that I can stay in",
            "Arbeidet passer med helsa og hverdagen min, og jeg klarer meg uten økonomisk"
            " sosialhjelp."
            "|Arbeidet passar med helsa og kvardagen min, og eg klarer meg utan økonomisk"
            " sosialhjelp."
            "|The work suits my health and my everyday life, and I manage without social"
            " assistance.",
            activity(
                "Arbeidspraksis|Arbeidspraksis|Work practice",
                "Begynner med få timer og kjente oppgaver. Veilederen er med den første dagen."
                "|Begynner med få timar og kjende oppgåver. Rettleiaren er med den første dagen."
                "|Begins with few hours and known tasks. The adviser is there on the first day.",
                "To dager i uka, vurderes hver fjerde uke"
                "|To dagar i veka, blir vurdert kvar fjerde veke"
                "|Two days a week, evaluated every four weeks",
            ),
            activity(
                "Samtale om uka|Samtale om veka|Talk about the week",
                "Hva gikk bra, hva ble for mye, og hva endrer vi?"
                "|Kva gjekk bra, kva vart for mykje, og kva endrar vi?"
                "|What went well, what was too much, and what do we change?",
                "Hver fredag, på telefon eller på kontoret"
                "|Kvar fredag, på telefon eller på kontoret"
                "|Every Friday, by telephone or at the office",
            ),
        ),
    ),
    participants=(
        who("NAV-veileder|NAV-rettleiar|NAV adviser", "nav_veileder"),
        who("Fastlege|Fastlege|GP", "fastlege"),
    ),
    weeks=12,
)
