"""The demonstration logins: who they are and what they may."""

from dataclasses import dataclass
from datetime import date

from app.enums import Role

PASSWORD = "samvev-demo"
SINCE = date(2024, 8, 1)
ENDED_ON = date(2025, 7, 1)


@dataclass(frozen=True)
class Login:
    """A demonstration login. ``roles`` goes from the municipality's number to the role there.

    ``what`` tells, in the words printed at the start, what the login shows.
    """

    username: str
    what: str
    roles: dict[str, Role]
    is_central: bool = False
    is_withdrawn: bool = False
    has_ended: bool = False


LOGINS = (
    Login("sentral", "central administrator", {}, is_central=True),
    Login("lokal.strandvik", "local administrator, Strandvik", {"9901": Role.LOCAL_ADMINISTRATOR}),
    Login("lokal.fjellby", "local administrator, Fjellby", {"9902": Role.LOCAL_ADMINISTRATOR}),
    Login("koordinator.strandvik", "coordinator, Strandvik", {"9901": Role.COORDINATOR}),
    Login("koordinator.fjellby", "coordinator, Fjellby", {"9902": Role.COORDINATOR}),
    Login("planeier", "plan owner, 16 years, Strandvik", {"9901": Role.PARTICIPANT}),
    Login("foresatt", "parent of a child in Strandvik", {"9901": Role.PARTICIPANT}),
    Login(
        "larer",
        "teacher in Strandvik and Fjellby, one login",
        {"9901": Role.PARTICIPANT, "9902": Role.PARTICIPANT},
    ),
    Login(
        "utgatt", "participation ended: sees nothing", {"9901": Role.PARTICIPANT}, has_ended=True
    ),
    Login(
        "sperret",
        "account withdrawn: can't sign in",
        {"9901": Role.PARTICIPANT},
        is_withdrawn=True,
    ),
)
