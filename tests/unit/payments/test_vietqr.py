"""The VietQR codec against recorded codes and NAPAS's rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from payments.domain import emv
from payments.domain.errors import Invalid
from payments.domain.vietqr import VietQR, build, parse, read_structure

DATA = Path(__file__).parents[2] / "data" / "qr_vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
BY_ROLE = {
    role: [vector for vector in VECTORS if vector["role"] == role]
    for role in ("positive", "lenient", "negative")
}
# The payloads these inputs made break a rule we keep: an amount at or over the ceiling, a static
# code with an amount, tags in another order, and decimals.
NOT_OURS = {
    "vietqr-011": "qr_amount",
    "vietqr-016": "qr_amount",
    "vietqr-020": "qr_amount",
    "vietqr-022": "12 for 11",
    "vietqr-075": "12 for 11",
    "vietqr-076": "12 for 11",
    "vietqr-077": "order",
    "vietqr-079": "qr_amount",
}
LABELS = {"bill_number": "01", "reference_label": "05", "terminal_label": "07"}


def ids(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def asked(vector: dict[str, Any]) -> VietQR:
    """Return the inputs of a vector as a code of ours; folded texts are taken from the payload."""
    inputs, expected = vector["inputs"], vector["expected"]
    more = expected.get("additional", {})
    labels = [(LABELS[name], more[name]) for name in LABELS if name in more]
    language = None
    if inputs.get("additional") == "all of 01..09":
        parsed = parse(vector["payload"])
        labels = [(f"{n:02d}", str(parsed.value(f"62/{n:02d}"))) for n in (1, 2, 3, 4, 5, 6, 7, 9)]
        language = ("en", "Shop VN", "Hanoi")
    return VietQR(
        bin=inputs["bank_bin"],
        account=inputs["account"],
        amount=inputs.get("amount"),
        text=more.get("purpose"),
        name=expected.get("merchant_name"),
        city=expected.get("merchant_city"),
        postal_code=expected.get("postal_code"),
        category=inputs.get("mcc"),
        service=inputs["service"],
        labels=tuple(labels),
        language=language,
        unreserved=(("80", inputs["tag80"]),) if "tag80" in inputs else (),
    )


MADE = [vector for vector in VECTORS if "bank_bin" in vector.get("inputs", {})]


def test_all_182_vectors_are_here() -> None:
    assert [len(BY_ROLE[role]) for role in BY_ROLE] == [128, 7, 47]


@pytest.mark.parametrize("vector", BY_ROLE["positive"], ids=ids)
def test_a_positive_vector_is_read_and_written_again(vector: dict[str, Any]) -> None:
    parsed = parse(vector["payload"])

    expected = vector["expected"]
    assert parsed.bin == expected.get("bank_bin")
    assert parsed.account == expected.get("account")
    assert parsed.amount_text == expected.get("amount")
    assert parsed.text == expected.get("additional", {}).get("purpose")
    assert parsed.value("59") == expected.get("merchant_name")
    assert bool(parsed.remarks) == bool(vector.get("napas_remarks"))
    # One bank writes its checksum in small letters; ours are capitals.
    stated = vector["payload"][-4:]
    assert emv.write(parsed.tags) == vector["payload"][:-4] + stated.upper()


@pytest.mark.parametrize("vector", BY_ROLE["lenient"], ids=ids)
def test_a_lenient_vector_is_read_and_never_written(vector: dict[str, Any]) -> None:
    parsed = parse(vector["payload"])

    assert parsed.remarks
    with pytest.raises(Invalid):
        emv.write(parsed.tags)


@pytest.mark.parametrize("vector", BY_ROLE["negative"], ids=ids)
def test_a_negative_vector_is_refused_and_says_where(vector: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        parse(vector["payload"])

    assert refused.value.facts["field"] == "payload"
    assert 0 <= int(str(refused.value.facts["offset"])) <= len(vector["payload"])
    assert "tag" in refused.value.facts


def test_twelve_vietqr_negatives_have_a_right_checksum_and_a_wrong_structure() -> None:
    wrong = [v for v in BY_ROLE["negative"] if v["standard"] == "vietqr" and v["crc_valid"]]

    assert len(wrong) == 12
    for vector in wrong:
        with pytest.raises(Invalid) as refused:
            read_structure(vector["payload"])
        assert refused.value.code != "qr_crc"


def test_structure_and_checksum_are_two_facts() -> None:
    wrong_crc = [v for v in BY_ROLE["negative"] if not v["crc_valid"] and v["structure_valid"]]

    assert len(wrong_crc) > 10
    for vector in wrong_crc:
        assert not read_structure(vector["payload"]).crc_is_right
        with pytest.raises(Invalid) as refused:
            parse(vector["payload"])
        assert refused.value.code == "qr_crc"


@pytest.mark.parametrize("vector", [v for v in MADE if v["id"] not in NOT_OURS], ids=ids)
def test_the_same_inputs_make_the_same_bytes(vector: dict[str, Any]) -> None:
    assert build(asked(vector)) == vector["payload"]


@pytest.mark.parametrize("vector", [v for v in MADE if v["id"] in NOT_OURS], ids=ids)
def test_inputs_against_our_rules_are_refused_or_set_right(vector: dict[str, Any]) -> None:
    why = NOT_OURS[vector["id"]]
    if why == "qr_amount":
        with pytest.raises(Invalid) as refused:
            build(asked(vector))
        assert (refused.value.code, refused.value.facts["tag"]) == ("qr_amount", "54")
        return
    payload = build(asked(vector))
    theirs, ours = parse(vector["payload"]), parse(payload)
    assert (ours.bin, ours.account, ours.amount, ours.text) == (
        theirs.bin,
        theirs.account,
        theirs.amount,
        theirs.text,
    )
    assert ours.value("01") == "12"


def test_nothing_is_written_that_was_not_asked_for() -> None:
    parsed = parse(build(VietQR("970403", "0011012345678")))

    assert [tag.id for tag in parsed.tags] == ["00", "01", "38", "53", "58"]
    assert parsed.value("01") == "11"


def test_a_card_number_goes_to_the_card_service() -> None:
    assert parse(build(VietQR("970403", "9704031101234567"))).service == "QRIBFTTC"
    assert parse(build(VietQR("970403", "970403110123"))).service == "QRIBFTTA"


def test_a_virtual_account_with_letters_is_paid_like_any_other() -> None:
    parsed = parse(build(VietQR("970422", "VQRQADAIJ5512", amount=50_000, text="TPX1")))

    assert (parsed.account, parsed.amount, parsed.value("01")) == ("VQRQADAIJ5512", 50_000, "12")


GOOD: dict[str, Any] = {"bin": "970436", "account": "0881000458086"}


@pytest.mark.parametrize(
    ("wrong", "tag"),
    [
        ({"bin": "970499"}, "38/01/00"),
        ({"bin": "97043"}, "38/01/00"),
        ({"bin": "٩٧٠٤٣٦"}, "38/01/00"),
        ({"account": ""}, "38/01/01"),
        ({"account": "12345678901234567890"}, "38/01/01"),
        ({"account": "0881-000"}, "38/01/01"),
        ({"account": "0881000\n"}, "38/01/01"),
        ({"amount": 0}, "54"),
        ({"amount": -1}, "54"),
        ({"amount": 500_000_000}, "54"),
        ({"amount": 50000.0}, "54"),
        ({"amount": True}, "54"),
        ({"amount": "50000"}, "54"),
        ({"text": ""}, "62/08"),
        ({"text": "x" * 26}, "62/08"),
        ({"text": "phí"}, "62/08"),
        ({"text": "a\tb"}, "62/08"),
        ({"name": "x" * 26}, "59"),
        ({"name": "Hương Trà"}, "59"),
        ({"city": "x" * 16}, "60"),
        ({"postal_code": "12345678901"}, "61"),
        ({"category": "12a4"}, "52"),
        ({"service": "QRSOMETHING"}, "38/02"),
        ({"labels": (("08", "x"),), "text": "y"}, "62/08"),
        ({"labels": (("09", "AMEX"),)}, "62/09"),
        ({"unreserved": (("63", "x"),)}, "63"),
    ],
)
def test_what_no_bank_should_see_is_refused_by_its_tag(wrong: dict[str, Any], tag: str) -> None:
    with pytest.raises(Invalid) as refused:
        build(VietQR(**{**GOOD, **wrong}))

    assert refused.value.facts["tag"] == tag
    assert refused.value.facts["field"]


def test_four_long_labels_do_not_fit_into_tag_62() -> None:
    labels = tuple((f"0{n}", "x" * 25) for n in (1, 3, 5))

    with pytest.raises(Invalid) as refused:
        build(VietQR(**GOOD, labels=labels, text="y" * 25))
    assert refused.value.facts["tag"] == "62"


def test_a_checksum_keeps_its_leading_noughts() -> None:
    payloads = [build(VietQR(**GOOD, amount=amount)) for amount in range(1, 200)]

    assert any(payload[-4] == "0" for payload in payloads)
    assert {len(payload) - payload.index("5802VN6304") for payload in payloads} == {14}


def test_6304_inside_a_text_is_text() -> None:
    payload = build(VietQR(**GOOD, amount=1000, text="Order 16304"))

    assert parse(payload).text == "Order 16304"


def test_an_overrun_names_the_tag_and_the_offset() -> None:
    with pytest.raises(Invalid) as refused:
        parse("0002010102115999abc6304FFFF")

    assert refused.value.code == "qr_overrun"
    assert (refused.value.facts["tag"], refused.value.facts["offset"]) == ("59", 12)


def test_a_tag_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        parse("000201530370453037046304FFFF")

    assert (refused.value.code, refused.value.facts["offset"]) == ("qr_repeated", 13)


def test_digits_of_other_scripts_are_no_header() -> None:
    with pytest.raises(Invalid) as refused:
        parse("000201٠١0211")

    assert refused.value.code == "qr_header"


@pytest.mark.parametrize(("data", "crc"), [("123456789", "29B1"), ("", "FFFF"), ("A", "B915")])
def test_the_checksum_is_ccitt_false(data: str, crc: str) -> None:
    assert emv.crc(data) == crc


def test_every_single_wrong_digit_is_caught() -> None:
    payload = build(VietQR(**GOOD, amount=180_000, text="TPX30PTVCCN30N"))
    for at, digit in enumerate(payload):
        if digit.isdigit():
            with pytest.raises(Invalid):
                parse(payload[:at] + str((int(digit) + 1) % 10) + payload[at + 1 :])
