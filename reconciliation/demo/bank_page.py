"""The page of the simulated bank: pay a request as a citizen would, see what was paid today."""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Flask, abort, redirect, render_template, request, send_file, url_for
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

from payments.cli.root import Root
from payments.domain.business_day import local
from payments.domain.errors import PaymentsError
from payments.domain.money import read_dong
from payments.web import formatting, i18n
from payments.web.errors import sentence
from payments.wiring import Wiring
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import LOOPBACK, Client
from reconciliation.demo.payer import pay_by_transfer, wiring_of
from reconciliation.demo.year_play import bank_of

_ROOT: Final = Path(__file__).resolve().parents[2]
_SHOWN: Final = 50


def serve_bank(root: Root, folder: DemoFolder, port: int) -> None:
    """Serve the page on a port of this machine until told to stop."""
    app = make_bank_app(wiring_of(root, folder), folder)
    make_server(LOOPBACK, port, app, threaded=True).serve_forever()


def make_bank_app(wiring: Wiring, folder: DemoFolder) -> Flask:
    """Make the bank's own small site. It has nothing to protect but its pretended money."""
    app = Flask(
        __name__,
        template_folder=_ROOT / "templates",
        static_folder=_ROOT / "payments" / "web" / "static",
    )
    # Other sites in the same browser shall not move even pretended money.
    app.config["TRUSTED_HOSTS"] = [LOOPBACK, "localhost"]
    i18n.install(app)
    formatting.install(app)
    page = BankPage(wiring, folder)
    app.add_url_rule("/", view_func=page.show)
    app.add_url_rule("/", view_func=page.pay, methods=["POST"])
    app.add_url_rule("/statement.csv", view_func=page.statement)
    app.add_url_rule("/health", view_func=page.health)
    return app


class BankPage:
    """The views of the bank's site."""

    def __init__(self, wiring: Wiring, folder: DemoFolder) -> None:
        """Show the bank of a folder."""
        self._wiring = wiring
        self._folder = folder

    def show(self) -> str:
        """Show the form, and the newest payments below it."""
        return self._page({"reference": request.args.get("reference", "")})

    def pay(self) -> AnyResponse | tuple[str, int]:
        """Move the money and show it at the head of the list."""
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            abort(HTTPStatus.FORBIDDEN)
        typed = {name: request.form.get(name, "").strip() for name in ("reference", "amount")}
        try:
            amount = read_dong(typed["amount"]) if typed["amount"] else None
            paid = pay_by_transfer(self._wiring, self._folder, typed["reference"], amount)
        except PaymentsError as error:
            return self._page(typed, sentence(error)), HTTPStatus.UNPROCESSABLE_ENTITY
        return redirect(url_for("show", paid=paid.number), HTTPStatus.SEE_OTHER)

    def statement(self) -> AnyResponse:
        """Hand out today's statement as it stands."""
        with closing(Client(self._wiring.settings.base_url)) as site:
            bank = bank_of(self._folder, self._wiring, site)
            path = bank.write_statement(local(self._wiring.world.clock.now()).date())
        return send_file(path, as_attachment=True, download_name=path.name)

    def health(self) -> tuple[str, int]:
        """Say that the bank is open."""
        return "", HTTPStatus.NO_CONTENT

    def _page(self, typed: dict[str, str], error: str = "") -> str:
        with closing(Client(self._wiring.settings.base_url)) as site:
            bank = bank_of(self._folder, self._wiring, site)
            payments = bank.payments()[: -_SHOWN - 1 : -1]
        return render_template(
            "demo/bank.html",
            customer=bank.customer,
            payments=payments,
            typed=typed,
            error=error,
            paid=request.args.get("paid", type=int),
            site=self._wiring.settings.base_url,
        )
