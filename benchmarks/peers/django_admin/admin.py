"""The register in Django admin, by its own documentation.

Units joined in, persons chosen by autocomplete, searching by ``startswith`` with an index for it,
one municipality by ``get_queryset``, the export a streamed view. No filter column: it would render
every unit on each list page, and the address filters without it.
"""
# mypy: disable-error-code="import-untyped, misc"

import csv
import os
from collections.abc import Iterator

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path

from benchmarks.peers.django_admin.models import Person, Plan, Unit
from benchmarks.subject import EXPORT_COLUMNS, FORM_COLUMNS, PAGE_SIZE


class Line:
    """A file that gives back what is written to it, as Django's documentation streams CSV."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value


class OneMunicipality(admin.ModelAdmin):
    """Rows of municipality 1.

    Without the count of all rows on each page: the setting that is faster (measured both ways).
    """

    show_full_result_count = bool(os.environ.get("BENCH_FULL_COUNT"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The rows of the one municipality."""
        return super().get_queryset(request).filter(municipality_id=1)


@admin.register(Unit)
class UnitAdmin(OneMunicipality):
    """Units."""

    list_display = ["name"]
    fields = ["name"]
    search_fields = ["name"]


@admin.register(Person)
class PersonAdmin(OneMunicipality):
    """Persons."""

    list_display = ["family_name", "given_name", "birth_date", "email", "phone", "unit"]
    list_select_related = ["unit"]
    list_per_page = PAGE_SIZE
    ordering = ["family_name", "id"]
    search_fields = ["family_name__startswith"]
    fields = [*FORM_COLUMNS]

    def get_urls(self) -> list[URLPattern]:
        """The admin's own addresses and the export's."""
        export = path("export/", self.admin_site.admin_view(self.export))
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """The filtered list as CSV, streamed."""
        rows = self.get_changelist_instance(request).get_queryset(request)
        return StreamingHttpResponse(_lines(rows), content_type="text/csv")


@admin.register(Plan)
class PlanAdmin(OneMunicipality):
    """Plans; the person is looked up while typing."""

    list_display = ["title"]
    autocomplete_fields = ["person"]
    fields = ["title", "person"]


def _lines(rows: QuerySet) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(EXPORT_COLUMNS)
    names = ["unit__name" if field == "unit" else field for field in EXPORT_COLUMNS]
    for row in rows.values_list(*names).iterator():
        yield writer.writerow(row)
