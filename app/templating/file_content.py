"""What stands in a file that municipalities share: one standard role, one template, or a set.

``form`` tells which. A file says what the database says, and besides its key, by which it is known
again. Nothing in it is ever evaluated.
"""

import json
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, TypeAdapter

from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent
from app.templating.texts import Content, Key

MOST_IN_SET = 500
ADDRESS = Field("", alias="$schema", max_length=2000)
"""Where the schema of the file stands, for programs that help people write one."""


class RoleFile(RoleContent):
    """A standard role in a file."""

    address: str = ADDRESS
    key: Key

    @property
    def content(self) -> RoleContent:
        """What it says."""
        return RoleContent.model_validate(self.model_dump(exclude={"address", "key"}))


class TemplateFile(TemplateContent):
    """A template in a file."""

    address: str = ADDRESS
    key: Key

    @property
    def content(self) -> TemplateContent:
        """What it says."""
        return TemplateContent.model_validate(self.model_dump(exclude={"address", "key"}))


class SetFile(Content):
    """Several standard roles and templates in a file."""

    form: Literal["samvev-set/1"] = "samvev-set/1"
    address: str = ADDRESS
    roles: tuple[RoleFile, ...] = Field((), max_length=MOST_IN_SET)
    templates: tuple[TemplateFile, ...] = Field((), max_length=MOST_IN_SET)


Piece = RoleFile | TemplateFile
File = Piece | SetFile

FORMS: dict[str, type[File]] = {
    "samvev-standard-role/1": RoleFile,
    "samvev-template/1": TemplateFile,
    "samvev-set/1": SetFile,
}


def piece(key: str, content: RoleContent | TemplateContent) -> Piece:
    """A standard role or a template as it stands in a file."""
    model = RoleFile if isinstance(content, RoleContent) else TemplateFile
    return model.model_validate(content.model_dump() | {"key": key})


def pieces(file: File) -> tuple[Piece, ...]:
    """Everything in a file, standard roles first: templates name them."""
    if isinstance(file, RoleFile | TemplateFile):
        return (file,)
    return (*file.roles, *file.templates)


def as_text(file: File, schema_address: str) -> str:
    """A file as it is written, for people to read and change."""
    said = file.model_dump(mode="json", by_alias=True)
    for name in ("roles", "templates"):
        said |= {name: [_key_first(one) for one in said[name]]} if name in said else {}
    begin = {"$schema": schema_address}
    return json.dumps(begin | _key_first(said), ensure_ascii=False, indent=2) + "\n"


def _key_first(said: dict[str, Any]) -> dict[str, Any]:
    """What stands in a file with what tells it apart at the top."""
    top = {name: said[name] for name in ("form", "key") if name in said}
    return top | {name: value for name, value in said.items() if name not in (*top, "$schema")}


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON schema of files, of all kinds."""
    file: TypeAdapter[Any] = TypeAdapter(
        Annotated[RoleFile | TemplateFile | SetFile, Discriminator("form")]
    )
    made = file.json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
