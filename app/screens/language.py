"""Which language a page is in: the person's own choice, then the browser's, then bokmål."""

from flask import Flask, g, has_request_context, request, session
from flask_babel import get_locale

from app.enums import Language
from config import ROOT

LANGUAGES = {
    Language.NB: "Bokmål",
    Language.NN: "Nynorsk",
    Language.EN: "English",
}
CHOSEN = "language"


def prepare(app: Flask) -> None:
    """Tell Flask-Babel where the catalogues are, before Flask-AppBuilder starts it."""
    app.config["BABEL_DEFAULT_LOCALE"] = Language.NB.value
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Oslo"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    app.config["LANGUAGES"] = {
        language.value: {"name": name, "flag": ""} for language, name in LANGUAGES.items()
    }


def install(app: Flask) -> None:
    """Choose the language our way, and offer it to every template."""
    app.extensions["babel"].locale_selector = select
    app.jinja_env.globals.update(get_locale=get_locale, languages=LANGUAGES)


def select() -> str:
    """The language of this request."""
    if not has_request_context():
        return Language.NB.value
    if "language" not in g:
        g.language = _chosen() or _of_browser()
    return str(g.language)


def _chosen() -> str | None:
    chosen = session.get(CHOSEN)
    return chosen if chosen in {language.value for language in LANGUAGES} else None


def _of_browser() -> str:
    """Browsers that ask for ``no`` mean bokmål."""
    for accepted in request.accept_languages.values():
        short = accepted.lower().partition("-")[0]
        if short == "no":
            return Language.NB.value
        if short in {language.value for language in LANGUAGES}:
            return short
    return Language.NB.value
