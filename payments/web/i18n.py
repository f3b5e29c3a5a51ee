"""The language of a page: asked for, remembered, or the browser's; else Vietnamese."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale
from flask_babel import gettext as translate

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_COOKIE = "thuphi_lang"
_ONE_YEAR_S = 365 * 24 * 60 * 60
_CATALOGUES = Path(__file__).parent / "translations"


def install(app: Flask) -> None:
    """Choose a language for each request and remember a choice made by ``?lang=``."""
    Babel(
        app,
        default_locale="vi",
        default_translation_directories=str(_CATALOGUES),
        locale_selector=choose_language,
    )
    app.after_request(remember_language)
    app.jinja_env.filters["translated"] = sentence_of
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, here_in=here_in)


def language() -> str:
    """Return the language of this page: ``vi`` or ``en``."""
    return str(get_locale() or "vi")


def sentence_of(msgid: str, **facts: object) -> str:
    """Return the sentence of a msgid in the language of this page, with its blanks filled."""
    return str(translate(msgid, **facts))


def N_(sentence: str) -> str:  # noqa: N802 -- the name that tools know for "translate this later".
    """Mark a sentence of a table for the catalogue; it is translated where it is shown."""
    return sentence


def choose_language() -> str:
    """Return the language asked for, remembered, or preferred by the browser."""
    for choice in (request.args.get("lang", ""), request.cookies.get(_COOKIE, "")):
        if choice in LANGUAGES:
            return choice
    # A browser that names neither language is answered in Vietnamese.
    return request.accept_languages.best_match(list(LANGUAGES), default="vi") or "vi"


def remember_language(response: Response) -> Response:
    """Keep a choice made in the address, so that the next page follows it."""
    choice = request.args.get("lang", "")
    if choice in LANGUAGES and request.cookies.get(_COOKIE) != choice:
        response.set_cookie(
            _COOKIE,
            choice,
            max_age=_ONE_YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    response.headers.add("Vary", "Accept-Language, Cookie")
    g.pop("_flask_babel", None)
    return response


def here_in(code: str) -> str:
    """Return the address of this page in another language."""
    args = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*args, ('lang', code)])}"
