"""What the use cases need from the world, as Protocols; fakes in tests are classes that fit."""

from payments.ports.bank import (
    AnswersOrders,
    BankAdapter,
    BankSimulator,
    CheckingAdapter,
    Delivery,
    MakesLinks,
    MapsColumns,
    ReadTable,
    SendsPayersBack,
    StatementReader,
    TakesAddresses,
    Terms,
)
from payments.ports.unit_of_work import OpenUnitOfWork, UnitOfWork
from payments.ports.world import Clock, Ids, Passwords, SecretBox, World

__all__ = [
    "AnswersOrders",
    "BankAdapter",
    "BankSimulator",
    "CheckingAdapter",
    "Clock",
    "Delivery",
    "Ids",
    "MakesLinks",
    "MapsColumns",
    "OpenUnitOfWork",
    "Passwords",
    "ReadTable",
    "SecretBox",
    "SendsPayersBack",
    "StatementReader",
    "TakesAddresses",
    "Terms",
    "UnitOfWork",
    "World",
]
