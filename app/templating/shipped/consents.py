"""What is consented to in each kind of plan.

Each text says what a consent must say (``domain.md`` 3.3): why, to what, which information, shared
with whom, who answers for it, that it is voluntary and can be withdrawn. It is read by owners, and
by those who consent for one; "you" is whoever consents.
"""

from app.enums import PlanKind
from app.templating.shipped.writing import said
from app.templating.texts import Text

WORKSPACE = (
    "Planen er et felles arbeidsrom for den planen handler om, og dem som skal hjelpe. Den viser"
    " hva som er målet, hvem som gjør hva, og når det skal gjøres."
    "|Planen er eit felles arbeidsrom for den planen handlar om, og dei som skal hjelpe. Han viser"
    " kva som er målet, kven som gjer kva, og når det skal gjerast."
    "|The plan is a shared workspace for the one it is about and those who are to help. It shows"
    " what the goal is, who does what, and when it is to be done."
)
FOR_WHOM = (
    "Du samtykker for deg selv, eller for en du har rett til å samtykke for. Er det et barn, skal"
    " barnet få vite hva planen er, og si hva det mener, før du svarer."
    "|Du samtykkjer for deg sjølv, eller for ein du har rett til å samtykkje for. Er det eit barn,"
    " skal barnet få vite kva planen er, og seie kva det meiner, før du svarar."
    "|You consent for yourself, or for somebody you have the right to consent for. A child is to be"
    " told what the plan is, and to say what it thinks, before you answer."
)
WHO_SEES = (
    "Du bestemmer hvem som får se hva i planen, og hvor lenge. Det står i samtykket hvem det er, og"
    " hvilke deler av planen hver av dem får se. Kommunen har ansvaret for opplysningene."
    "|Du avgjer kven som får sjå kva i planen, og kor lenge. Det står i samtykket kven det er, og"
    " kva delar av planen kvar av dei får sjå. Kommunen har ansvaret for opplysningane."
    "|You decide who sees what in the plan, and for how long. The consent says who they are, and"
    " which parts of the plan each of them gets to see. The municipality answers for the"
    " information."
)
CONFIDENTIALITY = (
    "Ansatte som får se noe, har taushetsplikt om det. Familie, venner og andre private har ikke"
    " taushetsplikt etter loven. Tenk derfor over hva de skal få se."
    "|Tilsette som får sjå noko, har teieplikt om det. Familie, vener og andre private har ikkje"
    " teieplikt etter lova. Tenk derfor over kva dei skal få sjå."
    "|Staff who see something have a duty of confidentiality. Family, friends and other private"
    " persons have no such duty by law. So think about what they should see."
)
WITHDRAWAL = (
    "Du kan når som helst trekke samtykket, helt eller for én person. Da ser de ikke lenger det som"
    " står i planen. Kommunen må ta vare på det som er skrevet, fordi loven krever det."
    "|Du kan når som helst trekkje samtykket, heilt eller for éin person. Då ser dei ikkje lenger"
    " det som står i planen. Kommunen må ta vare på det som er skrive, fordi lova krev det."
    "|You can withdraw your consent at any time, for all or for one person. They then no longer see"
    " what stands in the plan. The municipality must keep what is written, because the law says so."
)

OF_THE_KIND = {
    PlanKind.INDIVIDUAL_PLAN: (
        "Det er frivillig å ha en individuell plan. Den som har rett til en slik plan, har rett til"
        " en koordinator også uten plan. Sier du nei, faller ingen tjenester bort. Planen gir"
        " heller ikke i seg selv rett til flere tjenester."
        "|Det er frivillig å ha ein individuell plan. Den som har rett til ein slik plan, har rett"
        " til ein koordinator også utan plan. Seier du nei, fell ingen tenester bort. Planen gir"
        " heller ikkje i seg sjølv rett til fleire tenester."
        "|Having an individual plan is voluntary. Whoever has a right to such a plan has a right to"
        " a coordinator without one, too. If you say no, no service is taken away. Nor does the"
        " plan in itself give a right to more services."
    ),
    PlanKind.EDUCATION_PLAN: (
        "Skolen skal lage en individuell opplæringsplan for den som har vedtak om individuelt"
        " tilrettelagt opplæring. Det trenger den ikke samtykke til. Du samtykker til at planen"
        " blir delt her med andre enn dem på skolen som skal bruke den. Det er frivillig. Sier du"
        " nei, lager skolen planen likevel, og opplæringen blir den samme."
        "|Skulen skal lage ein individuell opplæringsplan for den som har vedtak om individuelt"
        " tilrettelagd opplæring. Det treng han ikkje samtykke til. Du samtykkjer til at planen"
        " blir delt her med andre enn dei på skulen som skal bruke han. Det er frivillig. Seier du"
        " nei, lagar skulen planen likevel, og opplæringa blir den same."
        "|The school must make an individual education plan for whoever has a decision on adapted"
        " education. It needs no consent for that. You consent to the plan being shared here with"
        " others than those at the school who are to use it. That is voluntary. If you say no, the"
        " school makes the plan all the same, and the education stays as it is."
    ),
    PlanKind.DEVELOPMENT_PLAN: (
        "Det er frivillig å ha en individuell utviklingsplan. Sier du nei, får barnet eller den"
        " unge det samme tilbudet i barnehagen eller på skolen som før."
        "|Det er frivillig å ha ein individuell utviklingsplan. Seier du nei, får barnet eller den"
        " unge det same tilbodet i barnehagen eller på skulen som før."
        "|Having an individual development plan is voluntary. If you say no, the child or young"
        " person gets the same from the kindergarten or school as before."
    ),
    PlanKind.RELAY_LOG: (
        "Det er frivillig å ha en stafettlogg, og ingen lov krever den: Den bygger bare på"
        " samtykket ditt. Skal en ny tjeneste inn, blir du spurt på nytt. Sier du nei, faller ingen"
        " tjenester bort. Trekker du hele samtykket, blir loggen avsluttet."
        "|Det er frivillig å ha ein stafettlogg, og inga lov krev han: Han byggjer berre på"
        " samtykket ditt. Skal ei ny teneste inn, blir du spurd på nytt. Seier du nei, fell ingen"
        " tenester bort. Trekkjer du heile samtykket, blir loggen avslutta."
        "|Having a relay log is voluntary, and no law requires it: it rests on your consent alone."
        " If a new service is to join, you are asked again. If you say no, no service is taken"
        " away. If you withdraw all of your consent, the log is closed."
    ),
    PlanKind.FAMILY_PLAN: (
        "Det er frivillig å ha en familieplan. Familien har den samme retten til barnekoordinator"
        " uten den. Sier du nei, faller ingen tjenester bort. Planen gir heller ikke i seg selv"
        " rett til flere tjenester."
        "|Det er frivillig å ha ein familieplan. Familien har den same retten til barnekoordinator"
        " utan han. Seier du nei, fell ingen tenester bort. Planen gir heller ikkje i seg sjølv"
        " rett til fleire tenester."
        "|Having a family plan is voluntary. The family has the same right to a child coordinator"
        " without it. If you say no, no service is taken away. Nor does the plan in itself give a"
        " right to more services."
    ),
}


def _whole(of_the_kind: str) -> Text:
    parts = [
        said(one)
        for one in (WORKSPACE, FOR_WHOM, of_the_kind, WHO_SEES, CONFIDENTIALITY, WITHDRAWAL)
    ]
    return Text(
        nb="\n\n".join(one.nb for one in parts),
        nn="\n\n".join(one.nn for one in parts),
        en="\n\n".join(one.en for one in parts),
    )


TEXTS = {kind: _whole(text) for kind, text in OF_THE_KIND.items()}
