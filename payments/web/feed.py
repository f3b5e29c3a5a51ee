"""Live pages: event streams that say when a payment changed, and the same state for polling.

An open stream occupies a thread of its worker, so their number has a limit; beyond it the answer
is 503 and the page asks every few seconds instead. See ``payments/store/feed.py`` for the words.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, jsonify

from payments.domain.errors import PaymentsError
from payments.store.feed import FeedHub, Follower, listener_for
from payments.web.access import current_wiring
from payments.web.server import STOPPING, most_streams

HEARTBEAT_S = 10.0
# A stream ends by itself now and then and the browser opens the next, so that none is kept by a
# network that forgot to say good-bye.
LONGEST_STREAM_S = 15 * 60
_BUSY = 503
_STOP_WITHIN_S = 1.0
_RETRY_AFTER_S = 5
_EXTENSION = "thuphi_streams"
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a live page watches. ``version`` differs whenever the page would look different.

    ``subjects`` are the feed subjects that may change it, ``facts`` go to the browser as JSON.
    """

    version: str
    subjects: tuple[str, ...]
    facts: Mapping[str, object]

    def as_json(self) -> dict[str, object]:
        """Return what the browser is told."""
        return {"version": self.version, **self.facts}


class Streams:
    """The open streams of this process: their hub, and how many there may be."""

    def __init__(self, hub: FeedHub, most: int) -> None:
        """Allow so many streams at once."""
        self.hub = hub
        self._places = threading.BoundedSemaphore(most)

    def open(self, look: Callable[[], LiveState]) -> Response:
        """Return a stream of the states that ``look`` reads, or 503 when there are too many.

        ``look`` is called outside of the request and must not need it.
        """
        if not self._places.acquire(blocking=False):
            busy = Response("busy", _BUSY, content_type="text/plain; charset=utf-8")
            busy.headers["Retry-After"] = str(_RETRY_AFTER_S)
            return busy
        response = Response(events(self.hub, look), content_type="text/event-stream")
        response.call_on_close(self._places.release)
        # nginx would otherwise keep the words back until it has a page full of them.
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def close(self) -> None:
        """Stop listening."""
        self.hub.close()


def events(
    hub: FeedHub,
    look: Callable[[], LiveState],
    *,
    seconds: Callable[[], float] = time.monotonic,
    heartbeat_s: float = HEARTBEAT_S,
    stopping: Callable[[], bool] = STOPPING.is_set,
) -> Iterator[str]:
    """Yield the states as server-sent events, and a comment when there was nothing to say.

    The state is read again at each heartbeat too: time alone changes it, and a lost word then
    costs seconds only. Source: html.spec.whatwg.org, section 9.2, "Server-sent events".
    """
    end = seconds() + LONGEST_STREAM_S
    yield "retry: 2000\n\n"
    told = ""

    def goes_on() -> bool:
        return seconds() < end and not stopping()

    try:
        subjects = look().subjects
        while goes_on():
            with hub.follow(*subjects) as follower:
                while goes_on():
                    state = look()
                    if state.subjects != subjects:
                        subjects = state.subjects
                        break
                    yield (
                        f"data: {json.dumps(state.as_json())}\n\n"
                        if state.version != told
                        else ":\n\n"
                    )
                    told = state.version
                    _rest(follower, heartbeat_s, goes_on)
    except PaymentsError:
        # The browser opens the stream again, and polls until it can.
        return


def _rest(follower: Follower, rest_s: float, goes_on: Callable[[], bool]) -> None:
    """Wait for a change, in short steps so that a stopping server is not kept waiting."""
    while rest_s > 0 and goes_on() and not follower.wait(min(rest_s, _STOP_WITHIN_S)):
        rest_s -= _STOP_WITHIN_S


def stream(look: Callable[[], LiveState]) -> Response:
    """Answer with an event stream."""
    return _streams().open(look)


def state(look: Callable[[], LiveState]) -> Response:
    """Answer with the state as it is now, for pages without a stream."""
    return jsonify(look().as_json())


def close_streams(app: Flask) -> None:
    """Stop the listening thread of an application, if it has one."""
    if _EXTENSION in app.extensions:
        cast("Streams", app.extensions[_EXTENSION]).close()


def _streams() -> Streams:
    """Return the streams of this process; made with the first one, long after any fork."""
    with _making:
        if _EXTENSION not in current_app.extensions:
            wiring = current_wiring()
            current_app.extensions[_EXTENSION] = Streams(
                FeedHub(listener_for(wiring.engine)), most_streams(wiring.settings.threads)
            )
        return cast("Streams", current_app.extensions[_EXTENSION])
