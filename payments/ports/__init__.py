"""What the use cases need from the world, as Protocols; fakes in tests are classes that fit."""

from payments.ports.bank import (
    BankAdapter,
    BankSimulator,
    CheckingAdapter,
    Delivery,
    MapsColumns,
    ReadTable,
    StatementReader,
    Terms,
)
from payments.ports.unit_of_work import OpenUnitOfWork, UnitOfWork
from payments.ports.world import Clock, Ids, Passwords, SecretBox, World

__all__ = [
    "BankAdapter",
    "BankSimulator",
    "CheckingAdapter",
    "Clock",
    "Delivery",
    "Ids",
    "MapsColumns",
    "OpenUnitOfWork",
    "Passwords",
    "ReadTable",
    "SecretBox",
    "StatementReader",
    "Terms",
    "UnitOfWork",
    "World",
]
