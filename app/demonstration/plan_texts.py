"""What stands in the demonstration's plans in Strandvik, in bokmål, and how a text is laid out.

Composed for the demonstration; about nobody. Fjellby's, in nynorsk, are in
``plan_texts_nynorsk``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deed:
    """An activity: what, how, how much, and what was seen when it was evaluated."""

    title: str
    how: str
    much: str
    evaluated: str = ""


@dataclass(frozen=True)
class Aim:
    """A goal, what shows that it is reached, and the activities under it."""

    title: str
    shown_by: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True)
class Theme:
    """What a plan is about: texts by the part of the plan that they stand in."""

    about: tuple[tuple[str, str], ...]
    mapping: tuple[tuple[str, str], ...]
    aims: tuple[Aim, ...]
    comments: tuple[str, ...]
    agenda: str
    minutes: str
    resources: str
    needs: str
    cooperation: str
    sub_plan: tuple[str, str, str] | None = None


GROWING_UP = Theme(
    about=(
        ("Dette liker jeg", "Håndball, å tegne og å være på hytta. Musikk når jeg skal roe meg."),
        ("Dette hjelper meg", "At jeg får vite ting i god tid, og at én og én snakker om gangen."),
    ),
    mapping=(
        (
            "Skole",
            "Trives i klassen. Blir sliten av lange dager og trenger pauser på et rolig rom.",
        ),
        ("Helse", "Diabetes siden barneskolen. Styrer insulinpumpa selv, med noe støtte."),
        ("Etter ungdomsskolen", "Vil gå på helse- og oppvekstfag og bo hjemme ett år til."),
    ),
    aims=(
        Aim(
            "Jeg vil fullføre tiende klasse med vitnemål i alle fag",
            "Standpunkt i alle fag til sommeren.",
            (
                Deed(
                    "Fast pausetid etter tredje time",
                    "Går til biblioteket og kommer tilbake selv. Læreren minner ikke på det.",
                    "20 minutter hver dag",
                    "Brukt nesten hver dag. Fraværet i siste time er halvert.",
                ),
                Deed(
                    "Tilrettelagt prøve i matematikk",
                    "Lenger tid og eget rom. Avtales senest to dager før.",
                    "Ved hver heldagsprøve",
                ),
            ),
        ),
        Aim(
            "Jeg vil ta over mer av helsa mi selv",
            "Går til kontroll alene og kan si hva som er avtalt.",
            (
                Deed(
                    "Samtaler med helsesykepleier om overgangen til voksen avdeling",
                    "Vi skriver ned spørsmål sammen før hver kontroll på sykehuset.",
                    "Hver fjerde uke fram til sommeren",
                ),
            ),
        ),
    ),
    comments=(
        "Jeg vil helst ha møtene etter skoletid.",
        "Fin framgang denne høsten. Pausene virker, og hun sier selv fra når hun trenger dem.",
    ),
    agenda="Siden sist\nHva er viktig for meg nå\nMål for mål\nSamtykke og deltakere\nNeste møte",
    minutes="Pausene fortsetter som nå. Helsesykepleier tar kontakt med voksen avdeling. "
    "Planeier ønsker at bare de som trenger det, ser kartleggingen.",
    resources="Tydelig på hva hun vil. Gode venner i klassen og en storfamilie som stiller opp.",
    needs="Forutsigbare dager, hjelp til overgangen til videregående og til voksen helsetjeneste.",
    cooperation="Kystsykehuset, barne- og voksenavdelingen, og Oppfølgingstjenesten.",
    sub_plan=("Behandlingsplan for diabetes", "Kystsykehuset", "Insulin, kontroller og mål."),
)

BACK_TO_SCHOOL = Theme(
    about=(
        ("Det jeg er god på", "Sykkel, LEGO og å huske ruter. Jeg lærer best når jeg får prøve."),
    ),
    mapping=(
        ("Bekymring", "Mye fravær siden jul, mest mandager. Vondt i magen om morgenen."),
        ("Styrker", "Kommer godt i gang når en trygg voksen møter i porten."),
    ),
    aims=(
        Aim(
            "Være på skolen hver dag innen vinterferien",
            "Høyst én dags fravær i måneden, og at det kjennes greit å gå.",
            (
                Deed(
                    "Kontaktlærer møter i skoleporten",
                    "Fem minutter sammen før det ringer. Vi går inn når barnet er klart.",
                    "Hver morgen i seks uker",
                    "Kommet fire av fem dager de siste to ukene.",
                ),
                Deed(
                    "Samtale mellom hjem og skole",
                    "Telefon annenhver fredag om hva som virket, ikke bare hva som var vanskelig.",
                    "15 minutter hver 14. dag",
                ),
            ),
        ),
        Aim(
            "Ha en venn å være sammen med i friminuttene",
            "Barnet sier selv at det har noen å være med.",
            (
                Deed(
                    "Lekegruppe med tre fra klassen",
                    "Helsesykepleier leder. Barnet velger leken annenhver gang.",
                    "45 minutter i uka fram til påske",
                ),
            ),
        ),
    ),
    comments=("Vi ser at søndagskvelden er blitt roligere hjemme.",),
    agenda="Siden sist\nHva virker hjemme og på skolen\nNye tiltak\nHvem holder stafettpinnen",
    minutes="Møtet i porten fortsetter i fire uker til. Ny vurdering av fraværet etter det.",
    resources="Nysgjerrig og utholdende. Foreldrene er enige om opplegget.",
    needs="Trygg start på dagen og voksne som vet om avtalene.",
    cooperation="Fastlegen, som har utelukket sykdom.",
)

AFTER_STROKE = Theme(
    about=(
        ("Hva er viktig for meg", "Å komme i butikken selv, og å høre koret øve på torsdager."),
        ("Slik snakker vi sammen", "Gi meg tid. Jeg finner ordet hvis ingen fullfører for meg."),
    ),
    mapping=(
        ("Bolig og hverdag", "Bor i andre etasje uten heis. Klarer personlig stell på egen hånd."),
        ("Helse og trening", "Hjerneslag i fjor vår. Svakhet i høyre arm og bein, noe afasi."),
    ),
    aims=(
        Aim(
            "Gå til butikken alene innen 1. mai",
            "Går fram og tilbake uten følge to ganger på en uke.",
            (
                Deed(
                    "Gåtrening ute",
                    "Først med fysioterapeut, så med støttekontakt. Vi øker med hundre meter om"
                    " gangen.",
                    "To ganger i uka",
                    "Går nå til postkassene og tilbake uten pause.",
                ),
                Deed(
                    "Rullator og terskelramper",
                    "Ergoterapeut måler opp og bestiller fra Hjelpemiddelsentralen.",
                    "Ferdig om tre uker",
                ),
            ),
        ),
        Aim(
            "Delta i koret igjen",
            "Er med på øvelsen hver torsdag og synger de sangene hun kan.",
            (
                Deed(
                    "Språktrening med logoped",
                    "Øver på tekstene fra koret. Ektefellen får oppgaver til hjemmet.",
                    "En time i uka fram til jul",
                ),
            ),
        ),
    ),
    comments=(
        "Transporten til logoped fungerer ikke når det er glatt.",
        "Takk for at dere spør meg først.",
    ),
    agenda="Siden sist\nHva er viktig for planeier nå\nMål for mål\nHjelpemidler\nNeste møte",
    minutes="Rampen er montert. Støttekontakt tar over onsdagsturen. Logoped fortsetter.",
    resources="Målrettet og med godt humør. Ektefelle og to voksne barn i nærheten.",
    needs="Trening over tid, tilrettelagt bolig og hjelp til å holde kontakt med venner.",
    cooperation="Kystsykehuset, Hjelpemiddelsentralen og Frivilligsentralen.",
    sub_plan=("Treningsprogram", "Fysioterapitjenesten", "Øvelser og framgang, uke for uke."),
)

STEADY_HOME = Theme(
    about=(
        (
            "Når det blir vanskelig",
            "Jeg slutter å svare på telefonen. Da hjelper det at noen kommer.",
        ),
        ("Det gir meg ro", "Fisketurer, radio på kvelden og at avtaler blir holdt."),
    ),
    mapping=(
        ("Økonomi", "Gjeld under avtale med namsmannen. Ønsker fast trekk til husleia."),
        ("Psykisk helse", "Perioder med uro og lite søvn. Følges opp av psykisk helse og rus."),
    ),
    aims=(
        Aim(
            "Beholde leiligheten ut året",
            "Husleia betalt hver måned, og ingen varsler fra utleier.",
            (
                Deed(
                    "Fast trekk til husleie",
                    "NAV og planeier setter det opp sammen og ser på det hver tredje måned.",
                    "Hver måned",
                ),
                Deed(
                    "Hjemmebesøk",
                    "Vi ser på posten sammen. Planeier bestemmer hva vi tar tak i.",
                    "En time hver tirsdag",
                    "Gjennomført ni av ti uker. Posten er under kontroll.",
                ),
            ),
        ),
    ),
    comments=("Ring dagen før, så er jeg klar.",),
    agenda="Siden sist\nBolig\nØkonomi\nHva gjør vi når det blir vanskelig\nNeste møte",
    minutes="Ordningen med trekk fortsetter. Kriseplanen er gått gjennom og er uendret.",
    resources="Nevenyttig, kjenner fjorden og hjelper naboer med båtene.",
    needs="Få, faste hjelpere som holder avtaler, og ro rundt økonomien.",
    cooperation="Namsmannen, utleier og Kystsykehuset.",
)

READING = Theme(
    about=(
        ("Interesser", "Dinosaurer, svømming og å bygge hytter. Liker å vise fram det jeg kan."),
    ),
    mapping=(
        (
            "Grunnlag",
            "Sakkyndig vurdering fra PP-tjenesten og vedtak om individuelt tilrettelagt opplæring.",
        ),
        ("Styrker i fag", "God i muntlig norsk og i naturfag. Leser sakte, men forstår det leste."),
    ),
    aims=(
        Aim(
            "Norsk: lese en kort bok på egen hånd innen sommeren",
            "Leser 60 ord i minuttet med færre enn fem feil.",
            (
                Deed(
                    "Lesekurs i liten gruppe",
                    "Lydering og felles høytlesing. Samme lærer og samme rom hver gang.",
                    "Fire timer i uka, åtte uker om gangen",
                    "Fra 31 til 44 ord i minuttet på første kurs.",
                ),
                Deed(
                    "Lydbøker og lesepenn i alle fag",
                    "Faglærer legger ut teksten dagen før.",
                    "I alle fag med lange tekster",
                ),
            ),
        ),
        Aim(
            "Matematikk: bruke de fire regneartene i hverdagen",
            "Løser praktiske oppgaver med konkreter uten hjelp.",
            (
                Deed(
                    "Butikken i klasserommet",
                    "Handler, veksler og lager regnestykker til de andre.",
                    "En time i uka",
                ),
            ),
        ),
    ),
    comments=("Leselysten er større enn i høst. Hun valgte bok selv på biblioteket.",),
    agenda="Mål i fag\nArbeidsmåter\nHva sier eleven\nHalvårsvurdering",
    minutes="Nytt lesekurs starter etter ferien. Målet i matematikk står ved lag.",
    resources="Muntlig sterk, utholdende og glad i å samarbeide.",
    needs="Tid, små grupper og tekster som kan lyttes til.",
    cooperation="PP-tjenesten og Statped.",
)

PLAY_AND_WORDS = Theme(
    about=(("Dette liker jeg", "Vann, sand og biler. Jeg ler av sanger med bevegelser."),),
    mapping=(
        ("Språk", "Bruker omtrent førti ord og noen tegn. Forstår mer enn det som blir sagt."),
        ("Lek og samspill", "Leker ved siden av andre og vil gjerne være med."),
    ),
    aims=(
        Aim(
            "Be om hjelp med ord eller tegn",
            "Gjør det selv flere ganger om dagen, hjemme og i barnehagen.",
            (
                Deed(
                    "Tegn til tale i faste situasjoner",
                    "Ti tegn om gangen ved måltid og påkledning. Samme tegn hjemme.",
                    "Hver dag i åtte uker",
                    "Bruker seks av ti tegn av seg selv.",
                ),
                Deed(
                    "Lekegruppe med to andre barn",
                    "Voksen viser veien inn i leken og trekker seg ut.",
                    "20 minutter tre ganger i uka",
                ),
            ),
        ),
    ),
    comments=("Hjemme sier han «mer» på tegn ved bordet.",),
    agenda="Hva virker hjemme\nHva virker i barnehagen\nNye tegn\nNeste møte",
    minutes="Ti nye tegn er valgt. PP-tjenesten veileder personalet i mars.",
    resources="Glad, nysgjerrig og med god motorikk.",
    needs="Voksne som bruker de samme tegnene, og små lekegrupper.",
    cooperation="PP-tjenesten og helsestasjonen.",
)

FAMILY = Theme(
    about=(("Hva er viktig for oss", "Søvn, tid til søsken, og å slippe å fortelle alt på nytt."),),
    mapping=(
        ("Tjenester i dag", "Avlastning annenhver helg, habiliteringstjenesten, fysioterapi."),
        ("Søsken", "Storesøster trenger tid alene med en av foreldrene."),
    ),
    aims=(
        Aim(
            "Én avtale om avlastning som holder ut skoleåret",
            "Ingen avlyste helger, og at barnet gleder seg.",
            (
                Deed(
                    "Fast primærkontakt på avlastningen",
                    "Samme to ansatte. Foreldrene får en kort melding søndag kveld.",
                    "Annenhver helg",
                    "Fem helger på rad uten avlysning.",
                ),
                Deed(
                    "Samle søknader og vedtak med frister",
                    "Barnekoordinator holder oversikten og minner om frister en måned før.",
                    "Gjennomgang hver måned",
                ),
            ),
        ),
    ),
    comments=("Det er første gang vi har fått sove to netter på rad.",),
    agenda="Hva er viktig for familien nå\nSøknader og frister\nSøsken\nNeste møte",
    minutes="Søknad om hjelpestønad sendes før jul. Søskengruppe starter i februar.",
    resources="To foreldre som deler på oppgavene, besteforeldre i bygda.",
    needs="Forutsigbar avlastning og én person å ringe til.",
    cooperation="Habiliteringstjenesten, brukerorganisasjonen og NAV Hjelpemiddelsentral.",
)
