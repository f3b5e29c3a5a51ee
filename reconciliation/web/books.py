"""The books check: prove on the live database that every sum agrees with every other."""

from __future__ import annotations

from flask import render_template

from payments.domain.staff import Permission
from payments.web.access import current_user, current_wiring, requires
from reconciliation.services.check_books import check_books
from reconciliation.web.finance import open_books, pages

_RUNS = 20


@pages.get("/kiem-tra-so")
@requires(Permission.SEE_FINANCE)
def books() -> str:
    """Show the last runs of the jobs, the hourly check among them."""
    return render_template("finance/books.html", findings=None, **_runs())


@pages.post("/kiem-tra-so")
@requires(Permission.SEE_FINANCE)
def check() -> str:
    """Check the centre's books now. Nothing is changed, so the answer is the page itself."""
    with open_books() as uow:
        findings = check_books(uow, current_user().centre_id)
    return render_template("finance/books.html", findings=findings, **_runs())


def _runs() -> dict[str, object]:
    """Return the newest runs of jobs and the present time."""
    with open_books() as uow:
        runs = uow.jobs.latest(current_user().centre_id, _RUNS)
    return {"runs": runs, "now": current_wiring().world.clock.now()}
