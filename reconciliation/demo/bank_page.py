"""The page of the simulated banks: pay a request as a citizen would, see what was paid so far."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Flask, abort, redirect, render_template, request, send_file, url_for
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

from payments.cli.root import Root
from payments.domain.business_day import local
from payments.domain.errors import PaymentsError, Unavailable
from payments.domain.money import read_dong
from payments.ports import Delivery
from payments.web import formatting, i18n
from payments.web.errors import sentence
from payments.wiring import Wiring
from reconciliation.demo.bank import DemoBank
from reconciliation.demo.connections import MAIN, bank_of, connected
from reconciliation.demo.courier import wait_really
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import LOOPBACK
from reconciliation.demo.payer import Route, pay_by_transfer, wiring_of

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
        provider = request.form.get("via", MAIN)
        try:
            amount = read_dong(typed["amount"]) if typed["amount"] else None
            route = Route(provider)
            (paid,) = pay_by_transfer(self._wiring, self._folder, typed["reference"], amount, route)
        except PaymentsError as error:
            return self._page(typed, sentence(error)), HTTPStatus.UNPROCESSABLE_ENTITY
        return redirect(url_for("show", paid=paid.number, via=provider), HTTPStatus.SEE_OTHER)

    def statement(self) -> AnyResponse:
        """Hand out today's statement as it stands."""
        today = local(self._wiring.world.clock.now()).date()
        path = self._bank(self._provider()).write_statement(today)
        return send_file(path, as_attachment=True, download_name=path.name)

    def health(self) -> tuple[str, int]:
        """Say that the bank is open."""
        return "", HTTPStatus.NO_CONTENT

    def _page(self, typed: dict[str, str], error: str = "") -> str:
        provider = self._provider()
        bank = self._bank(provider)
        return render_template(
            "demo/bank.html",
            customer=bank.customer,
            payments=bank.payments()[: -_SHOWN - 1 : -1],
            provider=provider,
            providers=self._titles(),
            typed=typed,
            error=error,
            paid=request.args.get("paid", type=int),
            site=self._wiring.settings.base_url,
        )

    def _provider(self) -> str:
        """Return the provider whose account is looked at: the main one unless it has another."""
        wanted = request.values.get("via", MAIN)
        return wanted if wanted in connected(self._folder) else MAIN

    def _bank(self, provider: str) -> DemoBank:
        """Return a bank to look at; nothing is announced by it."""
        return bank_of(self._folder, self._wiring, _announce_nothing, wait_really, provider)

    def _titles(self) -> dict[str, str]:
        """Return the providers that can be paid through, by what they are called."""
        adapters = self._wiring.adapters
        known = [name for name in self._wiring.simulators if name in adapters and name != MAIN]
        return {name: adapters[name].declaration.title for name in (MAIN, *sorted(known))}


def _announce_nothing(path: str, delivery: Delivery) -> int:
    raise Unavailable("webhook_not_accepted", path=path, method=delivery.method)
