"""The sentence of every rule that a statement file can break."""

from __future__ import annotations

from payments.web.i18n import N_
from payments.web.statement_errors import STATEMENT_ERRORS
from reconciliation.web.source_sentences import SOURCE_PROBLEMS

RULES: dict[str, str] = {
    # What the statement says does not agree with itself.
    "account": N_("The statement is not of an account of this centre."),
    "currency": N_("The statement is in %(currency)s, not in đồng."),
    "currency_differs": N_("The balances of the statement are in two currencies."),
    "balance_missing": N_("Only one of opening and closing balance is printed."),
    "equation": N_("Opening balance and entries miss the closing balance by %(difference)s ₫."),
    "previous_closing": N_(
        "The balance does not follow from the statement before: the difference is %(difference)s ₫."
    ),
    "late_opening": N_(
        "The statement lies in a gap that was accepted, but its opening balance is "
        "%(difference)s ₫ away from where the statement before the gap closed."
    ),
    "late_closing": N_(
        "The statement lies in a gap that was accepted, but its closing balance is "
        "%(difference)s ₫ away from where the statement behind the gap opens."
    ),
    "gap_filled": N_(
        "The statement fills the gap of %(difference)s ₫ that two people had accepted "
        "before the statement of %(until)s."
    ),
    "missing_numbers": N_(
        "%(count)s statements between this one and the one before are missing: no. %(missing)s."
    ),
    "missing_days": N_(
        "%(count)s working days before this statement have no statement: %(missing)s."
    ),
    "printed_credits": N_(
        "%(printed)s ₫ of incoming money is printed, but the rows add up to %(read)s ₫."
    ),
    "printed_debits": N_(
        "%(printed)s ₫ of outgoing money is printed, but the rows add up to %(read)s ₫."
    ),
    "printed_count": N_("%(printed)s rows are announced, but %(read)s were read."),
    "printed_sum": N_("The rows do not add up to the sum of all movements that is printed."),
    "row_chain": N_("The running balance jumps: a movement of %(missing)s ₫ is missing."),
    "period": N_("The period ends before it begins."),
    "period_missing": N_("The statement does not say which days it covers."),
    "date_outside_period": N_("The date %(day)s lies outside the statement's period."),
    "zero_amount": N_("An amount of zero or less is no movement."),
    "amount_too_large": N_("The amount is too large."),
    "period_in_future": N_("The statement covers %(day)s, which has not come yet."),
    "preview": N_(
        "This is a preview of a running day (%(message)s), which may still change. It is kept and "
        "not posted: import the statement of the day (camt.053, MT940 or a table)."
    ),
    "nothing_read": N_("Neither a row nor a balance was found."),
    "entry_after_closing": N_("A row stands behind the closing balance."),
    "more_problems": N_("… and %(count)s more."),
    # What could not be read.
    "amount_missing": N_(
        "The row has no amount. By the running balance, a movement of %(missing)s ₫ is missing."
    ),
    "amount_unreadable": N_("The amount cannot be read."),
    "amounts_contradict": N_("The row has both an incoming and an outgoing amount."),
    "direction_unclear": N_("It is not clear whether money came in or went out."),
    "date_unreadable": N_("The date cannot be read."),
    "date_format": N_("The date is not written as year, month, day."),
    "balance_unreadable": N_("The balance cannot be read."),
    "total_unreadable": N_("A printed total cannot be read."),
    "entry_unreadable": N_("A row cannot be read."),
    "entry_in_text": N_("A payer's text contains a line that looks like a row."),
    "entry_may_be_text": N_("A row may be part of a payer's text: without it the sums agree."),
    "tag_in_text": N_("A payer's text contains a line that looks like a field of the format."),
    "tag_repeated": N_("A field that may stand once stands twice."),
    "message_cut": N_("The file ends in the middle of a statement."),
    "file_cut": N_("The file is cut off."),
    "file_empty": N_("The file is empty."),
    "csv_malformed": N_("The quotation marks of the file do not match."),
    "file_too_large": N_("The file is too large."),
    "encoding_unknown": N_("The characters of the file cannot be read."),
    "mapping_incomplete": N_("Name at least the day, and the money in or out."),
    "header_not_found": N_("The header row of the table was not found."),
    "xml_unreadable": N_("The XML of the file is broken."),
    "xml_refused": N_("The XML contains what a statement never does, and is not read."),
    "message_family": N_("The file is named as another message than it contains."),
    "told_too_late": N_(
        "This row says how the rows above it had to be read. Split the file, or export it again."
    ),
    "status_unknown": N_("It is not clear whether the row is booked or still pending."),
    "details_count": N_("The row announces another number of payments than it lists."),
    "trades_left_out": N_("Trades of an investment account are not read as movements."),
    "table_empty": N_("The table is empty."),
    "table_too_long": N_("The table has too many rows."),
    **{code: STATEMENT_ERRORS[code] for code in ("file_too_large_to_hold", "workbook_too_large")},
    "workbook_refused": N_("The workbook contains what a statement never does, and is not opened."),
    "workbook_unreadable": N_("The workbook cannot be opened."),
    **SOURCE_PROBLEMS,
}
"""Facts fill the blanks; a fact that is missing shows as a dash."""
