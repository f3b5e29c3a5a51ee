"""Statements, matching, breaks, the day close and the day report.

Read it in the order of a day's end: ``services/import_statement`` → ``services/match_statement`` →
``services/resolve_break`` → ``services/close_day`` → ``services/report_day`` → ``exports``.
"""
