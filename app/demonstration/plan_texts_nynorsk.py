"""What stands in the demonstration's plans in Fjellby, in nynorsk."""

from app.demonstration.plan_texts import Aim, Deed, Theme

BACK_TO_SCHOOL = Theme(
    about=(("Det eg er god på", "Ski, dyr og å reparere ting. Eg lærer best når eg får prøve."),),
    mapping=(
        ("Uro", "Mykje fråvær sidan hausten. Vanskeleg å kome i gang om morgonen."),
        ("Styrkar", "Får det til når dagen er kjend, og når ein trygg vaksen møter."),
    ),
    aims=(
        Aim(
            "Vere på skulen kvar dag innan vinterferien",
            "Høgst éin dag fråvær i månaden.",
            (
                Deed(
                    "Kontaktlærar møter ved bussen",
                    "Fem minutt i lag før det ringjer. Vi går inn når barnet er klart.",
                    "Kvar morgon i seks veker",
                    "Har møtt fire av fem dagar dei siste to vekene.",
                ),
                Deed(
                    "Samtale mellom heim og skule",
                    "Telefon annankvar fredag om kva som verka.",
                    "15 minutt kvar 14. dag",
                ),
            ),
        ),
    ),
    comments=("Vi merkar at sundagskvelden er rolegare heime.",),
    agenda="Sidan sist\nKva verkar heime og på skulen\nNye tiltak\nKven held stafettpinnen",
    minutes="Møtet ved bussen held fram i fire veker til. Ny vurdering etter det.",
    resources="Nysgjerrig og uthaldande. Foreldra er samde om opplegget.",
    needs="Trygg start på dagen, og vaksne som kjenner avtalane.",
    cooperation="Fastlegen.",
)

READING = Theme(
    about=(("Interesser", "Rein, skuter og teikning. Les helst det som handlar om dyr."),),
    mapping=(
        (
            "Grunnlag",
            "Sakkunnig vurdering frå PP-tenesta, og vedtak om individuelt tilrettelagd opplæring.",
        ),
        ("Språk", "Samisk heime og norsk på skulen. Sterk munnleg på begge språka."),
    ),
    aims=(
        Aim(
            "Norsk: lese ei kort bok på eiga hand innan sommaren",
            "Les 60 ord i minuttet med færre enn fem feil.",
            (
                Deed(
                    "Lesekurs i lita gruppe",
                    "Lydering og høgtlesing i lag. Same lærar og same rom kvar gong.",
                    "Fire timar i veka, åtte veker om gongen",
                    "Frå 28 til 41 ord i minuttet på det første kurset.",
                ),
                Deed(
                    "Samisk i tre fag",
                    "Fjernundervisning i lag med ei gruppe frå ein annan skule.",
                    "Tre timar i veka",
                ),
            ),
        ),
    ),
    comments=("Ho valde bok sjølv på biblioteket denne veka.",),
    agenda="Mål i fag\nArbeidsmåtar\nKva seier eleven\nHalvårsvurdering",
    minutes="Nytt lesekurs startar etter ferien. Samiskopplæringa held fram.",
    resources="Tospråkleg, uthaldande og glad i å samarbeide.",
    needs="Tid, små grupper og tekstar som kan lyttast til.",
    cooperation="PP-tenesta og Statped.",
)

LIVING_AT_HOME = Theme(
    about=(
        ("Kva er viktig for meg", "Å bu på garden så lenge eg kan, og å stelle sauene."),
        ("Slik snakkar vi i lag", "Kom innom heller enn å ringje. Eg høyrer dårleg i telefonen."),
    ),
    mapping=(
        ("Bustad og kvardag", "Bur åleine på gard. Treng hjelp til mat og medisin."),
        ("Helse", "Hjartesvikt og dårleg balanse. Fall to gonger i fjor vinter."),
    ),
    aims=(
        Aim(
            "Bu heime gjennom vinteren utan fall",
            "Ingen fall, og trygg på vegen til fjøset.",
            (
                Deed(
                    "Balansetrening",
                    "Øvingar ved kjøkenbenken, saman med fysioterapeut dei første gongene.",
                    "Ti minutt kvar dag",
                    "Øver fem dagar i veka.",
                ),
                Deed(
                    "Strøing og lys til fjøset",
                    "Naboen strør, og heimetenesta melder frå når det er is.",
                    "Heile vinteren",
                ),
            ),
        ),
    ),
    comments=("Takk for at de kjem på same tid kvar dag.",),
    agenda="Sidan sist\nKva er viktig for planeigaren no\nMål for mål\nNeste møte",
    minutes="Tryggleiksalarm er sett opp. Heimetenesta kjem før frukost.",
    resources="Kjenner garden og grannane. Son i nabobygda.",
    needs="Fast hjelp til medisin og trygge vegar ute.",
    cooperation="Sjukehuset, fastlegen og Frivilligsentralen.",
)

PLAY_AND_WORDS = Theme(
    about=(("Dette likar eg", "Vatn, sand og traktorar. Eg ler av songar med rørsler."),),
    mapping=(
        ("Språk", "Brukar om lag førti ord og nokre teikn. Forstår meir enn det som blir sagt."),
    ),
    aims=(
        Aim(
            "Be om hjelp med ord eller teikn",
            "Gjer det sjølv fleire gonger om dagen, heime og i barnehagen.",
            (
                Deed(
                    "Teikn til tale i faste situasjonar",
                    "Ti teikn om gongen ved måltid og påkleding. Same teikn heime.",
                    "Kvar dag i åtte veker",
                    "Brukar seks av ti teikn av seg sjølv.",
                ),
            ),
        ),
    ),
    comments=("Heime seier han «meir» på teikn ved bordet.",),
    agenda="Kva verkar heime\nKva verkar i barnehagen\nNye teikn\nNeste møte",
    minutes="Ti nye teikn er valde. PP-tenesta rettleier personalet i mars.",
    resources="Glad, nysgjerrig og med god motorikk.",
    needs="Vaksne som brukar dei same teikna, og små leikegrupper.",
    cooperation="PP-tenesta og helsestasjonen.",
)

FAMILY = Theme(
    about=(("Kva er viktig for oss", "Søvn, tid til søsken, og å sleppe å fortelje alt på nytt."),),
    mapping=(("Tenester i dag", "Avlasting annankvar helg, habilitering og fysioterapi."),),
    aims=(
        Aim(
            "Éi avtale om avlasting som held ut skuleåret",
            "Ingen avlyste helger, og at barnet gler seg.",
            (
                Deed(
                    "Fast primærkontakt på avlastinga",
                    "Dei same to tilsette. Foreldra får ei kort melding sundag kveld.",
                    "Annankvar helg",
                ),
            ),
        ),
    ),
    comments=("Det er første gong vi har fått sove to netter på rad.",),
    agenda="Kva er viktig for familien no\nSøknader og fristar\nSøsken\nNeste møte",
    minutes="Søknad om hjelpestønad blir send før jul.",
    resources="To foreldre som deler på oppgåvene.",
    needs="Føreseieleg avlasting og éin person å ringje til.",
    cooperation="Habiliteringstenesta og NAV Hjelpemiddelsentral.",
)
