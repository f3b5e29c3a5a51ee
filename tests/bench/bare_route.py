"""The limit that webhooks are measured against: verify the same signature, commit one row, answer."""

from __future__ import annotations

import hmac
import os
import sys

from flask import Flask, Response, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert

from payments.store.engine import begin, open_engine
from payments.web.server import gunicorn_options, serve

SECRET = os.environ.get("BENCH_SECRET", "").encode()
_metadata = MetaData()
_rows = Table(
    "bare_rows",
    _metadata,
    Column("row_id", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)


def make_app() -> Flask:
    """Build the smallest service that answers a webhook honestly."""
    app = Flask("bare")
    engine = open_engine(os.environ["BENCH_DATABASE_URL"], pool_size=32)
    _metadata.create_all(engine)

    @app.post("/webhooks/<endpoint>")
    def receive(endpoint: str) -> Response:
        del endpoint
        body = request.get_data()
        signed = request.headers["X-SePay-Timestamp"].encode() + b"." + body
        expected = "sha256=" + hmac.digest(SECRET, signed, "sha256").hex()
        if not hmac.compare_digest(expected, request.headers["X-SePay-Signature"]):
            return Response(status=401)
        with engine.connect() as connection:
            begin(connection, write=True)
            connection.execute(insert(_rows).values(body=body))
            connection.commit()
        return Response(b'{"success": true}', content_type="application/json")

    return app


if __name__ == "__main__":
    serve(make_app, gunicorn_options(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
