"""Names as strangers may see them."""

from __future__ import annotations

import pytest

from payments.domain.masking import masked_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Văn An", "N**** V** An"),
        ("Lê Ý", "L* Ý"),
        ("An", "A*"),
        ("  Trần   Thị  Bé ", "T*** T** Bé"),
        ("Công ty TNHH Xây dựng Hương Trà", "C*** t* T*** X** d*** H**** Trà"),
        ("", ""),
    ],
)
def test_only_the_last_word_and_first_letters_are_shown(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_the_stars_do_not_tell_how_long_a_word_is() -> None:
    assert masked_name("Nguyễnnnnnnnn An") == masked_name("Nguyễn An")
