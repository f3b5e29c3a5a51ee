from __future__ import annotations
from dataclasses import replace
from datetime import timedelta, datetime, UTC
import threading
import pytest
from sqlalchemy import text
from payments.domain.bank_messages import *
from payments.domain.errors import *
from payments.services.receive_deliveries import Delivery, receive_deliveries
from payments.services.issue_request import issue_request
from payments.services.place_transfer import place_transfers
from reconciliation.services.match_statement import prove, Importing
from tests.flows.stage import *


def reissue(stage, standing):
    with stage.wiring.open_uow() as uow:
        again = issue_request(uow, stage.wiring.world, stage.made.actor, standing.dossier)
        uow.commit()
    return again

def test_expired_reissued(stage):
    s = stage.request()
    stage.clock.move(days=8)
    again = reissue(stage, s)
    stage.announce(stage.pay(s.request.reference))
    stage.announce(stage.pay(again.request.reference))
    print("EXPIRED", stage.state(s), stage.state(again), stage.open_breaks(), stage.balances())

def test_long_reference(stage):
    s = stage.request()
    p = stage.pay(s.request.reference)
    d = stage._delivery(p, p.amount)
    n = replace(d.notices[0], bank_reference="X" * 300, event_id="1")
    with stage.wiring.open_uow() as uow:
        r = receive_deliveries(uow, stage.wiring.world, [replace(d, notices=(n,))])
        uow.commit()
    print("LONGREF", stage.state(s))

def test_cutoff_out_of_order(stage):
    with stage.wiring.engine.begin() as c:
        c.execute(text("UPDATE centres SET cutoff_minutes = 990"))
    s = stage.request()
    stage.clock.at = datetime(2021, 3, 9, 9, 29, tzinfo=UTC)  # 16:29
    early = stage.pay(s.request.reference, 75_000)   # 16:30 
    early = replace(early, at=datetime(2021, 3, 9, 9, 20, tzinfo=UTC))
    late = replace(stage.pay(s.request.reference, 400_000), at=datetime(2021, 3, 9, 9, 31, tzinfo=UTC))
    stage.announce(late)
    stage.announce(early)
    r = stage.report(date(2021,3,9))
    print("CUTOFF", stage.state(s), r.balances, [e for e in r.equations if not e.holds])
    try:
        stage.close_day(date(2021,3,9), accept_missing=True)
        print("CUTOFF closed")
    except PaymentsError as e:
        print("CUTOFF close refused", e)

def test_foreign_cutoff(stage):
    with stage.wiring.engine.begin() as c:
        c.execute(text("UPDATE centres SET cutoff_minutes = 990"))
    stage.clock.at = datetime(2021, 3, 9, 10, 0, tzinfo=UTC)  # 17:00
    p = stage.pay("x")
    d = stage._delivery(p, p.amount)
    n = replace(d.notices[0], account_number="999")
    with stage.wiring.open_uow() as uow:
        receive_deliveries(uow, stage.wiring.world, [replace(d, notices=(n,))])
        uow.commit()
    print("FOREIGN", stage._rows("select kind, business_date from breaks"))

def entries(stage, *items):
    bal=0
    out=[]
    for i,(paid, rev) in enumerate(items,1):
        bal += paid.amount if paid.direction is Direction.IN else -paid.amount
        out.append(StatementEntry(where=f"row {i}", booked_on=local(paid.at).date(), amount=paid.amount, direction=paid.direction, text=paid.text, bank_reference=paid.bank_reference, balance_after=bal, is_reversal=rev))
    return out, bal

def test_reversal(stage):
    from bank_adapters.statements import writing
    print([n for n in dir(writing) if not n.startswith('_')])
    s = stage.request()
    out = stage.pay(s.request.reference, direction=Direction.OUT)
    back = stage.pay(s.request.reference)
    es, bal = entries(stage, (out, False), (back, True))
    st = Statement(account_number=stage.made.account.account_number, currency="VND", entries=tuple(es), opening=0, closing=bal, period_from=stage.today, period_to=stage.today, number="1")
    body = writing.mt940(st)
    print(body.decode()[:600])
    print(stage.import_file(body, "a.sta"))
    print("REVERSAL", stage.state(s), stage.open_breaks(), stage.balances(), stage._rows("select outcome, direction from transfers"))

def test_dup_place(stage):
    s = stage.request()
    r = stage.announce(stage.pay("abc", 300_000))
    t = r[0].transfer.transfer_id
    try:
        with stage.wiring.open_uow() as uow:
            officer = uow.staff.get(stage.centre_id, "HTR-taichinh")
            place_transfers(uow, stage.wiring.world, officer, transfer_ids=[t, t], reference=s.request.reference)
            uow.commit()
        print("DUP placed", stage.balances())
    except PaymentsError as e:
        print("DUP refused", e)
