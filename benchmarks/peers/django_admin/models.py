"""The register's tables in Django."""
# mypy: disable-error-code="import-untyped, misc"

from django.conf import settings
from django.db import models

# A collation under which ``LIKE 'x%'`` and the list's order both go by the index.
_IS_SQLITE = "sqlite" in settings.DATABASES["default"]["ENGINE"]
NAME_COLLATION = "NOCASE" if _IS_SQLITE else "C"


class Unit(models.Model):
    """A place of work."""

    municipality_id = models.IntegerField(default=1)
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "unit"

    def __str__(self) -> str:
        return str(self.name)


class Person(models.Model):
    """A person in one municipality."""

    municipality_id = models.IntegerField(default=1)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, db_collation=NAME_COLLATION)
    birth_date = models.DateField()
    national_id = models.CharField(max_length=11)
    email = models.EmailField(max_length=200)
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=4)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)

    class Meta:
        db_table = "person"
        indexes = [
            models.Index(fields=["municipality_id", "family_name", "id"], name="ix_person_name"),
            models.Index(fields=["municipality_id", "given_name"], name="ix_person_given"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class Plan(models.Model):
    """A plan for one person."""

    municipality_id = models.IntegerField(default=1)
    title = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        db_table = "plan"
