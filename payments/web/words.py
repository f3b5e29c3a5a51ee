"""The words for states and kinds, as they stand on the screen, and the colour of their badges."""

from __future__ import annotations

from enum import StrEnum

from flask import Flask

from payments.domain.bank_messages import ReplyKind
from payments.domain.fees import Channel, FeeKind, PayerClass
from payments.domain.outgoing import MessageState
from payments.domain.receipts import PaymentMethod, SeriesKind
from payments.domain.requests import RequestState
from payments.domain.staff import Role
from payments.domain.transfers import Outcome, Teller
from payments.web.i18n import N_, sentence_of

# Members of different kinds may be equal as text, so each word is kept under its kind as well.
WORDS: dict[tuple[type[StrEnum], str], str] = {
    (RequestState, RequestState.OPEN): N_("Waiting for payment"),
    (RequestState, RequestState.SHORT): N_("Partly received"),
    (RequestState, RequestState.PAID): N_("Paid"),
    (RequestState, RequestState.EXEMPT): N_("Nothing to pay"),
    (RequestState, RequestState.EXPIRED): N_("Expired"),
    (RequestState, RequestState.CANCELLED): N_("Cancelled"),
    (FeeKind, FeeKind.PHI): N_("Service fee (phí)"),
    (FeeKind, FeeKind.LE_PHI): N_("State charge (lệ phí)"),
    (Channel, Channel.ANY): N_("All channels"),
    (Channel, Channel.COUNTER): N_("At the counter"),
    (Channel, Channel.ONLINE): N_("Online"),
    (Channel, Channel.POST): N_("By post"),
    (PayerClass, PayerClass.ANY): N_("Everyone"),
    (PayerClass, PayerClass.CITIZEN): N_("Citizen"),
    (PayerClass, PayerClass.ENTERPRISE): N_("Enterprise"),
    (PayerClass, PayerClass.HOUSEHOLD_BUSINESS): N_("Household business"),
    (PayerClass, PayerClass.POOR_HOUSEHOLD): N_("Poor household"),
    (PayerClass, PayerClass.MERIT): N_("Person of merit"),
    (PayerClass, PayerClass.DISABLED): N_("Person with a disability"),
    (PayerClass, PayerClass.ELDERLY): N_("Elderly person"),
    (PayerClass, PayerClass.CHILD): N_("Child"),
    (PaymentMethod, PaymentMethod.CASH): N_("Cash"),
    (PaymentMethod, PaymentMethod.TRANSFER): N_("Bank transfer"),
    (PaymentMethod, PaymentMethod.MIXED): N_("Cash and bank transfer"),
    (PaymentMethod, PaymentMethod.NONE): N_("No payment needed"),
    (SeriesKind, SeriesKind.PHI): N_("Service fee (phí)"),
    (SeriesKind, SeriesKind.LE_PHI): N_("State charge (lệ phí)"),
    (SeriesKind, SeriesKind.EXEMPT): N_("Exemption"),
    (Role, Role.CASHIER): N_("Cashier"),
    (Role, Role.FINANCE): N_("Finance officer"),
    (Role, Role.ADMINISTRATOR): N_("Administrator"),
    (Role, Role.AUDITOR): N_("Auditor"),
    (Outcome, Outcome.EXACT): N_("Exact amount"),
    (Outcome, Outcome.SHORT): N_("Too little"),
    (Outcome, Outcome.OVER): N_("Too much"),
    (Outcome, Outcome.LATE): N_("Late"),
    (Outcome, Outcome.TWICE): N_("Paid twice"),
    (Outcome, Outcome.UNKNOWN): N_("Purpose unknown"),
    (Outcome, Outcome.CANCELLED): N_("For a cancelled request"),
    (Outcome, Outcome.REVERSED): N_("Reversed by the bank"),
    (Outcome, Outcome.OUTGOING): N_("Outgoing"),
    (ReplyKind, ReplyKind.ACCEPTED): N_("Taken in"),
    (ReplyKind, ReplyKind.REPEATED): N_("Repeat"),
    (ReplyKind, ReplyKind.UNKNOWN_REFERENCE): N_("No request known"),
    (ReplyKind, ReplyKind.WRONG_AMOUNT): N_("Another amount"),
    (ReplyKind, ReplyKind.UNREADABLE): N_("Unreadable"),
    (MessageState, MessageState.WAITING): N_("To be sent"),
    (MessageState, MessageState.DELIVERED): N_("Delivered"),
    (MessageState, MessageState.GIVEN_UP): N_("Given up"),
    (Teller, Teller.WEBHOOK): N_("Bank message"),
    (Teller, Teller.POLL): N_("Bank inquiry"),
    (Teller, Teller.STATEMENT): N_("Bank statement"),
    (Teller, Teller.PERSON): N_("Entered by a person"),
}

_COLOURS: dict[str, str] = {
    "open": "waiting",
    "short": "attention",
    "over": "attention",
    "late": "attention",
    "twice": "attention",
    "unknown": "attention",
    "paid": "good",
    "exact": "good",
    "exempt": "good",
    "accepted": "good",
    "delivered": "good",
    "waiting": "waiting",
    "given_up": "bad",
    "imported": "good",
    "quarantined": "bad",
    "reversed": "bad",
    "unreadable": "bad",
    "unknown_reference": "attention",
    "wrong_amount": "attention",
    "expired": "quiet",
    "cancelled": "quiet",
}


def install(app: Flask) -> None:
    """Give the templates the filters ``word`` and ``colour``."""
    app.jinja_env.filters.update(word=word, colour=colour)


def word(value: StrEnum) -> str:
    """Return the word for a state or kind in the language of this page."""
    msgid = WORDS.get((type(value), value))
    return str(value) if msgid is None else sentence_of(msgid)


def colour(value: StrEnum | str) -> str:
    """Return the badge's colour: good, waiting, attention, bad or quiet."""
    return _COLOURS.get(str(value), "quiet")
