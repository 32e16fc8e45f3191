"""Entry point of every process: ``flask --app run COMMAND``, ``gunicorn run:app``."""

import lean

with lean.start():
    from app import create_app
    from config import UnsafeSettings

    try:
        app = create_app()
    except UnsafeSettings as refused:
        raise SystemExit(str(refused)) from None
