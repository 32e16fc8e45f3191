"""Sections that several shipped templates have alike."""

from app.enums import Section
from app.templating.shipped.writing import choice, long, person, section, short, table

WHAT_MATTERS = section(
    Section.ABOUT_ME,
    "Hva er viktig for meg|Kva er viktig for meg|What matters to me",
    "Skriv med dine egne ord. Andre kan hjelpe deg, men det er du som bestemmer hva som skal stå."
    "|Skriv med dine eigne ord. Andre kan hjelpe deg, men det er du som avgjer kva som skal stå."
    "|Write in your own words. Others can help, but you decide what is to stand here.",
    long(
        "Dette er viktig for meg nå|Dette er viktig for meg no|This matters to me now",
        "Hva vil du bruke tida og kreftene på?|Kva vil du bruke tida og kreftene på?"
        "|What do you want to spend your time and strength on?",
        points=(1,),
        needed=True,
    ),
    long(
        "Dette er jeg god på, og dette gir meg glede"
        "|Dette er eg god på, og dette gir meg glede"
        "|What I am good at, and what gives me joy",
        "Ressurser og interesser som planen kan bygge på."
        "|Ressursar og interesser som planen kan byggje på."
        "|Strengths and interests that the plan can build on.",
        points=(1,),
    ),
    long(
        "Dette trenger jeg hjelp til|Dette treng eg hjelp til|What I need help with",
        "Behov slik du ser dem. De andre kan skrive sitt syn under kartlegging."
        "|Behov slik du ser dei. Dei andre kan skrive sitt syn under kartlegging."
        "|Needs as you see them. The others can write their view under mapping.",
        points=(1,),
    ),
    long(
        "Slik vil jeg at dere snakker med meg|Slik vil eg at de snakkar med meg"
        "|How I want you to talk with me",
        "For eksempel om tolk, tid til å svare, bilder, tegn eller hvem som bør være med."
        "|Til dømes om tolk, tid til å svare, bilete, teikn eller kven som bør vere med."
        "|For example an interpreter, time to answer, pictures, signs, or who should be there.",
    ),
)

COOPERATION = section(
    Section.MAPPING,
    "Samarbeid med andre|Samarbeid med andre|Cooperation with others",
    "Hvem utenfor planen trengs eller ønskes, og hva skal de bidra med?"
    "|Kven utanfor planen treng de eller ønskjer de med, og kva skal dei bidra med?"
    "|Who outside the plan is needed or wanted, and what are they to contribute?",
    table(
        "Andre det samarbeides med|Andre det blir samarbeidd med|Others we work with",
        "Én rad for hver, også dem som ennå ikke er spurt."
        "|Éi rad for kvar, også dei som enno ikkje er spurde."
        "|One row for each, also those not asked yet.",
        "Hvem|Kven|Who",
        "Hva de bidrar med|Kva dei bidreg med|What they contribute",
        "Kontakt|Kontakt|Contact",
        points=(9,),
    ),
)

WHEN_IT_IS_HARD = section(
    Section.ABOUT_ME,
    "Når det blir vanskelig|Når det blir vanskeleg|When it gets hard",
    "En side å finne fram når det trengs. Skriv den sammen mens det går bra."
    "|Ei side å finne fram når det trengst. Skriv ho saman medan det går bra."
    "|A page to find when it is needed. Write it together while things go well.",
    long(
        "Tegn på at det ikke går bra|Teikn på at det ikkje går bra|Signs that things go badly",
        "Hva merker du selv, og hva kan andre legge merke til?"
        "|Kva merkar du sjølv, og kva kan andre leggje merke til?"
        "|What do you notice yourself, and what can others notice?",
    ),
    long(
        "Dette hjelper|Dette hjelper|What helps",
        "Det du kan gjøre selv, og det andre kan gjøre."
        "|Det du kan gjere sjølv, og det andre kan gjere."
        "|What you can do yourself, and what others can do.",
    ),
    long(
        "Dette hjelper ikke|Dette hjelper ikkje|What does not help",
        "Ting andre gjør i beste mening, men som gjør det verre."
        "|Ting andre gjer i beste meining, men som gjer det verre."
        "|Things that others do with good intentions, but that make it worse.",
    ),
    table(
        "Hvem ringer jeg|Kven ringjer eg|Whom I call",
        "I den rekkefølgen du vil ringe. Legevakt er 116 117, nødnummer 113."
        "|I den rekkjefølgja du vil ringje. Legevakt er 116 117, naudnummer 113."
        "|In the order you want to call. The doctor on call is 116 117, emergencies 113.",
        "Navn|Namn|Name",
        "Telefon|Telefon|Phone",
        "Når på døgnet|Når på døgnet|Hours",
    ),
)

FAMILY_AND_NETWORK = section(
    Section.MAPPING,
    "Familie og nettverk|Familie og nettverk|Family and network",
    "De som betyr noe, og hva de trenger for å stå i det."
    "|Dei som betyr noko, og kva dei treng for å stå i det."
    "|Those who matter, and what they need to keep going.",
    table(
        "Viktige personer|Viktige personar|Important people",
        "Bare det som er nødvendig for samarbeidet.|Berre det som er nødvendig for samarbeidet."
        "|Only what is needed for working together.",
        "Hvem|Kven|Who",
        "Forhold|Forhold|Relation",
        "Hva de bidrar med|Kva dei bidreg med|What they contribute",
    ),
    long(
        "Søsken og andre barn som pårørende|Søsken og andre barn som pårørande"
        "|Siblings and other children as next of kin",
        "Hva vet de, hva lurer de på, og hvem følger dem opp?"
        "|Kva veit dei, kva lurer dei på, og kven følgjer dei opp?"
        "|What do they know, what do they wonder about, and who looks after them?",
    ),
    long(
        "Avlastning for dem som hjelper|Avlasting for dei som hjelper|Relief for those who help",
        "Hva finnes i dag, og hva er søkt om?|Kva finst i dag, og kva er det søkt om?"
        "|What is there today, and what is applied for?",
    ),
)

WORRY = (
    long(
        "Hva undrer vi oss over|Kva undrar vi oss over|What we wonder about",
        "Beskriv det dere ser og hører, ikke hva dere tror det skyldes. Gi gjerne et eksempel."
        "|Beskriv det de ser og høyrer, ikkje kva de trur det kjem av. Gi gjerne eit døme."
        "|Describe what you see and hear, not what you think causes it. An example helps.",
        needed=True,
    ),
    long(
        "Styrker og det som fungerer|Styrkar og det som fungerer|Strengths and what works",
        "Når går det bra, og hva er annerledes da?|Når går det bra, og kva er annleis då?"
        "|When do things go well, and what is different then?",
    ),
    long(
        "Barnets egne ord|Barnet sine eigne ord|The child's own words",
        "Hva sier barnet selv, eller hva viser det?|Kva seier barnet sjølv, eller kva viser det?"
        "|What does the child say, or show?",
    ),
    long(
        "Foreldrenes syn|Foreldra sitt syn|The parents' view",
        "Hva ser foreldrene, og hva ønsker de?|Kva ser foreldra, og kva ønskjer dei?"
        "|What do the parents see, and what do they want?",
    ),
)

EFFECT = section(
    Section.ACTIVITIES,
    "Vurdering av tiltakene|Vurdering av tiltaka|How the activities worked",
    "Fylles ut sammen på evalueringsmøtet, før neste skritt avgjøres."
    "|Blir fylt ut saman på evalueringsmøtet, før neste steg blir avgjort."
    "|Filled in together at the evaluation, before the next step is decided.",
    choice(
        "Har det hjulpet?|Har det hjelpt?|Has it helped?",
        "Se på alle tiltakene under ett.|Sjå på alle tiltaka under eitt."
        "|Look at all activities together.",
        "Ja|Ja|Yes",
        "Delvis|Delvis|Partly",
        "Nei|Nei|No",
        "For tidlig å si|For tidleg å seie|Too early to say",
    ),
    long(
        "Hva ser vi nå|Kva ser vi no|What we see now",
        "Hva er endret siden sist, for barnet og for dem rundt?"
        "|Kva er endra sidan sist, for barnet og for dei rundt?"
        "|What has changed since last time, for the child and for those around?",
    ),
    choice(
        "Neste skritt|Neste steg|Next step",
        "Hva er dere blitt enige om?|Kva er de blitt samde om?|What have you agreed on?",
        "Fortsette som nå|Halde fram som no|Go on as now",
        "Endre tiltakene|Endre tiltaka|Change the activities",
        "Ta inn flere tjenester|Ta inn fleire tenester|Bring in more services",
        "Avslutte|Avslutte|End",
    ),
    person(
        "Hvem følger opp|Kven følgjer opp|Who follows up",
        "Den som sørger for at neste skritt blir tatt."
        "|Den som syter for at neste steg blir teke."
        "|The one who sees to it that the next step is taken.",
    ),
)

LIVING = section(
    Section.MAPPING,
    "Bolig og hverdag|Bustad og kvardag|Home and everyday life",
    "Hvordan du bor, hva du klarer selv, og hva du får hjelp til."
    "|Korleis du bur, kva du klarer sjølv, og kva du får hjelp til."
    "|How you live, what you manage yourself, and what you get help with.",
    long(
        "Slik bor jeg, og slik vil jeg bo|Slik bur eg, og slik vil eg bu"
        "|How I live, and how I want to live",
        "Nevn også det som må tilrettelegges.|Nemn også det som må leggjast til rette."
        "|Mention what has to be adapted, too.",
    ),
    table(
        "En vanlig uke|Ei vanleg veke|An ordinary week",
        "Det faste i uka, og hvem som hjelper.|Det faste i veka, og kven som hjelper."
        "|What is fixed in the week, and who helps.",
        "Dag|Dag|Day",
        "Hva|Kva|What",
        "Hvem hjelper|Kven hjelper|Who helps",
    ),
    short(
        "Hjelpemidler|Hjelpemiddel|Assistive devices",
        "Det du har, og det som er søkt om.|Det du har, og det det er søkt om."
        "|What you have, and what is applied for.",
    ),
)
