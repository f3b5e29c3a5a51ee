"""A demonstration says so on every page; a centre's own service does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import makers, sessions


@pytest.mark.parametrize(("mark", "is_told"), [("yes", True), ("no", False)])
def test_a_demonstration_says_so(
    sqlite_url: str, tmp_path: Path, mark: str, *, is_told: bool
) -> None:
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path, THUPHI_IS_DEMO=mark))
    makers.a_centre(wiring.engine)

    page = sessions.make_app(wiring).test_client().get("/phi-le-phi").text

    assert ("Bản minh họa" in page) is is_told
    wiring.engine.dispose()
