"""Pictures and sheets from the command line, which need no database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from payments.cli import COMMANDS
from payments.cli.qr import qr
from payments.domain.vietqr import VietQR, build
from tests.qr_pictures import opened, painted, read_back

VIRTUAL = build(VietQR("970422", "VQRQADAIJ5512"))
SHEET = [
    "--bin",
    "970422",
    "--account",
    "VQRQADAIJ5512",
    "--holder",
    "TT HCC",
    "--centre",
    "Trung tâm",
]


def run(*arguments: str) -> Result:
    assert qr in COMMANDS
    return CliRunner().invoke(qr, list(arguments))


def test_a_drawing_and_a_picture_show_the_payload(tmp_path: Path) -> None:
    drawing, picture = tmp_path / "code.svg", tmp_path / "code.png"

    assert run("picture", VIRTUAL, str(drawing)).exit_code == 0
    assert run("picture", VIRTUAL, str(picture), "--format", "png", "--scale", "3").exit_code == 0

    assert read_back(painted(drawing.read_text())).text == VIRTUAL
    assert read_back(opened(picture.read_bytes())).text == VIRTUAL


def test_a_drawing_goes_to_standard_output_too() -> None:
    assert run("picture", VIRTUAL, "-").stdout.startswith("<svg ")


def test_a_wrong_code_is_not_drawn_and_leaves_no_file(tmp_path: Path) -> None:
    target = tmp_path / "code.svg"

    result = run("picture", VIRTUAL[:-1] + "X", str(target))

    assert result.exit_code == 1
    assert "offset" in result.stderr
    assert not target.exists()


@pytest.mark.parametrize("paper", ["a5", "a6"])
def test_a_sheet_is_printed_with_and_without_an_amount(tmp_path: Path, paper: str) -> None:
    lasting, asked = tmp_path / "lasting.pdf", tmp_path / "asked.pdf"

    assert run("sheet", str(lasting), *SHEET, "--place", "Quầy 1", "--paper", paper).exit_code == 0
    more = ["--amount", "475000", "--text", "HTR30PTVCCN30N", "--expires", "31/12/2026 17:00"]
    assert run("sheet", str(asked), *SHEET, *more, "--paper", paper).exit_code == 0

    assert lasting.read_bytes().startswith(b"%PDF-")
    assert asked.read_bytes() != lasting.read_bytes()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--amount", "500000000"], "qr_amount"),
        (["--amount", "1.5"], "amount"),
        (["--text", "phí"], "qr_not_plain"),
        (["--account", "0881-000"], "qr_account"),
        (["--bin", "970499"], "qr_bin_unknown"),
        (["--expires", "2026-12-31"], "expires"),
        (["--centre", " "], "centre"),
        (["--holder", "x" * 201], "holder"),
        (["--paper", "a4"], "paper"),
    ],
)
def test_a_sheet_names_what_is_wrong_and_leaves_no_file(
    tmp_path: Path, wrong: list[str], named: str
) -> None:
    target = tmp_path / "sheet.pdf"

    result = run("sheet", str(target), *SHEET, *wrong)

    assert result.exit_code in {1, 2}
    assert named in result.stderr
    assert not target.exists()
