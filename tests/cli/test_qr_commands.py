"""The commands that need no database: codes, banks and references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner, Result

from payments.cli.qr import banks, qr, reference
from payments.domain.references import is_valid

DATA = Path(__file__).parents[1] / "data" / "qr_vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
PAYLOAD = "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA530370454051000058"
PAYLOAD += "02VN62150811Chuyen tien630453E6"
ENCODE = ["encode", "--bin", "970416", "--account", "257678859"]


def run(command: Command, *arguments: str, lines: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=lines)


def test_encode_prints_the_payload() -> None:
    result = run(qr, *ENCODE, "--amount", "10000", "--text", "Chuyen tien")

    assert (result.exit_code, result.stdout) == (0, PAYLOAD + "\n")


def test_encode_without_an_amount_is_static_and_writes_no_other_tag() -> None:
    result = run(qr, *ENCODE)

    assert result.stdout.startswith("00020101021138530010A000000727")
    assert "54" not in result.stdout[70:-9]


@pytest.mark.parametrize("amount", ["0", "-5", "5_0", "50000.0", "500000000", "٥٠", "50k", ""])
def test_encode_refuses_an_amount_that_is_none(amount: str) -> None:
    result = run(qr, *ENCODE, "--amount", amount)

    assert result.exit_code in {1, 2}
    assert result.stdout == ""
    assert "amount" in result.stderr


def test_encode_names_what_is_wrong() -> None:
    result = run(qr, "encode", "--bin", "970499", "--account", "1")

    assert result.exit_code == 1
    assert "qr_bin_unknown" in result.stderr


def test_encode_needs_a_bank_and_an_account() -> None:
    assert run(qr, "encode", "--bin", "970416").exit_code == 2
    assert run(qr, *ENCODE, "--stdin").exit_code == 2


def test_encode_answers_each_line_in_its_place() -> None:
    good = {"bin": "970416", "account": "257678859", "amount": 10000, "text": "Chuyen tien"}
    bad: list[object] = [
        {**good, "amount": 1.5},
        {**good, "amount": "10000"},
        {**good, "amount": True},
        {**good, "name": 5},
        {**good, "colour": "red"},
        {"bin": "970416"},
        [good],
        "x",
    ]
    lines = [json.dumps(good), *map(json.dumps, bad), "{", "", "[" * 5000, json.dumps(good)]
    result = run(qr, "encode", "--stdin", lines="\n".join(lines).encode() + b"\n\xff\n")

    answers = result.stdout.splitlines()
    assert result.exit_code == 0
    assert len(answers) == len(lines) + 1
    assert answers[0] == answers[len(lines) - 1] == PAYLOAD
    for answer in answers[1 : len(lines) - 1] + answers[-1:]:
        assert json.loads(answer)["error"]


def test_decode_prints_what_the_code_says() -> None:
    result = run(qr, "decode", PAYLOAD)

    described = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [described[name] for name in ("bin", "account", "amount", "text")] == [
        "970416",
        "257678859",
        10000,
        "Chuyen tien",
    ]
    assert described["tags"]["38"]["01"] == {"00": "970416", "01": "257678859"}
    assert described["tags"]["62"] == {"08": "Chuyen tien"}


def test_decode_exits_with_the_reason() -> None:
    result = run(qr, "decode", PAYLOAD[:-1] + "7")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "qr_crc" in result.stderr
    assert "offset" in result.stderr


def test_decode_wants_one_payload_or_lines() -> None:
    assert run(qr, "decode").exit_code == 2
    assert run(qr, "decode", PAYLOAD, "--stdin").exit_code == 2


def test_decode_reads_all_182_vectors_by_their_role() -> None:
    lines = "\n".join(vector["payload"] for vector in VECTORS)
    result = run(qr, "decode", "--stdin", lines=lines + "\n")

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 182
    for vector, answer in zip(VECTORS, answers, strict=True):
        assert ("error" in answer) == (vector["role"] == "negative")


def test_banks_shows_the_list_with_its_date_and_sources() -> None:
    result = run(banks)

    assert result.exit_code == 0
    assert "970436" in result.stdout
    assert "Ocean Bank" in result.stdout
    assert "2026-07-20" in result.stdout
    assert "1589/NHNN-TT" in result.stdout


def test_banks_as_json_is_keyed_by_bin() -> None:
    listed = json.loads(run(banks, "--json").stdout)

    assert len({bank["bin"] for bank in listed["banks"]}) == 72


def test_new_prints_fresh_references() -> None:
    result = run(reference, "new", "--count", "500", "--prefix", "HTXK")

    fresh = result.stdout.splitlines()
    assert len(set(fresh)) == 500
    assert all(is_valid(one, "HTXK") for one in fresh)


def test_new_refuses_a_prefix_no_deployment_may_have() -> None:
    assert run(reference, "new", "--prefix", "tp1").exit_code == 2


def test_find_tells_what_stands_where_and_how() -> None:
    fresh = run(reference, "new").stdout.strip()
    answer = json.loads(run(reference, "find", f"nộp {fresh.lower()}, HS H57-211126-0001").stdout)

    assert answer == {
        "references": [{"reference": fresh, "start": 4, "end": 18, "how": "folded"}],
        "dossier_codes": [{"key": "H572111260001", "start": 23, "end": 38}],
    }


def test_find_names_no_dossier_numbers_where_there_are_none() -> None:
    assert json.loads(run(reference, "find", "khong co gi").stdout) == {"references": []}


def test_find_answers_each_line_in_its_place() -> None:
    fresh = run(reference, "new", "--count", "2").stdout.split()
    lines = "\n".join([fresh[0], "", "khong co gi", f"{fresh[1][:5]} {fresh[1][5:]}"]).encode()
    lines += b"\r\n\xff\xfe\n\xc3" + fresh[1].encode() + b"\xe1\xbb phi\n\x00\n" + fresh[0].encode()
    result = run(reference, "find", "--stdin", lines=lines)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    found = [[one["reference"] for one in answer["references"]] for answer in answers]
    assert found == [[fresh[0]], [], [], [fresh[1]], [], [fresh[1]], [], [fresh[0]]]
    assert (answers[5]["references"][0]["start"], answers[5]["references"][0]["how"]) == (
        1,
        "exact",
    )


def test_find_wants_one_text_or_lines() -> None:
    assert run(reference, "find").exit_code == 2
    assert run(reference, "find", "x", "--stdin").exit_code == 2
