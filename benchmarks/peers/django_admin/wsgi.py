"""What gunicorn serves: the panel, and the files of its pages as WhiteNoise gives them."""
# mypy: disable-error-code="import-untyped"

from pathlib import Path

from django.contrib import admin
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

application = WhiteNoise(
    get_wsgi_application(), root=Path(admin.__file__).parent / "static", prefix="static/"
)
