"""How amounts, days and times look on a page."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from payments.domain.business_day import local
from payments.domain.money import in_digits, in_words

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"


def install(app: Flask) -> None:
    """Give the templates the filters ``money``, ``number``, ``words``, ``day`` and ``moment``."""
    app.jinja_env.filters.update(
        money=money, number=number, words=in_words, day=day, moment=moment, clock=clock
    )


def money(amount: int) -> str:
    """Write đồng: 594.462.000 ₫, with a minus sign for money that is missing."""
    return f"{number(amount)}{_NO_BREAK_SPACE}₫"


def number(value: int) -> str:
    """Write a whole number with a full stop between thousands."""
    return f"{_MINUS}{in_digits(-value)}" if value < 0 else in_digits(value)


def day(value: date | None) -> str:
    """Write a day: 09/03/2021. An instant is taken in Vietnamese time."""
    if value is None:
        return ""
    return (local(value) if isinstance(value, datetime) else value).strftime("%d/%m/%Y")


def moment(value: datetime | None) -> str:
    """Write an instant in Vietnamese time: 09/03/2021 09:05."""
    return local(value).strftime("%d/%m/%Y %H:%M") if value else ""


def clock(value: datetime | None) -> str:
    """Write the time of day of an instant in Vietnamese time: 09:05."""
    return local(value).strftime("%H:%M") if value else ""
