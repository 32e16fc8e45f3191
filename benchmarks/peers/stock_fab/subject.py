"""How stock Flask-AppBuilder is filled and walked through."""

import subprocess
import sys
from pathlib import Path

from benchmarks.data import EXPORTED_NAME, SEARCHED_NAME, SEARCHED_PREFIX
from benchmarks.database import Database
from benchmarks.server import ROOT
from benchmarks.subject import (
    PAGE_SIZE,
    RAW_EXPORT,
    Page,
    PlainRows,
    Program,
    Scale,
    Tour,
    load_plain,
)

PROGRAM = "benchmarks.peers.stock_fab.program"
ROW = r"/personview/show/(\d+)"


class StockFab:
    """Stock Flask-AppBuilder; filters 0 and 3 on a text are *starts with* and *equal to*."""

    title = "Stock Flask-AppBuilder"

    def prepare(self, database: Database, folder: Path, scale: Scale) -> Program:
        """Make the tables by the framework's own start, then load the people."""
        environment = {"BENCH_DATABASE_URL": database.url}
        command = [sys.executable, "-m", PROGRAM]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        load_plain(database, scale)
        return Program(f"{PROGRAM}:create_app()", environment, "/login/", "bench")

    def tour(self, database: Database, scale: Scale) -> Tour:
        """The pages, with what the database says they must show."""
        rows = PlainRows(database, scale)
        at = scale.deep_page * PAGE_SIZE
        list_page = "/personview/list/"
        deep = f"{list_page}?page_PersonView={scale.deep_page}"
        equals = f"{list_page}?_flt_3_family_name={SEARCHED_NAME}"
        prefix = f"{list_page}?_flt_0_family_name={SEARCHED_PREFIX}"
        return Tour(
            first=Page(list_page, ROW, PAGE_SIZE, (rows.row_at(0),)),
            deep=Page(deep, ROW, PAGE_SIZE, (rows.row_at(at),)),
            equals=Page(equals, rows.searched, PAGE_SIZE),
            prefix=Page(prefix, rows.prefixed, PAGE_SIZE),
            record=Page("/personview/show/7", r"\.7@example\.com", 1),
            edit=Page("/personview/edit/7", r'value="[^"]+\.7@example\.com', 1),
            choice=Page("/planview/add", r'<option value="(\d+)"', scale.persons),
            lookup=None,
            export=Page(
                f"/personview/export?_flt_3_given_name={EXPORTED_NAME}", r"\n", scale.exported + 1
            ),
            raw_export=RAW_EXPORT,
        )
