"""The picture of a code, read back by an independent decoder from a clean and a bad screen."""

from __future__ import annotations

import random

import pytest
import segno

from payments.domain.errors import Invalid
from payments.domain.vietqr import VietQR, build
from payments.web.qr_image import QUIET_ZONE, qr_png, qr_svg
from payments.web.qr_symbol import MASK, symbol
from tests.qr_pictures import DAMAGE, RECORDED, drawn_payloads, painted, picture, read_back

PAYLOAD = build(
    VietQR(
        bin="970436",
        account="0881000458086",
        amount=594_462_000 // 2,
        text="TPX30PTVCCN30N",
        name="TTPVHCC HUONG TRA",
        city="HUE",
    )
)
# Bytes that a version holds at level M (ISO/IEC 18004, table 7).
FULL = {1: 14, 2: 26, 3: 42, 4: 62, 5: 84, 6: 106, 7: 122, 8: 152, 9: 180, 10: 213, 14: 362, 18: 560, 40: 2331}  # fmt: skip


@pytest.mark.parametrize("payload", RECORDED)
def test_every_recorded_code_is_read_back_from_its_picture(payload: str) -> None:
    code = read_back(picture(payload, scale=3))

    assert code.text == payload
    assert code.ec_level == "M"


@pytest.mark.parametrize("payload", [*RECORDED[::8], *drawn_payloads(8, seed=1)])
def test_the_svg_shows_the_same_code(payload: str) -> None:
    assert read_back(painted(qr_svg(payload))).text == payload


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_bad_screen_is_still_read(damage: str) -> None:
    payloads = [PAYLOAD, *RECORDED, *drawn_payloads(40, seed=2021)]

    unread = [text for text in payloads if read_back(DAMAGE[damage](picture(text))).text != text]

    assert unread == []


@pytest.mark.parametrize("version", FULL)
def test_a_full_symbol_is_the_one_that_another_writer_draws(version: int) -> None:
    # Full, because what follows a shorter text is filled by each writer in its own way.
    rng = random.Random(version)
    payload = "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(FULL[version]))

    theirs = segno.make_qr(payload, error="m", mode="byte", mask=MASK, boost_error=False)
    assert theirs.version == version
    assert symbol(payload).rows == ["".join(map(str, row)) for row in theirs.matrix]


def test_every_length_has_its_symbol() -> None:
    rng = random.Random(9)
    for length in range(1, 330, 3):
        payload = "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(length))
        assert read_back(picture(payload, scale=3)).text == payload


def test_a_payload_that_fits_into_no_symbol_is_refused() -> None:
    assert symbol("x" * 2331).side == 177
    for draw in (qr_svg, qr_png):
        with pytest.raises(Invalid) as refused:
            draw("x" * 2332)
        assert refused.value.code == "qr_too_long"


def test_the_symbol_is_in_byte_mode() -> None:
    # 138 capitals and digits would fit into a version 7 in the mode that EMVCo forbids.
    payload = "A" * 138

    version_8 = 49
    assert picture(payload, scale=1).width == version_8 + 2 * QUIET_ZONE


def test_the_quiet_zone_is_four_modules_and_nothing_is_laid_over() -> None:
    image = picture(PAYLOAD, scale=1)
    side = image.width

    assert QUIET_ZONE == 4
    assert image.crop((0, 0, side, 4)).getextrema() == (255, 255)
    assert image.crop((0, 0, 4, side)).getextrema() == (255, 255)
    assert image.crop((side - 4, 0, side, side)).getextrema() == (255, 255)
    assert image.crop((0, side - 4, side, side)).getextrema() == (255, 255)
    assert image.getpixel((4, 4)) == 0


def test_text_beyond_ascii_says_that_it_is_utf_8() -> None:
    payload = "phí hồ sơ"
    theirs = segno.make_qr(
        payload, error="m", mode="byte", encoding="utf-8", eci=True, mask=MASK, boost_error=False
    )

    assert symbol(payload).rows == ["".join(map(str, row)) for row in theirs.matrix]
    assert read_back(picture(payload)).text == payload


def test_the_same_payload_is_drawn_once() -> None:
    assert qr_svg(PAYLOAD) is qr_svg(PAYLOAD)
    assert qr_png(PAYLOAD) is qr_png(PAYLOAD)
