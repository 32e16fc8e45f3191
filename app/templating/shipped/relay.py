"""Relay logs: kindergarten, absence from school, and before and after birth."""

from app.enums import PlanKind, Section
from app.templating.shipped.shared import EFFECT, WORRY
from app.templating.shipped.writing import (
    activity,
    choice,
    day,
    goal,
    long,
    number,
    person,
    section,
    table,
    template,
    who,
)

LOG = PlanKind.RELAY_LOG

KINDERGARTEN = template(
    LOG,
    "Stafettlogg barnehage – nivå 1|Stafettlogg barnehage – nivå 1"
    "|Relay log for kindergarten – level 1",
    "Når foreldre eller ansatte undrer seg, og barnehagen prøver tiltak sammen med hjemmet."
    "|Når foreldre eller tilsette undrar seg, og barnehagen prøver tiltak saman med heimen."
    "|When parents or staff wonder, and the kindergarten tries something together with the home.",
    section(
        Section.MAPPING,
        "Undring|Undring|What we wonder about",
        "Start her. Skriv sammen med foreldrene.|Start her. Skriv saman med foreldra."
        "|Start here. Write together with the parents.",
        *WORRY,
    ),
    section(
        Section.MAPPING,
        "Områder vi ser på|Område vi ser på|Areas we look at",
        "Fyll ut det som gjelder. Tomme felt er helt i orden."
        "|Fyll ut det som gjeld. Tomme felt er heilt i orden."
        "|Fill in what applies. Empty fields are quite all right.",
        long(
            "Språk|Språk|Language",
            "Forstår, snakker, blir forstått."
            "|Forstår, snakkar, blir forstått.|Understands, speaks, is understood.",
        ),
        long(
            "Lek og samspill|Leik og samspel|Play and company",
            "Med barn og med voksne.|Med barn og med vaksne.|With children and with adults.",
        ),
        long(
            "Uro og regulering|Uro og regulering|Restlessness and calming down",
            "Når kommer uroen, og hva roer?|Når kjem uroa, og kva roar?"
            "|When does it come, and what calms?",
        ),
        long(
            "Måltid og søvn|Måltid og søvn|Meals and sleep",
            "Hjemme og i barnehagen.|Heime og i barnehagen.|At home and in the kindergarten.",
        ),
        long(
            "Trivsel|Trivsel|Well-being",
            "Hva gleder barnet seg til?|Kva gler barnet seg til?"
            "|What does the child look forward to?",
        ),
    ),
    EFFECT,
    goals=(
        goal(
            "Barnet er med i lek hver dag|Barnet er med i leik kvar dag"
            "|The child takes part in play every day",
            "Barnet tar kontakt, blir i leken og har noen å være sammen med."
            "|Barnet tek kontakt, blir i leiken og har nokon å vere saman med."
            "|The child makes contact, stays in the play and has somebody to be with.",
            activity(
                "I barnehagen: lek i liten gruppe|I barnehagen: leik i lita gruppe"
                "|In the kindergarten: play in a small group",
                "En voksen samler to–tre barn om noe barnet liker, og blir der til leken er i gang."
                "|Ein vaksen samlar to–tre barn om noko barnet liker, og blir der til leiken er i"
                " gang."
                "|An adult gathers two or three children around something the child likes, and"
                " stays until the play is under way.",
                "Hver dag, vurderes etter 6–8 uker|Kvar dag, blir vurdert etter 6–8 veker"
                "|Every day, evaluated after 6–8 weeks",
            ),
            activity(
                "Hjemme: faste rutiner morgen og kveld|Heime: faste rutinar morgon og kveld"
                "|At home: fixed routines in the morning and evening",
                "Samme rekkefølge hver dag, gjerne med bilder. Hjemmet og barnehagen bruker de"
                " samme ordene."
                "|Same rekkjefølgje kvar dag, gjerne med bilete. Heimen og barnehagen bruker dei"
                " same orda."
                "|The same order every day, with pictures if they help. The home and the"
                " kindergarten use the same words.",
                "Hver dag, vurderes etter 6–8 uker|Kvar dag, blir vurdert etter 6–8 veker"
                "|Every day, evaluated after 6–8 weeks",
            ),
        ),
    ),
    participants=(
        who("Pedagogisk leder|Pedagogisk leiar|Kindergarten teacher", "fagperson_skrive"),
        who("Helsesykepleier|Helsesjukepleiar|Public health nurse", "helsesykepleier"),
    ),
    weeks=8,
)

ABSENCE = template(
    LOG,
    "Stafettlogg skole – bekymringsfullt fravær, nivå 2"
    "|Stafettlogg skule – bekymringsfullt fråvær, nivå 2"
    "|Relay log for school – worrying absence, level 2",
    "Når fraværet vokser, og skolen, hjemmet og én tjeneste til må trekke sammen."
    "|Når fråværet veks, og skulen, heimen og éi teneste til må dra i lag."
    "|When absence grows, and the school, the home and one more service must pull together.",
    section(
        Section.ABOUT_ME,
        "Elevens egne ord|Eleven sine eigne ord|The pupil's own words",
        "Eleven skriver selv, eller sammen med en hun eller han stoler på."
        "|Eleven skriv sjølv, eller saman med ein ho eller han stolar på."
        "|The pupil writes alone, or with somebody he or she trusts.",
        long(
            "Når er det greit å være på skolen?|Når er det greitt å vere på skulen?"
            "|When is it all right to be at school?",
            "Fag, steder, folk, tidspunkt."
            "|Fag, stader, folk, tidspunkt.|Subjects, places, people, times.",
        ),
        long(
            "Hva gjør det vanskelig?|Kva gjer det vanskeleg?|What makes it hard?",
            "Du trenger ikke å skrive alt. Det holder med det du vil at de andre skal vite."
            "|Du treng ikkje å skrive alt. Det held med det du vil at dei andre skal vite."
            "|You need not write everything. What you want the others to know is enough.",
        ),
        long(
            "Dette vil jeg at de voksne gjør|Dette vil eg at dei vaksne gjer"
            "|What I want the adults to do",
            "Og det du ikke vil at de skal gjøre."
            "|Og det du ikkje vil at dei skal gjere.|And what you don't want them to do.",
        ),
    ),
    section(
        Section.MAPPING,
        "Kartlegging av fraværet|Kartlegging av fråværet|Mapping of the absence",
        "Tall først, forklaringer etterpå.|Tal først, forklaringar etterpå."
        "|Numbers first, explanations after.",
        number(
            "Fraværsdager siste tre måneder|Fråværsdagar dei siste tre månadene"
            "|Days of absence in the last three months",
            "Hele dager, også dokumenterte."
            "|Heile dagar, også dokumenterte.|Whole days, documented ones too.",
        ),
        number(
            "Enkelttimer siste tre måneder|Enkelttimar dei siste tre månadene"
            "|Single lessons in the last three months",
            "Timer utenom hele dager.|Timar utanom heile dagar.|Lessons besides whole days.",
        ),
        choice(
            "Mønster|Mønster|Pattern",
            "Det som passer best.|Det som passar best.|What fits best.",
            "Bestemte fag|Bestemte fag|Certain subjects",
            "Bestemte dager|Bestemte dagar|Certain days",
            "Etter helg og ferie|Etter helg og ferie|After weekends and holidays",
            "Gradvis mer|Gradvis meir|Gradually more",
            "Ikke noe tydelig mønster|Ikkje noko tydeleg mønster|No clear pattern",
        ),
        long(
            "Hjemmets syn|Heimen sitt syn|The home's view",
            "Morgener, søvn, skjerm, venner."
            "|Morgonar, søvn, skjerm, vener.|Mornings, sleep, screens, friends.",
        ),
        long(
            "Skolens syn|Skulen sitt syn|The school's view",
            "Læring, miljø, mobbing,"
            " tilrettelegging.|Læring, miljø, mobbing, tilrettelegging."
            "|Learning, environment, bullying, adaptation.",
        ),
    ),
    section(
        Section.ACTIVITIES,
        "Gradvis tilbakeføring|Gradvis tilbakeføring|Back step by step",
        "En plan eleven har vært med på å lage. Små skritt som holder."
        "|Ein plan eleven har vore med på å lage. Små steg som held."
        "|A plan the pupil has helped make. Small steps that hold.",
        table(
            "Skritt|Steg|Steps",
            "Gå videre når skrittet har holdt en uke.|Gå vidare når steget har halde ei veke."
            "|Go on when a step has held for a week.",
            "Uke|Veke|Week",
            "Hva|Kva|What",
            "Hvem møter eleven|Kven møter eleven|Who meets the pupil",
        ),
        person(
            "Trygg voksen|Trygg vaksen|Safe adult",
            "Den eleven selv har valgt.|Den eleven sjølv har valt.|The one the pupil has chosen.",
        ),
    ),
    EFFECT,
    goals=(
        goal(
            "På skolen hver dag|På skulen kvar dag|At school every day",
            "",
            activity(
                "Samtale mellom hjem og skole|Samtale mellom heim og skule"
                "|Talk between home and school",
                "Kort samtale: hva holdt, hva justerer vi?"
                "|Kort samtale: kva heldt, kva justerer vi?"
                "|A short talk: what held, what do we adjust?",
                "Hver 14. dag|Kvar 14. dag|Every other week",
            ),
            activity(
                "Trygg voksen møter ved døra|Trygg vaksen møter ved døra"
                "|A safe adult meets at the door",
                "Den samme hver dag, fem minutter før det ringer."
                "|Den same kvar dag, fem minutt før det ringjer."
                "|The same every day, five minutes before the bell.",
                "Hver skoledag i fire uker|Kvar skuledag i fire veker"
                "|Every school day for four weeks",
            ),
        ),
    ),
    participants=(
        who("Kontaktlærer|Kontaktlærar|Teacher", "laerer"),
        who("PP-rådgiver|PP-rådgjevar|Educational psychologist", "pp_radgiver"),
        who("Helsesykepleier|Helsesjukepleiar|Public health nurse", "helsesykepleier"),
    ),
    weeks=6,
)

BIRTH = template(
    LOG,
    "Stafettlogg gravid og nyfødt|Stafettlogg gravid og nyfødd|Relay log for pregnancy and birth",
    "Når foreldre trenger hjelp fra flere før og etter fødselen."
    "|Når foreldre treng hjelp frå fleire før og etter fødselen."
    "|When parents need help from several before and after birth.",
    section(
        Section.ABOUT_ME,
        "Ønsker fra foreldrene|Ønske frå foreldra|What the parents want",
        "Med mors og fars egne ord.|Med mor og far sine eigne ord."
        "|In the mother's and father's own words.",
        long(
            "Dette ønsker jeg hjelp til|Dette ønskjer eg hjelp til|What I want help with",
            "Stort og smått.|Stort og smått.|Large and small.",
            needed=True,
        ),
        long(
            "Dette gir meg trygghet|Dette gir meg tryggleik|What makes me feel safe",
            "Folk, steder og rutiner.|Folk, stader og rutinar.|People, places and routines.",
        ),
    ),
    section(
        Section.MAPPING,
        "Svangerskap og fødsel|Svangerskap og fødsel|Pregnancy and birth",
        "Det de som følger opp, må vite for å komme til rett tid."
        "|Det dei som følgjer opp, må vite for å kome til rett tid."
        "|What those who follow up must know to come at the right time.",
        day(
            "Termin|Termin|Due date",
            "Fødselsdatoen når barnet er kommet."
            "|Fødselsdatoen når barnet er kome.|The date of birth once the child is here.",
        ),
        long(
            "Ønsker for fødselen og barseltida|Ønske for fødselen og barseltida"
            "|Wishes for the birth and the first weeks",
            "Hvem skal være med, og hva er viktig de første dagene?"
            "|Kven skal vere med, og kva er viktig dei første dagane?"
            "|Who will be there, and what matters in the first days?",
        ),
    ),
    section(
        Section.MAPPING,
        "Undring og bekymring|Undring og uro|Wonder and worry",
        "Sagt rett fram, og lest av foreldrene.|Sagt rett fram, og lese av foreldra."
        "|Said straight out, and read by the parents.",
        long(
            "Hva er vi opptatt av|Kva er vi opptekne av|What concerns us",
            "Helse, rus, bolig, økonomi, vold, nettverk."
            "|Helse, rus, bustad, økonomi, vald, nettverk."
            "|Health, substance use, housing, money, violence, network.",
        ),
        long(
            "Hva går bra|Kva går bra|What goes well",
            "Det foreldrene får til.|Det foreldra får til.|What the parents manage.",
        ),
    ),
    section(
        Section.MAPPING,
        "Hvem gjør hva|Kven gjer kva|Who does what",
        "Barnevernet tas bare inn når foreldrene har samtykket til det."
        "|Barnevernet blir berre teke inn når foreldra har samtykt til det."
        "|Child welfare is brought in only when the parents have consented.",
        table(
            "Oppfølging|Oppfølging|Follow-up",
            "Én rad for hver.|Éi rad for kvar.|One row for each.",
            "Hvem|Kven|Who",
            "Hva|Kva|What",
            "Neste time|Neste time|Next appointment (date)",
        ),
    ),
    EFFECT,
    goals=(
        goal(
            "En trygg start for barnet|Ein trygg start for barnet|A safe start for the child",
            "",
            activity(
                "Hjemmebesøk|Heimebesøk|Home visits",
                "Helsesykepleier og jordmor kommer sammen første gang."
                "|Helsesjukepleiar og jordmor kjem saman første gongen."
                "|The public health nurse and the midwife come together the first time.",
                "Ukentlig de første seks ukene|Kvar veke dei første seks vekene"
                "|Weekly for the first six weeks",
            ),
        ),
    ),
    participants=(
        who("Jordmor|Jordmor|Midwife", "fagperson_skrive"),
        who("Helsesykepleier|Helsesjukepleiar|Public health nurse", "helsesykepleier"),
        who("Fastlege|Fastlege|GP", "fastlege"),
    ),
    weeks=6,
)
