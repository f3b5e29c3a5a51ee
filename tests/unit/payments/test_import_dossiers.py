"""A list of dossiers comes in whole or not at all, whoever hands it in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payments.domain.dossiers import DossierSource
from payments.domain.errors import InvalidFile
from payments.services.import_dossiers import import_dossiers
from payments.services.register_dossiers import Registered
from payments.wiring import Wiring
from tests.makers import MadeCentre

HEADER = ["code", "procedure", "applicant", "second_factor", "received_on", "fees"]
ONE = ["000.16.57.H57-210309-0001", "1.001", "Nguyễn Văn An", "1234", "2021-03-09", ""]
TWO = ["000.16.57.H57-210309-0002", "1.002", "Trần Thị Bình", "5678", "2021-03-09", "F3:3"]


def bring_in(wiring: Wiring, centre: MadeCentre, *rows: list[str]) -> list[Registered]:
    return import_dossiers(
        wiring.open_uow,
        wiring.world,
        centre.actor,
        [HEADER, *rows],
        asks_all=True,
        expires_in=timedelta(days=3),
    )


def test_every_row_is_registered_as_from_a_file_and_asks_in_time(
    wiring: Wiring, centre: MadeCentre
) -> None:
    done = bring_in(wiring, centre, ONE, TWO)

    assert {item.dossier.source for item in done} == {DossierSource.FILE}
    requests = [item.standing.request for item in done if item.standing]
    assert [request.total for request in requests] == [475_000, 24_000]
    assert {request.expires_at - request.issued_at for request in requests} == {timedelta(days=3)}


def test_what_was_brought_in_is_there_for_the_next_import(
    wiring: Wiring, centre: MadeCentre
) -> None:
    bring_in(wiring, centre, ONE)

    again = bring_in(wiring, centre, ONE, TWO)

    assert [item.is_new for item in again] == [False, True]


@pytest.mark.parametrize(
    ("procedure", "code"), [("9.999", "procedure_unknown"), ("", "cell_empty")]
)
def test_one_wrong_row_keeps_all_out_and_is_named(
    wiring: Wiring, centre: MadeCentre, procedure: str, code: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        bring_in(wiring, centre, ONE, [TWO[0], procedure, *TWO[2:]])

    assert [(one.where, one.code) for one in refused.value.problems] == [("3", code)]
    assert [item.is_new for item in bring_in(wiring, centre, ONE)] == [True]
