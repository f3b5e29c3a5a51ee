from __future__ import annotations
import json, pytest
from flask import Flask
from tests import makers, sessions
from tests.makers import *
from payments.web.access import public

@pytest.fixture
def pg_app(postgresql_url, tmp_path, clock):
    w = makers.a_wiring(makers.some_settings(postgresql_url, tmp_path), clock)
    makers.a_centre(w.engine)
    yield sessions.make_app(w)
    w.engine.dispose()

@pytest.mark.postgres
def test_nul(pg_app):
    c = pg_app.test_client()
    for u in ["/p/a%00b", "/r/a%00", "/r/a%00.pdf", "/display/a%00", "/phi-le-phi?centre=%00&q=%00", "/webhooks/a%00", "/p/a%00/state"]:
        r = c.open(u, method="POST", json={}) if "webhooks" in u else c.get(u)
        print("NUL", u, r.status_code)
    f = sessions.sign_in(c, Role.FINANCE)
    for u in ["/quay?q=a%00", "/quay/yeu-cau/%00", "/quay/ho-so/%00", "/tai-chinh/chenh-lech/%00", "/tai-chinh/sao-ke/%00","/ca-thu/%00", "/tai-chinh/khoa-so?day=0001-01-01", "/tai-chinh/khoa-so?day=9999-12-31&before=0001-01-01", "/tai-chinh/?day=0001-01-01","/tai-chinh/chenh-lech?day=0001-01-01"]:
        print("NUL", u, f.get(u).status_code)
    c2 = pg_app.test_client()
    a = sessions.sign_in(c2, Role.AUDITOR)
    pg_app.testing=False
    pg_app.config["PROPAGATE_EXCEPTIONS"]=False
    for u in ["/quan-tri/nhat-ky/?actor=%00", "/quan-tri/nhat-ky/?day=0001-01-01","/quan-tri/nhat-ky/?day=9999-12-31", "/quan-tri/nhat-ky/?before=999999999999999"]:
        print("AUD", u, a.get(u).status_code)

def test_locals(app, capsys):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    def view():
        password = "hunter-canary-1"
        raise RuntimeError("x")
    app.add_url_rule("/boom", view_func=public(view), endpoint="boom")
    app.test_client().get("/boom")
    err = capsys.readouterr().err
    print("LOCALS leak:", "hunter-canary-1" in err)

def test_net(app):
    from payments.web.security import network
    for a in ["2001:db8::a:b:c:d","2001:db8::1:2:3:4", "2001:db8:0:0:1::", "::ffff:1.2.3.4", "::1"]:
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": a}):
            print("NET", a, network())

def test_base(tmp_path):
    for k, v in [("BASE_URL","http://[::1"),("BASE_URL","http://u:p@h"),("BASE_URL","https://h?x=1"),("BASE_URL","http://h:99999"),("CLOSE_AT","1²:00"),("CLOSE_AT","٠٥:٠٠"), ("CLOSE_AT","5:0"), ("DATABASE_URL","sqlite:///"),("DATABASE_URL","sqlite:///:memory:"),("DATABASE_URL","postgresql://"), ("BIND","unix:")]:
        try:
            s = makers.some_settings("sqlite:///x.db", tmp_path, **{"THUPHI_"+k: v})
            print("SET", k, v, "ACCEPTED", getattr(s, k.lower()))
        except Exception as e:
            print("SET", k, v, type(e).__name__, str(e)[:100])
