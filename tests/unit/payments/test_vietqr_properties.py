"""The VietQR codec against whatever hypothesis and a seeded fuzz think of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from payments.domain import banks, emv
from payments.domain.errors import Invalid
from payments.domain.vietqr import MAX_AMOUNT, VietQR, build, parse, read_structure
from tests.qr_pictures import RECORDED
from tests.vietqr_inputs import fuzz

plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=25)
codes = st.builds(
    VietQR,
    bin=st.sampled_from([bank.bin for bank in banks.all_banks()]),
    account=st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    amount=st.none() | st.integers(1, MAX_AMOUNT),
    text=st.none() | plain,
    name=st.none() | plain,
    city=st.none() | plain.filter(lambda city: len(city) <= 15),
    category=st.none() | st.from_regex(r"[0-9]{4}", fullmatch=True),
    labels=st.just(())
    | st.lists(
        st.tuples(st.sampled_from(["01", "02", "03", "04", "05", "06", "07"]), plain),
        min_size=1, max_size=2, unique_by=lambda label: label[0],
    ).map(tuple),
)  # fmt: skip


@given(codes)
@settings(deadline=None)
def test_what_is_built_is_read_back(code: VietQR) -> None:
    payload = build(code)
    parsed = parse(payload)

    assert not parsed.remarks
    assert (parsed.bin, parsed.account, parsed.amount, parsed.text) == (
        code.bin,
        code.account,
        code.amount,
        code.text,
    )
    assert (parsed.value("59"), parsed.value("60")) == (code.name, code.city)
    assert parsed.value("52") == code.category
    assert [parsed.value(f"62/{tag_id}") for tag_id, _ in code.labels] == [
        value for _, value in code.labels
    ]
    assert emv.write(parsed.tags) == payload


@given(codes)
@settings(deadline=None)
def test_an_amount_alone_makes_a_code_dynamic(code: VietQR) -> None:
    parsed = parse(build(code))

    assert parsed.value("01") == ("11" if code.amount is None else "12")
    assert parse(build(replace(code, amount=None))).value("54") is None


@given(codes | st.sampled_from(RECORDED), st.data())
@settings(deadline=None, max_examples=300)
def test_a_changed_byte_is_noticed(code: VietQR | str, data: st.DataObject) -> None:
    payload = build(code) if isinstance(code, VietQR) else code
    at = data.draw(st.integers(0, len(payload) - 1))
    # The checksum's letters may be small: that is no change.
    letters = st.characters(max_codepoint=0x7F).filter(
        lambda letter: letter.upper() != payload[at].upper()
    )
    changed = payload[:at] + data.draw(letters) + payload[at + 1 :]

    try:
        parse(changed)
    except Invalid:
        return
    raise AssertionError(f"read although {payload[at]!r} at {at} has changed: {changed!r}")


@given(codes, st.data())
@settings(deadline=None)
def test_a_code_that_was_cut_is_noticed(code: VietQR, data: st.DataObject) -> None:
    payload = build(code)
    cut = payload[: data.draw(st.integers(0, len(payload) - 1))]

    try:
        read_structure(cut)
    except Invalid as refused:
        assert int(str(refused.facts["offset"])) <= len(cut)  # noqa: PT017 - the other end fails.
        return
    raise AssertionError(f"read although it was cut: {cut!r}")


@given(st.text(max_size=200) | st.text("0123456789AFN", max_size=200).map("000201".__add__))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except Invalid as refused:
        assert {"tag", "offset"} <= refused.facts.keys()  # noqa: PT017 - some texts are read


@given(st.sampled_from(RECORDED), st.data())
@settings(deadline=None)
def test_a_damaged_code_is_read_or_refused(payload: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(payload) - 1))
    damaged = payload[:at] + data.draw(st.text(max_size=4)) + payload[at + 1 :]
    try:
        parse(damaged)
    except Invalid as refused:
        assert {"tag", "offset"} <= refused.facts.keys()  # noqa: PT017 - some damage does not matter


def test_a_short_fuzz_lets_only_the_declared_error_escape() -> None:
    # The long one is tests/battery/test_vietqr_fuzz.py.
    ends = fuzz(30_000, seed=7)

    assert ends["read"] > 100
    assert ends["qr_crc"] > 100
    assert ends["qr_overrun"] > 1000
    assert ends["built"] > 1000
    assert ends["not built"] > 100
