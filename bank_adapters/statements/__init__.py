"""Readers of bank statements: the bytes of a file become entries, and nothing is decided here.

Each reader is found by the entry point ``thuphi.statements``. Which one reads a file is chosen by
its content, in ``reconciliation.services.read_statement``; whether the statement adds up is checked
in ``reconciliation.domain.statement_checks``.
"""
