"""Files with standard roles and templates, for other municipalities and for changing elsewhere."""

from app.audit import log
from app.enums import SetUpKind
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.templating import file_content, shelf
from app.templating.file_content import File, RoleFile, SetFile, TemplateFile
from app.templating.shelf import Head


def one(actor: Actor, head: Head) -> File | None:
    """What is in use of one, or its draft when it was never published."""
    policy.require(actor, Action.EXPORT, head)
    said = shelf.in_use(head) or shelf.drafted(head)
    if said is None:
        return None
    kind = shelf.resource(actor, shelf.kind(head))
    log.record(actor, f"{kind}:exported", head)
    return file_content.piece(head.key or "x", said)


def everything(actor: Actor) -> SetFile:
    """All that stands here and is not retired."""
    files: list[RoleFile | TemplateFile] = []
    for what in SetUpKind:
        kind = shelf.resource(actor, what)
        policy.require_open(actor, Action.EXPORT, kind)
        heads = shelf.standing(actor, what)
        said = shelf.in_use_of(heads)
        files += [
            file_content.piece(h.key or f"x_{n}", said[h.id])
            for n, h in enumerate(heads)
            if h.id in said
        ]
        log.record(actor, f"{kind}:exported")
    return SetFile(
        roles=tuple(one for one in files if isinstance(one, RoleFile)),
        templates=tuple(one for one in files if isinstance(one, TemplateFile)),
    )
