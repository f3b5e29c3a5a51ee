"""Fees, payment requests, transfers, cash and receipts of one-stop public administration centres.

Read it in the order one payment walks through it: ``domain/fees`` → ``domain/requests`` →
``domain/references`` → ``domain/vietqr`` → ``services/receive_deliveries`` (or
``services/take_cash``) → ``domain/allocation`` → ``domain/posting_rules`` →
``services/settle_request`` → ``web``.
"""
