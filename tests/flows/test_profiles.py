"""What a person said of columns is corrected by further facts, and the newest word counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from payments.domain.column_mapping import ColumnMapping, Meaning
from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from reconciliation.domain.statements import FileVerdict, StatementProfile
from reconciliation.services.import_mapped import import_mapped
from reconciliation.services.manage_profiles import (
    end_profile,
    open_profile,
    preview_profile,
    remake_profile,
    rename_profile,
)
from reconciliation.store.profiles import ProfileRow
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import Stage

ROWS = "alpha;beta;gamma;delta\n2021-03-09;nop phi {n};50000;A{n}\n2021-03-09;rut;-5000;B{n}\n"
PLACES = ((Meaning.DATE, 0), (Meaning.TEXT, 1), (Meaning.AMOUNT, 2))


def mapping(stage: Stage, *more: tuple[Meaning, int]) -> ColumnMapping:
    return ColumnMapping((*PLACES, *more), 2, stage.made.account.account_number)


def made(stage: Stage) -> StatementProfile:
    """Name the columns of an unknown file, and return what is kept of it."""
    kept = stage.import_file(ROWS.format(n=1).encode())
    with SqlBooks(stage.wiring.engine) as uow:
        import_mapped(
            uow,
            stage.wiring.world,
            stage.finance,
            stage.wiring.statement_readers,
            kept.file_id,
            mapping(stage),
            "Kế toán",
        )
        uow.commit()
    stage.clock.move(minutes=1)
    return listed(stage)[0].profile


def listed(stage: Stage) -> list[ProfileRow]:
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        return uow.profiles.all(stage.centre_id)


def does(stage: Stage, work: Callable[[SqlBooks, Actor], object]) -> object:
    with SqlBooks(stage.wiring.engine) as uow:
        result = work(uow, stage.finance)
        uow.commit()
    stage.clock.move(minutes=1)
    return result


def end(stage: Stage, profile: StatementProfile) -> None:
    does(stage, lambda uow, who: end_profile(uow, stage.wiring.world, who, profile.profile_id))


def rename(stage: Stage, profile: StatementProfile, name: str) -> None:
    does(
        stage,
        lambda uow, who: rename_profile(uow, stage.wiring.world, who, profile.profile_id, name),
    )


def remake(stage: Stage, profile: StatementProfile, wanted: ColumnMapping) -> object:
    readers = stage.wiring.statement_readers
    return does(
        stage,
        lambda uow, who: remake_profile(
            uow, stage.wiring.world, who, readers, profile.profile_id, wanted, "Mới"
        ),
    )


def test_another_name_is_a_fact_beside_the_first(stage: Stage) -> None:
    profile = made(stage)

    rename(stage, profile, "Sổ phụ")
    rename(stage, profile, "Sổ phụ 2021")

    row = listed(stage)[0]
    assert (row.name, row.profile.name, row.is_read_by) == ("Sổ phụ 2021", "Kế toán", True)
    assert row.change is not None
    assert row.change.number == 2
    assert stage.count("profile_changes") == 2


def test_what_is_ended_reads_no_more_files_and_takes_no_more_words(stage: Stage) -> None:
    profile = made(stage)

    end(stage, profile)

    assert stage.import_file(ROWS.format(n=2).encode()).verdict is FileVerdict.QUARANTINED
    assert [row.is_read_by for row in listed(stage)] == [False]
    with pytest.raises(Conflict, match="profile_ended"):
        end(stage, profile)
    with pytest.raises(Conflict, match="profile_ended"):
        rename(stage, profile, "x")


def test_a_new_one_made_of_an_old_one_reads_the_next_file(stage: Stage) -> None:
    profile = made(stage)

    remake(stage, profile, mapping(stage, (Meaning.REFERENCE, 3)))

    result = stage.import_file(ROWS.format(n=2).encode())
    assert result.entries_new == 2
    assert [(row.name, row.is_read_by) for row in listed(stage)] == [
        ("Mới", True),
        ("Kế toán", False),
    ]
    assert stage.count("statement_profiles") == 2


def test_an_older_one_does_not_come_back_when_the_newest_ends(stage: Stage) -> None:
    profile = made(stage)
    remade = remake(stage, profile, mapping(stage, (Meaning.REFERENCE, 3)))
    assert isinstance(remade, StatementProfile)

    end(stage, remade)

    assert stage.import_file(ROWS.format(n=2).encode()).verdict is FileVerdict.QUARANTINED


def test_columns_by_which_the_file_cannot_be_read_change_nothing(stage: Stage) -> None:
    profile = made(stage)
    wrong = ColumnMapping(((Meaning.DATE, 1), (Meaning.AMOUNT, 2)), 2, "0123499999")

    assert remake(stage, profile, wrong) is None

    assert stage.count("statement_profiles") == 1
    assert stage.count("profile_changes") == 0


def test_the_preview_says_what_the_file_says_though_the_books_know_it(stage: Stage) -> None:
    profile = made(stage)
    readers = stage.wiring.statement_readers
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        opened = open_profile(uow, stage.centre_id, readers, profile.profile_id)

    preview = preview_profile(readers, opened, opened.mapping)

    assert (dict(opened.mapping.places), opened.mapping.first_row) == (dict(PLACES), 2)
    assert [entry.amount for entry in preview.statements[0].entries] == [50_000, 5_000]
    assert preview.problems == []


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_name_is_needed_and_is_not_endless(stage: Stage, name: str) -> None:
    profile = made(stage)

    with pytest.raises(Invalid, match="field_missing"):
        rename(stage, profile, name)
