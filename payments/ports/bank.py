"""What a bank adapter, a statement reader and a simulated bank look like from the inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple, Protocol, runtime_checkable

from payments.domain.adapters import (
    Answer,
    Credentials,
    Declaration,
    Event,
    LinkOrder,
    OrderAnswer,
    OrderQuestion,
    OutgoingRequest,
    PayerReturn,
    PollPage,
    PollSpan,
    Registered,
)
from payments.domain.bank_messages import (
    BankReply,
    BankRequest,
    Statement,
    StatementFile,
    TransferNotice,
)
from payments.domain.column_mapping import ColumnMapping, TableHead


class BankAdapter(Protocol):
    """One provider's way of announcing transfers. Found by the entry point ``thuphi.adapters``.

    An adapter turns bytes into values and decides nothing about money. It holds no state: one value
    serves every centre and account. The steps come in this order, and the core does not look at
    what an earlier one has refused.
    """

    @property
    def name(self) -> str:
        """The adapter's name, as the entry point has it."""
        ...

    @property
    def declaration(self) -> Declaration:
        """How the provider proves itself, where its facts stand, its limits and how it polls."""
        ...

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove that the raw request comes from the provider.

        Nothing of the request is decided on before. Raises NotAuthenticated with the reason.
        """
        ...

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        """Read the events of an authenticated request. Raises Invalid naming the field."""
        ...

    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        """Build the provider's own form of an answer."""
        ...


@runtime_checkable
class PollingAdapter(Protocol):
    """An adapter whose provider can also be asked. It builds and reads; the core has the network.

    Its declaration says how often (``polling``).
    """

    def poll_request(
        self, span: PollSpan, account: str, credentials: Credentials
    ) -> OutgoingRequest:
        """Return the request for one page of an account's transfers."""
        ...

    def poll_page(self, body: bytes, span: PollSpan, credentials: Credentials) -> PollPage:
        """Read one page of the provider's answer. Raises Invalid naming the field."""
        ...


@runtime_checkable
class AnswersOrders(Protocol):
    """An adapter whose provider can be asked what became of one order."""

    def order_request(self, question: OrderQuestion, credentials: Credentials) -> OutgoingRequest:
        """Return the request that asks. Raises Invalid for a setting or secret that is missing."""
        ...

    def order_answer(self, body: bytes, credentials: Credentials) -> OrderAnswer | None:
        """Read a proven answer; None when the provider knows no payment for the order.

        Raises NotAuthenticated when the provider has not signed it, Invalid naming a field.
        """
        ...


@runtime_checkable
class TakesAddresses(Protocol):
    """An adapter whose provider is told by a call where to announce transfers."""

    def address_request(self, url: str, credentials: Credentials) -> OutgoingRequest:
        """Return the request that tells. Raises Invalid for a setting or key that is missing."""
        ...

    def address_answer(self, body: bytes) -> Registered:
        """Read the answer. Raises Invalid with what the provider says against the address."""
        ...


@runtime_checkable
class MakesLinks(Protocol):
    """An adapter whose provider makes pages on which one order is paid."""

    def link_request(self, order: LinkOrder, credentials: Credentials) -> OutgoingRequest:
        """Return the request for a page. Raises Invalid for what is missing or out of range."""
        ...

    def link_answer(self, body: bytes, order: LinkOrder, credentials: Credentials) -> str:
        """Return the page's address from a proven answer about this very order.

        Raises NotAuthenticated when the provider has not signed it, Invalid when it refuses.
        """
        ...


@runtime_checkable
class SendsPayersBack(Protocol):
    """An adapter whose provider sends the payer's browser back with a signed query."""

    def read_return(self, query: str, credentials: Credentials) -> PayerReturn:
        """Prove and read the raw query. Raises NotAuthenticated, or Invalid naming a field."""
        ...


@runtime_checkable
class CheckingAdapter(Protocol):
    """An adapter that can say before any request comes that it could not work as configured."""

    def check(self, credentials: Credentials) -> None:
        """Look at secrets and settings. Raises Invalid naming the one that cannot work."""
        ...


class StatementReader(Protocol):
    """A reader of one statement format. Found by the entry point ``thuphi.statements``."""

    @property
    def name(self) -> str:
        """The format's name, as the entry point has it."""
        ...

    def recognises(self, file_name: str, body: bytes) -> bool:
        """Say whether the file is of this format, by its content first."""
        ...

    def read(self, body: bytes) -> StatementFile:
        """Read the file. Raises InvalidFile or Invalid when it cannot be read at all."""
        ...


@runtime_checkable
class MapsColumns(Protocol):
    """A statement reader whose tables a person may explain, column by column."""

    def head(self, body: bytes) -> TableHead:
        """Return the first rows of a file's table. Raises Invalid when it cannot be read."""
        ...

    def read_mapped(self, body: bytes, mapping: ColumnMapping) -> StatementFile:
        """Read the file by a mapping. Raises InvalidFile or Invalid when it cannot be read."""
        ...


class Delivery(NamedTuple):
    """What a bank would send: the headers in order, the raw body, and how it is sent."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    method: str = "POST"
    path: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a provider and a centre agree on before a connection is opened.

    ``given`` are the secrets that the provider hands out, those of the way that are missing the
    centre draws; ``kept`` are the provider's own, such as the private half of its key.
    ``bank_bin`` are the six digits of the bank whose accounts it watches.
    """

    way: str
    bank_bin: str
    settings: Mapping[str, str]
    given: Mapping[str, str] = field(repr=False)
    kept: Mapping[str, str] = field(repr=False)


class BankSimulator(Protocol):
    """A pretended provider for the demo and the tests. Found by ``thuphi.bank_simulators``.

    It signs like the real one, and spoils texts as real banks do, by the random numbers given.
    """

    @property
    def name(self) -> str:
        """The name of the adapter that reads the simulator's deliveries."""
        ...

    def terms(self, declaration: Declaration, random: Random) -> Terms:
        """Return terms for the first way of the adapter, with secrets drawn from ``random``."""
        ...

    def mangle(
        self, text: str, random: Random, *, bank: str = "", at: datetime | None = None
    ) -> str:
        """Return the payer's text as the receiving bank would pass it on.

        ``bank`` picks one bank's shapes, empty any; ``at`` is the aware time some shapes repeat.
        """
        ...

    def delivery(self, notice: TransferNotice, credentials: Credentials, now: datetime) -> Delivery:
        """Return the signed request that announces the notice. Raises Invalid if it cannot."""
        ...

    def statement_file(self, statement: Statement) -> tuple[str, bytes]:
        """Return the name and the bytes of the file in which the bank hands out a statement."""
        ...


class ReadTable(Protocol):
    """Reads the first table of a CSV or XLSX file, whatever its encoding."""

    def __call__(self, file_name: str, body: bytes) -> list[list[str]]:
        """Return the rows as trimmed text, row 1 first. Raises Invalid or InvalidFile."""
        ...
