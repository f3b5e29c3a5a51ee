"""A QR code from its values to the SVG, beside the writer of the library that everybody takes.

Alone: ``python tests/bench/qr_pictures.py``.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import segno

sys.path.insert(0, str(Path(__file__).parents[2]))

from payments.domain.vietqr import VietQR, build
from payments.web.qr_image import qr_svg
from tests.qr_pictures import painted, read_back

CODES = 60
ROUNDS = 5


def measure() -> tuple[float, float]:
    """Return codes a second: ours, and segno's default with the payload given to it.

    Both start from nothing kept, take turns and count the time of the processor; both pictures are
    then read back by a third program, and have to say the same.
    """
    codes = [
        VietQR("970436", "0881000458086", amount=180_000 + at, text=f"HTR30PTVCC{at:03d}N")
        for at in range(CODES)
    ]
    payloads = [build(code) for code in codes]
    qr_svg.__wrapped__(payloads[0])
    ours = theirs = 0.0
    for _ in range(ROUNDS):
        ours += _seconds(lambda: [qr_svg.__wrapped__(build(code)) for code in codes])
        theirs += _seconds(lambda: [_segno_svg(payload) for payload in payloads])
    for payload in payloads[:5]:
        pictures = (qr_svg(payload), _segno_svg(payload))
        if [read_back(painted(one)).text for one in pictures] != [payload, payload]:
            raise AssertionError(f"the pictures of {payload} do not say the same")
    return ROUNDS * CODES / ours, ROUNDS * CODES / theirs


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield the row of docs/benchmarks.md."""
    ours, theirs = measure()
    yield (
        "QR payloads built and drawn as SVG per second, nothing kept, one core",
        f"{ours:,.0f}/s",
        f"{theirs:,.0f}/s (segno's default, drawing only)",
        f"{ours / theirs:.1f}",
    )


def _segno_svg(payload: str) -> str:
    """Draw with segno as its documentation shows: its choice of mask, its own SVG."""
    out = io.BytesIO()
    segno.make(payload, error="m").save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode()


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor's time for a piece of work."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    for row in rows():
        print(f"| {' | '.join(row)} |")
