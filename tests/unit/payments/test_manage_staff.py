"""What a password and a user name may be, and how long a sign-in lives."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest

from payments.domain.errors import Invalid
from payments.domain.staff import Role
from payments.services.manage_staff import check_password, read_role
from payments.services.sign_in import folded, idle_limit, token_hash


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("chin ky tu", None),
        ("chín ký t", "password_too_short"),
        ("a" * 10, "password_too_plain"),
        ("abababababab", "password_too_plain"),
        ("Matkhau123!", "password_too_plain"),
        ("lan.anh và bạn", "password_too_plain"),
        ("bốn con gà vàng", None),
        ("ngựa" * 32, "password_too_plain"),
        ("bốn con gà " * 12, "password_too_long"),
    ],
)
def test_a_password_is_long_and_not_plain(password: str, code: str | None) -> None:
    if code is None:
        assert check_password(password, "lan.anh")
        return
    with pytest.raises(Invalid) as refusal:
        check_password(password, "lan.anh")

    assert refusal.value.code == code


def test_a_password_is_the_same_from_every_vietnamese_keyboard() -> None:
    typed_apart = unicodedata.normalize("NFD", "bốn con gà vàng")

    assert check_password(typed_apart, "lan") == "bốn con gà vàng"


def test_a_user_name_is_folded_as_people_type_it() -> None:
    assert folded("  Lan.Anh ") == "lan.anh"


def test_a_cashier_is_signed_out_sooner() -> None:
    assert idle_limit(Role.CASHIER) == timedelta(minutes=15)
    assert {idle_limit(role) for role in Role if role is not Role.CASHIER} == {
        timedelta(minutes=30)
    }


def test_the_database_keeps_a_hash_that_does_not_give_the_token_back() -> None:
    assert len(token_hash("token")) == 64
    assert token_hash("token") != token_hash("Token")


def test_a_role_is_one_of_four() -> None:
    assert read_role("auditor") is Role.AUDITOR
    with pytest.raises(Invalid, match="role_unknown"):
        read_role("owner")
