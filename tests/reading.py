"""Reading what an answer says, also where it is a packed file."""

import io
import zipfile


def text_of(answer):
    """All the text of an answer; of a workbook, that of every file in it."""
    data = answer.get_data()
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
