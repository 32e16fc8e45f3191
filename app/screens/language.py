"""Which language a page is in, and where its texts come from.

In order: what the holder of the login chose, what the person prefers, what the browser asks for,
bokmål. North Sámi holds the texts that we are sure of; all others are bokmål there, and ``tongue``
tells a page which are which.
"""

from collections.abc import Mapping
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Domain, format_decimal, get_locale, get_translations, ngettext
from flask_wtf import FlaskForm

from app.enums import Language
from config import ROOT

LANGUAGES: Mapping[Language, str] = {
    Language.NB: "Bokmål",
    Language.NN: "Nynorsk",
    Language.SE: "Davvisámegiella",
    Language.EN: "English",
}
CODES = frozenset(language.value for language in LANGUAGES)
CHOSEN = "language"
OF_PERSON = "language_of_person"
FOLDER = ROOT / "translations"
STANDS_IN: Mapping[str, str] = {Language.SE.value: Language.NB.value}
"""The languages that are translated in part, and the one that lends them the rest."""
NOTES: Mapping[str, tuple[tuple[str, str], ...]] = {
    Language.SE.value: (
        (Language.SE.value, "Dušše oassi teavsttain lea davvisámegillii."),
        (
            Language.NB.value,
            "Bare noen av tekstene er oversatt til nordsamisk. Resten er på bokmål.",
        ),
    )
}
"""What a page says, in which languages, when its language is translated in part."""


class Texts(Domain):
    """The texts of our catalogues, with those that a language lacks borrowed from another."""

    def get_translations(self) -> NullTranslations:
        """The texts of the language of this request, which a page asks for hundreds of times."""
        locale = get_locale()
        known: NullTranslations | None = self.cache.get(locale)
        if known is not None:
            return known
        found: Translations = super().get_translations()
        lender = STANDS_IN.get(str(locale))
        if lender is not None and found._fallback is None:
            found.add_fallback(Translations.load(FOLDER, [lender]))
        if locale is not None:
            self.cache[locale] = found
        return found

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """The text for one or for many, with the number as the language writes it."""
        variables.setdefault("num", format_decimal(num))
        return str(self.get_translations().ungettext(singular, plural, num)) % variables


class FormTexts:
    """The texts of WTForms, whose own catalogues lack nynorsk and Sámi, from our catalogues."""

    def gettext(self, text: str) -> str:
        """A text in the language of this request."""
        return str(get_translations().ugettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The text for one or for many."""
        return str(get_translations().ungettext(one, many, number))


def prepare(app: Flask) -> None:
    """Tell Flask-Babel where the catalogues are, before Flask-AppBuilder starts it."""
    app.config["BABEL_DEFAULT_LOCALE"] = Language.NB.value
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Oslo"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    app.config["LANGUAGES"] = {
        language.value: {"name": name, "flag": ""} for language, name in LANGUAGES.items()
    }


def install(app: Flask) -> None:
    """Choose the language our way, and offer it to every template."""
    babel = app.extensions["babel"]
    babel.locale_selector = select
    babel.instance.domain_instance = Texts(str(FOLDER))
    app.extensions["samvev_own_texts"] = {
        code: frozenset(
            text for key, text in Translations.load(FOLDER, [code])._catalog.items() if key
        )
        for code in STANDS_IN
    }
    app.jinja_env.globals.update(
        get_locale=get_locale,
        languages=LANGUAGES,
        page_language=page_language,
        partial_note=partial_note,
        tongue=tongue,
        # Jinja's own writes the number without the language's thousands.
        ngettext=ngettext,
    )
    macros: Any = app.jinja_env.get_template("_words.html").module
    app.jinja_env.globals.update(said=macros.said)
    FlaskForm.Meta.get_translations = lambda _meta, _form: FormTexts()


def select() -> str:
    """The language of this request."""
    if not has_request_context():
        return Language.NB.value
    if "language" not in g:
        g.language = _kept(CHOSEN) or _kept(OF_PERSON) or _of_browser()
    return str(g.language)


def speak(chosen: Language | None, of_person: Language | None) -> None:
    """Keep in the session what the login's holder chose, and what the person prefers here."""
    for key, value in ((CHOSEN, chosen), (OF_PERSON, of_person)):
        if value is not None:
            session[key] = value.value
        elif key == OF_PERSON:
            session.pop(key, None)
    g.pop("language", None)


def page_language() -> str:
    """The language that most of a page is in: the lender's, where a language is only begun."""
    spoken = str(get_locale())
    return STANDS_IN.get(spoken, spoken)


def tongue(text: object) -> str | None:
    """The language to mark ``text`` with, when it is another than the page's."""
    spoken = str(get_locale())
    own = current_app.extensions["samvev_own_texts"].get(spoken, ())
    return spoken if str(text) in own else None


def partial_note() -> tuple[tuple[str, str], ...]:
    """(language, text) of the note that the page is translated in part; empty when it is whole."""
    return NOTES.get(str(get_locale()), ())


def _kept(key: str) -> str | None:
    kept = session.get(key)
    return kept if kept in CODES else None


def _of_browser() -> str:
    """Browsers that ask for ``no`` mean bokmål."""
    for accepted in request.accept_languages.values():
        short = accepted.lower().partition("-")[0]
        if short == "no":
            return Language.NB.value
        if short in CODES:
            return short
    return Language.NB.value
