"""Plans of school and kindergarten: individual education plan and development plan."""

from app.enums import PlanKind, Section
from app.templating.shipped.writing import (
    activity,
    choice,
    day,
    goal,
    long,
    number,
    section,
    short,
    table,
    template,
    who,
)

EDUCATION = template(
    PlanKind.EDUCATION_PLAN,
    "IOP grunnskole|IOP grunnskule|IOP for primary and lower secondary school",
    "For elever med vedtak om individuelt tilrettelagt opplæring (opplæringslova § 11-10)."
    "|For elevar med vedtak om individuelt tilrettelagd opplæring (opplæringslova § 11-10)."
    "|For pupils with a decision on adapted education (Education Act § 11-10).",
    section(
        Section.MAPPING,
        "Skole og skoleår|Skule og skuleår|School and school year",
        "Hvem planen gjelder for, og hvem som har laget den."
        "|Kven planen gjeld for, og kven som har laga han."
        "|Whom the plan is for, and who has made it.",
        short(
            "Skole|Skule|School",
            "Den eleven går på nå.|Den eleven går på no.|The one the pupil attends now.",
        ),
        short(
            "Skoleår|Skuleår|School year",
            "For eksempel 2026–2027.|Til dømes 2026–2027.|For example 2026–2027.",
        ),
        short(
            "Trinn og klasse|Trinn og klasse|Year and class",
            "For eksempel 5B.|Til dømes 5B.|For example 5B.",
        ),
        day(
            "Planen er laget|Planen er laga|The plan was made",
            "Eller sist endret.|Eller sist endra.|Or last changed.",
        ),
        table(
            "Hvem har vært med|Kven har vore med|Who took part",
            "Eleven, foreldrene, lærere, PPT og andre som har vært med på å lage planen."
            "|Eleven, foreldra, lærarar, PPT og andre som har vore med på å lage planen."
            "|The pupil, the parents, teachers, PPT and others who helped make the plan.",
            "Navn|Namn|Name",
            "Rolle|Rolle|Role",
            "Hva de har bidratt med|Kva dei har bidrege med|What they contributed",
        ),
    ),
    section(
        Section.MAPPING,
        "Grunnlag|Grunnlag|Basis",
        "Planen kan ikke gi andre rettigheter eller plikter enn vedtaket."
        "|Planen kan ikkje gi andre rettar eller plikter enn vedtaket."
        "|The plan can't give other rights or duties than the decision.",
        day(
            "Sakkyndig vurdering|Sakkunnig vurdering|Expert assessment",
            "Datoen på den nyeste.|Datoen på den nyaste.|The date of the newest.",
        ),
        day(
            "Vedtak|Vedtak|Decision",
            "Datoen på vedtaket som gjelder."
            "|Datoen på vedtaket som gjeld.|The date of the decision that holds.",
        ),
        number(
            "Timer i året|Timar i året|Hours a year",
            "I alt, slik vedtaket sier det.|I alt, slik vedtaket seier det."
            "|In all, as the decision says.",
        ),
        number(
            "Av dem: timer med lærer|Av dei: timar med lærar|Of these: hours with a teacher",
            "Årstimer à 60 minutter, slik vedtaket sier det."
            "|Årstimar à 60 minutt, slik vedtaket seier det."
            "|Hours of 60 minutes a year, as the decision says.",
        ),
        number(
            "Av dem: timer med assistent|Av dei: timar med assistent"
            "|Of these: hours with an assistant",
            "Også miljøarbeider og annen hjelp i timene."
            "|Også miljøarbeidar og annan hjelp i timane."
            "|Also social workers and other help in the lessons.",
        ),
        choice(
            "Organisering|Organisering|Organisation",
            "Det meste av timene.|Det meste av timane.|Most of the hours.",
            "I klassen|I klassen|In the class",
            "I gruppe|I gruppe|In a group",
            "Alene|Åleine|Alone",
            "Blandet|Blanda|Mixed",
        ),
    ),
    section(
        Section.ABOUT_ME,
        "Styrker og interesser|Styrkar og interesser|Strengths and interests",
        "Det opplæringen kan bygge på, med elevens egne ord."
        "|Det opplæringa kan byggje på, med eleven sine eigne ord."
        "|What the teaching can build on, in the pupil's own words.",
        long(
            "Det jeg er god på|Det eg er god på|What I am good at",
            "Fag og annet.|Fag og anna.|Subjects and other things.",
        ),
        long(
            "Slik lærer jeg best|Slik lærer eg best|How I learn best",
            "Hva hjelper, og hva"
            " forstyrrer?|Kva hjelper, og kva forstyrrar?|What helps, and what disturbs?",
        ),
    ),
    section(
        Section.GOALS,
        "Fag|Fag|Subjects",
        "Én rad for hvert fag eller område som vedtaket gjelder."
        "|Éi rad for kvart fag eller område som vedtaket gjeld."
        "|One row for each subject or area that the decision covers.",
        long(
            "Hovedmål|Hovudmål|Main goals",
            "Det viktigste eleven skal ha fått til når skoleåret er slutt."
            "|Det viktigaste eleven skal ha fått til når skuleåret er slutt."
            "|What matters most that the pupil has reached when the school year ends.",
        ),
        table(
            "Mål og innhold|Mål og innhald|Goals and content",
            "Målene skal kunne vurderes. Skriv avvik fra læreplanen her."
            "|Måla skal kunne vurderast. Skriv avvik frå læreplanen her."
            "|Goals must be possible to assess. Departures from the curriculum are written here.",
            "Fag|Fag|Subject",
            "Mål|Mål|Goals",
            "Innhold|Innhald|Content",
            "Arbeidsmåte|Arbeidsmåte|Way of working",
            "Timer med lærer|Timar med lærar|Hours with a teacher",
            "Timer med assistent|Timar med assistent|Hours with an assistant",
            "Vurdering|Vurdering|Assessment",
        ),
        long(
            "Sosiale mål|Sosiale mål|Social goals",
            "For eksempel venner, friminutt, gruppearbeid."
            "|Til dømes vener, friminutt, gruppearbeid."
            "|For example friends, breaks, group work.",
        ),
        long(
            "Hjelpemidler og læremidler|Hjelpemiddel og læremiddel|Devices and materials",
            "Digitale og andre.|Digitale og andre.|Digital and other.",
        ),
    ),
    section(
        Section.MEETINGS,
        "Vurdering og årsrapport|Vurdering og årsrapport|Assessment and yearly report",
        "Skolen vurderer minst én gang i året hva eleven har fått, og hvordan det går."
        "|Skulen vurderer minst éin gong i året kva eleven har fått, og korleis det går."
        "|At least once a year the school assesses what was given, and how it goes.",
        long(
            "Halvårsvurdering|Halvårsvurdering|Half-yearly assessment",
            "Sett opp mot målene.|Sett opp mot måla.|Held against the goals.",
        ),
        long(
            "Årsrapport|Årsrapport|Yearly report",
            "Gitte timer, utvikling, forslag videre."
            "|Gitte timar, utvikling, framlegg vidare.|Hours given, progress, proposals.",
        ),
        day(
            "Sendt foreldrene|Sendt foreldra|Sent to the parents",
            "Og til eleven fra 15 år.|Og til eleven frå 15 år.|And to the pupil from 15.",
        ),
    ),
    participants=(
        who("Kontaktlærer|Kontaktlærar|Teacher", "pedagog_iop"),
        who("PP-rådgiver|PP-rådgjevar|Educational psychologist", "pp_radgiver"),
        who("Foresatt|Føresett|Guardian", "foresatt_lese"),
    ),
)

DEVELOPMENT = template(
    PlanKind.DEVELOPMENT_PLAN,
    "IUP – individuell utviklingsplan|IUP – individuell utviklingsplan"
    "|IUP – individual development plan",
    "For et halvår om gangen: hva barnet øver på, og hva de voksne gjør."
    "|For eit halvår om gongen: kva barnet øver på, og kva dei vaksne gjer."
    "|For half a year at a time: what the child practises, and what the adults do.",
    section(
        Section.ABOUT_ME,
        "Om barnet|Om barnet|About the child",
        "Kort, og slik at barnet selv kan kjenne seg igjen."
        "|Kort, og slik at barnet sjølv kan kjenne seg att."
        "|Short, and so that the child knows itself in it.",
        long(
            "Dette liker jeg|Dette liker eg|What I like",
            "Lek, fag, folk.|Leik, fag, folk.|Play, subjects, people.",
        ),
        long(
            "Dette øver jeg på|Dette øver eg på|What I practise",
            "Med barnets egne ord.|Med barnet sine eigne ord.|In the child's own words.",
        ),
    ),
    section(
        Section.GOALS,
        "Mål for halvåret|Mål for halvåret|Goals for the half-year",
        "Få og små mål er bedre enn mange og store.|Få og små mål er betre enn mange og store."
        "|Few and small goals are better than many and large.",
        table(
            "Utviklingsområder|Utviklingsområde|Areas of development",
            "Ta bare med det dere vil arbeide med nå.|Ta berre med det de vil arbeide med no."
            "|Take in only what you will work on now.",
            "Område|Område|Area",
            "Mål|Mål|Goal",
            "Hva barnet gjør|Kva barnet gjer|What the child does",
            "Hva hjemmet gjør|Kva heimen gjer|What the home does",
            "Hva barnehagen eller skolen gjør|Kva barnehagen eller skulen gjer"
            "|What the kindergarten or school does",
        ),
        short(
            "Vi ser at målet er nådd når|Vi ser at målet er nådd når"
            "|We see that the goal is reached when",
            "Noe alle kan legge merke til."
            "|Noko alle kan leggje merke til.|Something everyone can notice.",
        ),
    ),
    section(
        Section.MEETINGS,
        "Utviklingssamtale|Utviklingssamtale|Development talk",
        "Barnet er med når det kan.|Barnet er med når det kan.|The child is there when it can.",
        day("Dato|Dato|Date", "Når dere snakket sammen.|Når de snakka saman.|When you talked."),
        long("Det vi ble enige om|Det vi vart samde om|What we agreed on", "Kort.|Kort.|Briefly."),
    ),
    goals=(
        goal(
            "Jeg finner noen å leke med|Eg finn nokon å leike med|I find somebody to play with",
            "Jeg spør om å få være med, og blir i leken en stund."
            "|Eg spør om å få vere med, og blir i leiken ei stund."
            "|I ask to join, and stay in the play for a while.",
            activity(
                "Lek i liten gruppe|Leik i lita gruppe|Play in a small group",
                "En voksen er med fra starten og trekker seg litt etter litt ut."
                "|Ein vaksen er med frå starten og trekkjer seg litt etter litt ut."
                "|An adult is there from the start and withdraws little by little.",
                "Tre ganger i uka|Tre gonger i veka|Three times a week",
            ),
            activity(
                "Besøk hjemme|Besøk heime|Visits at home",
                "Ett barn om gangen, en kort stund, med noe de begge liker å gjøre."
                "|Eitt barn om gongen, ei kort stund, med noko dei begge liker å gjere."
                "|One child at a time, for a short while, with something both like to do.",
                "Annenhver uke|Annakvar veke|Every other week",
            ),
        ),
    ),
    participants=(
        who("Lærer eller pedagogisk leder|Lærar eller pedagogisk leiar|Teacher", "pedagog_iop"),
        who("Foresatt|Føresett|Guardian", "foresatt_lese"),
    ),
)
