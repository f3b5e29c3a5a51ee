"""A centre is set up on the command line from nothing to its first payment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.answers import Run, answer
from tests.sources import ROOT


def test_a_centre_is_created_with_account_and_counter(run: Run, created: str) -> None:
    assert run("centre", "list").stdout == "HTR\tHTR\tTrung tâm HCC Hương Trà\n"
    assert run("centre", "account", "list").stdout.endswith("\t0123499999\tTT HCC\tcollecting\n")
    assert "/display/" in run("centre", "counter", "add", "Quầy 1").stdout


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("--unit-code", "57", "code_malformed"),
        ("--prefix", "H1", "prefix"),
        ("--name", " ", "text_length_wrong"),
        ("--tax-code", "12", "code_malformed"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_created(
    run: Run, name: str, value: str, code: str
) -> None:
    options = {"--name": "A", "--address": "B", "--unit-code": "H57", "--prefix": "HTR"}
    words = [word for pair in (options | {name: value}).items() for word in pair]

    result = run("centre", "create", "HTR", *words, status=1)

    assert code in result.output
    assert run("centre", "list").stdout == ""


def test_a_second_account_is_not_the_collecting_one(run: Run, created: str) -> None:
    added = run(
        "centre", "account", "add", "--bank", "970422", "--number", "1", "--holder", "TT HCC"
    )

    assert added.stdout.endswith("\tother\n")


def test_the_same_account_cannot_be_added_twice(run: Run, created: str) -> None:
    result = run(
        "centre", "account", "add", "--bank", "970436", "--number", "0123499999", "--holder", "X",
        status=1,
    )  # fmt: skip

    assert "account_exists" in result.output


def test_a_key_is_made_listed_and_revoked(run: Run, created: str) -> None:
    made = answer(run("api-key", "new", "Một cửa điện tử"))

    assert made["key"].startswith("thuphi_")
    assert run("api-key", "list").stdout == f"{made['id']}\tactive\tMột cửa điện tử\n"
    run("api-key", "revoke", made["id"])
    assert "\trevoked\t" in run("api-key", "list").stdout


def test_fees_are_shown_before_they_are_brought_in(run: Run, created: str) -> None:
    sample = str(ROOT / "docs" / "fees-sample.csv")

    shown = run("fees", "import", sample)
    assert "nothing has been changed" in shown.stdout
    assert "7 new, 0 changed, 0 ended, 0 unchanged" in shown.stdout
    assert "new\tDD-P1\t- -> 450.000\t2021-01-01" in shown.stdout
    assert run("fees", "import", sample, "--apply").stdout.endswith("done\n")

    assert "0 new, 0 changed, 0 ended, 7 unchanged" in run("fees", "import", sample).stdout


def test_a_wrong_schedule_names_its_rows(run: Run, created: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "fees-sample.csv").read_text(encoding="utf-8")
    file = tmp_path / "wrong.csv"
    file.write_text(text.replace("450.000", "450.00"), encoding="utf-8")

    assert "2: amount_unreadable" in run("fees", "import", str(file), status=1).output


def test_dossiers_come_in_from_a_file_and_again_without_harm(
    run: Run, created: str, tmp_path: Path
) -> None:
    run("fees", "import", str(ROOT / "docs" / "fees-sample.csv"), "--apply")
    file = tmp_path / "dossiers.csv"
    file.write_text(
        "code,procedure,applicant,second_factor,received_on,fees\n"
        "000.16.57.H57-210309-0001,1.012783,Nguyễn Văn An,1234,2021-03-09,due\n",
        encoding="utf-8",
    )

    first = run("dossiers", "import", str(file)).stdout.strip().split("\t")
    second = run("dossiers", "import", str(file)).stdout.strip().split("\t")

    assert (first[0], first[2], first[3]) == ("000.16.57.H57-210309-0001", "550000", "new")
    assert second == [*first[:3], "known"]


def test_with_several_centres_one_has_to_be_named(run: Run, created: str) -> None:
    run(
        "centre", "create", "PHD", "--name", "B", "--address", "B", "--unit-code", "H57.13",
        "--prefix", "PHD",
    )  # fmt: skip

    assert "HTR, PHD" in run("adapters", "list", status=1).output
    assert run("adapters", "list", "--centre", "PHD").stdout == ""
    assert "centres_unknown" in run("adapters", "list", "--centre", "NO", status=1).output


def test_what_the_command_line_does_is_in_the_audit_log(
    run: Run, created: str, sqlite_url: str
) -> None:
    from payments.store.engine import open_engine

    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, action FROM audit_events ORDER BY seq"
        ).all()
    engine.dispose()

    assert [tuple(row) for row in rows] == [
        ("job:command_line", "centre.created"),
        ("job:command_line", "account.added"),
    ]


def test_a_holiday_and_a_worked_saturday_are_listed_as_they_were_said_last(
    run: Run, created: str
) -> None:
    holiday = ("centre", "calendar", "set", "30/04/2021", "--reason", "Giải phóng miền Nam")
    run(*holiday, "--open", "--centre", created)
    run(*holiday, "--closed")
    run("centre", "calendar", "set", "2021-03-13", "--open", "--reason", "làm bù")

    listed = run("centre", "calendar", "list").output.splitlines()

    assert listed == ["2021-03-13\topen\tlàm bù", "2021-04-30\tclosed\tGiải phóng miền Nam"]


@pytest.mark.parametrize("words", [["2021-02-30", "--open"], ["2021-03-13"]])
def test_a_day_that_does_not_exist_or_of_which_nothing_is_said_is_refused(
    run: Run, created: str, words: list[str]
) -> None:
    run("centre", "calendar", "set", *words, "--reason", "x", status=2)

    assert run("centre", "calendar", "list", "--centre", created).output == ""
