"""Go on with a large file beside the requests, in a thread of its own.

Its process may end at any moment: the jobs go on with what is left.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import structlog

from payments.domain.errors import PaymentsError
from payments.wiring import Wiring
from reconciliation.domain.large_files import LargeFile
from reconciliation.services.import_file import finish_file
from reconciliation.store.importers import importer_on

SILENT_AFTER = timedelta(seconds=60)
"""An import that has not moved for so long has lost its process."""

log = structlog.get_logger("thuphi.imports")


def go_on(wiring: Wiring, file: LargeFile) -> Thread | None:
    """Begin to work on a kept file, unless it is finished."""
    if file.is_finished:
        return None
    thread = Thread(target=_finish, args=(wiring, file), name=f"import {file.file_id}", daemon=True)
    thread.start()
    return thread


def _finish(wiring: Wiring, file: LargeFile) -> None:
    importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers)
    try:
        finish_file(importer, file)
    except PaymentsError as error:
        # Another file is being booked, or somebody else goes on with this one: the jobs see to it.
        log.warning("import_left", file=file.file_id, error=str(error))
    except Exception:  # the thread has nobody to tell
        log.exception("import_broken", file=file.file_id)
