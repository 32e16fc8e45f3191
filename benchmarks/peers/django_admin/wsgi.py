"""What gunicorn serves."""
# mypy: disable-error-code="import-untyped"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
