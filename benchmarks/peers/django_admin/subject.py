"""How Django admin is filled and walked through."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.data import EXPORTED_NAME, SEARCHED_NAME, SEARCHED_PREFIX
from benchmarks.database import Database
from benchmarks.server import ROOT
from benchmarks.subject import (
    PAGE_SIZE,
    PASSWORD,
    RAW_EXPORT,
    Page,
    PlainRows,
    Program,
    Scale,
    Tour,
    load_plain,
)

APP = "benchmarks.peers.django_admin"
ROW = r"/person/(\d+)/change/"


class DjangoAdmin:
    """Django admin; its search box searches by *starts with*, its query string by *equals*."""

    title = "Django admin"

    def prepare(self, database: Database, folder: Path, scale: Scale) -> Program:
        """Make the tables and the user with Django's own commands, then load the people."""
        environment = {
            "BENCH_DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": f"{APP}.settings",
            "BENCH_FULL_COUNT": os.environ.get("BENCH_FULL_COUNT", ""),
        }
        user = {
            "DJANGO_SUPERUSER_USERNAME": "bench",
            "DJANGO_SUPERUSER_EMAIL": "bench@example.com",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        for arguments in (["migrate", "--run-syncdb"], ["createsuperuser", "--noinput"]):
            command = [sys.executable, "-m", "django", *arguments]
            subprocess.run(
                command, cwd=ROOT, env={**environment, **user}, check=True, capture_output=True
            )
        load_plain(database, scale)
        return Program(f"{APP}.wsgi:application", environment, "/admin/login/", "bench")

    def tour(self, database: Database, scale: Scale) -> Tour:
        """The pages, with what the database says they must show."""
        rows = PlainRows(database, scale)
        at = scale.deep_page * PAGE_SIZE
        base = "/admin/django_admin"
        list_page = f"{base}/person/"
        lookup = "?app_label=django_admin&model_name=plan&field_name=person&term="
        return Tour(
            first=Page(list_page, ROW, PAGE_SIZE, (rows.row_at(0),)),
            deep=Page(f"{list_page}?p={scale.deep_page + 1}", ROW, PAGE_SIZE, (rows.row_at(at),)),
            equals=Page(f"{list_page}?family_name={SEARCHED_NAME}", rows.searched, PAGE_SIZE),
            prefix=Page(f"{list_page}?q={SEARCHED_PREFIX}", rows.prefixed, PAGE_SIZE),
            record=Page(f"{list_page}7/change/", r"\.7@example\.com", 1),
            edit=Page(f"{list_page}7/change/", r'value="[^"]+\.7@example\.com', 1),
            choice=Page(f"{base}/plan/add/", r'<select name="person"', 1, ("admin-autocomplete",)),
            lookup=Page(
                f"/admin/autocomplete/{lookup}{SEARCHED_PREFIX}",
                rf'"id": "(\d+)", "text": "{SEARCHED_PREFIX}',
                20,
            ),
            export=Page(
                f"{list_page}export/?given_name={EXPORTED_NAME}", r"\n", scale.exported + 1
            ),
            raw_export=RAW_EXPORT,
        )
