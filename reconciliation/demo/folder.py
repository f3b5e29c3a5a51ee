"""The folder of one demo: its database, its keys, its bank, and what has been done in it so far."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from payments.config import PREFIX, Settings
from payments.domain.errors import Conflict, NotFound
from reconciliation.demo.loopback import LOOPBACK
from reconciliation.demo.private_text import write_private

DEFAULT_PORT: Final = 8000
_STATE: Final = "demo.json"
_KEYS: Final = "secret.keys"
_LOCK: Final = "demo.lock"
_OURS: Final = (
    *("thuphi.db", "thuphi.db-wal", "thuphi.db-shm", "thuphi.db-journal"),
    *("bank", "statements", "logs", _KEYS, _STATE, _LOCK),
)
# Late enough that the evening job does not close the day while somebody looks at it.
_CLOSE_AT: Final = "23:30"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """A folder that a demo owns. Everything in it is readable by its owner only."""

    root: Path

    @property
    def bank(self) -> Path:
        """Where the simulated banks keep their books, each in a folder named by its provider."""
        return self.root / "bank"

    @property
    def logs(self) -> Path:
        """Where the parts of a running demo write what they do."""
        return self.root / "logs"

    @property
    def is_played(self) -> bool:
        """Whether the year has been played here to its end, by a demo that kept what we keep."""
        state = self._state()
        return bool(state.get("is_played")) and "api_key" in state

    @property
    def port(self) -> int:
        """The port on which the service of this folder listens, or did so last."""
        return int(self._state().get("port", DEFAULT_PORT))

    @property
    def api_key(self) -> str:
        """What the one-stop software speaks with. Raises NotFound before the centre is there."""
        known = self._state().get("api_key")
        if known is None:
            raise NotFound("demo_not_played", folder=str(self.root))
        return str(known)

    def environ(self, port: int) -> dict[str, str]:
        """Return the settings of the service that runs on this folder, as its environment."""
        return {
            f"{PREFIX}DATA_DIR": str(self.root),
            f"{PREFIX}SECRET_KEYS_FILE": str(self.root / _KEYS),
            f"{PREFIX}BASE_URL": f"http://{LOOPBACK}:{port}",
            f"{PREFIX}BIND": f"{LOOPBACK}:{port}",
            f"{PREFIX}CLOSE_AT": _CLOSE_AT,
            f"{PREFIX}IS_DEMO": "yes",
        }

    def settings(self, port: int) -> Settings:
        """Return the settings of the service that runs on this folder."""
        return Settings.from_environment(self.environ(port))

    def create(self) -> None:
        """Make the folder with a fresh key, in place of an earlier demo's.

        Raises Conflict for a folder that holds anything else: it is not ours to remove.
        """
        self.refuse_foreign()
        for name in _OURS:
            _remove(self.root / name, but=_LOCK)
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keep({"is_played": False})
        key = base64.b64encode(secrets.token_bytes(32)).decode("ascii")
        write_private(self.root / _KEYS, key + "\n")

    def refuse_foreign(self) -> None:
        """Raise Conflict when the folder holds something and is no demo's."""
        if not self.root.exists() or (self.root / _STATE).exists():
            return
        if any(path.name != _LOCK for path in self.root.iterdir()):
            raise Conflict("folder_not_of_a_demo", folder=str(self.root))

    def keep_api_key(self, api_key: str) -> None:
        """Write down what is shown once."""
        self._keep({**self._state(), "api_key": api_key})

    def keep_port(self, port: int) -> None:
        """Write down where the service listens, for the commands that speak to it."""
        self._keep({**self._state(), "port": port})

    def keep_played(self) -> None:
        """Write down that the year has been played to its end."""
        self._keep({**self._state(), "is_played": True})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other demos out of the folder. Raises Conflict when one is running."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict("demo_is_running", folder=str(self.root)) from error
            yield

    def _state(self) -> dict[str, Any]:
        try:
            known: dict[str, Any] = json.loads((self.root / _STATE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return known

    def _keep(self, state: Mapping[str, object]) -> None:
        write_private(self.root / _STATE, json.dumps(state, indent=1))


def child_environ(folder: DemoFolder, port: int) -> dict[str, str]:
    """Return the environment of a program of the demo: ours without settings, and the demo's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**kept, **folder.environ(port)}


def _remove(path: Path, *, but: str) -> None:
    if path.name == but:
        return
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
