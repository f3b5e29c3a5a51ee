"""The words of the audit log and of the jobs: no code of ours is left for people to puzzle over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from reconciliation.web.audit_words import actor, facts, job, job_result


@pytest.fixture(autouse=True)
def _a_page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?lang=en"):
        yield


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ('{"direction": "in"}', ("direction", "in")),
        ('{"outcome": "twice"}', ("outcome", "Paid twice")),
        ('{"method": "transfer"}', ("way of payment", "Bank transfer")),
        ('{"receipts": ["phi/11"]}', ("receipts", "Service fee (phí) 0000011")),
        ('{"period_to": "2021-12-31"}', ("through", "31/12/2021")),
        ('{"amount": 450000}', ("amount", "450.000")),
        ('{"file": "a/b"}', ("file", "a/b")),
    ],
)
def test_a_fact_is_shown_in_words(detail: str, shown: tuple[str, str]) -> None:
    assert facts(detail) == [shown]


def test_what_is_empty_is_not_a_fact() -> None:
    assert facts('{"reason": "", "receipts": [], "bank": null}') == []


def test_a_long_random_name_is_cut() -> None:
    assert actor("endpoint:9jJnq15-DHMdTuHFEeRnTSTwe6tOCGE-", {}) == "Bank connection 9jJnq15-…"
    assert actor("endpoint:HTR-endpoint", {}) == "Bank connection HTR-endpoint"


def test_a_person_is_called_by_name() -> None:
    assert actor("staff:1", {"staff:1": "Nguyễn Văn An"}) == "Nguyễn Văn An"


def test_a_job_says_what_it_does() -> None:
    assert job("books_check_09") == "Books check at 09:00"
    assert actor("job:evening", {}) == "Scheduled job: Evening run"
    assert actor("job:", {}) == "Scheduled job"


def test_a_job_that_found_nothing_says_nought() -> None:
    assert job_result('{"findings": []}') == [("broken rules", "0")]
    assert job_result('{"files": [], "closed": ["2021-12-31"]}') == [
        ("statement files", "0"),
        ("days closed", "31/12/2021"),
    ]


def test_a_result_that_is_no_json_is_shown_as_it_is() -> None:
    assert job_result("day_cannot_close") == [("", "day_cannot_close")]
    assert job_result("") == []
