"""The sentences of what can go wrong with large statements, acceptances and mappings."""

from __future__ import annotations

from payments.web.i18n import N_

STATEMENT_ERRORS: dict[str, str] = {
    "acceptance_unknown": N_("There is no such proposal."),
    "acceptance_needless": N_("The file breaks no rule any more. Import it again."),
    "acceptance_forbidden": N_(
        "Nobody may accept this file: money in it is not known. Ask the bank for it again."
    ),
    "acceptance_open": N_("The file is already proposed and waits for a second person."),
    "acceptance_same_person": N_("Another person than the one who proposed has to decide."),
    "acceptance_decided": N_("This proposal has already been decided."),
    "acceptance_outdated": N_(
        "The books have changed since the proposal. Refuse it, and look at the file again."
    ),
    "meaning_given_twice": N_("Columns %(columns)s are both named “%(meaning)s”."),
    "profile_unknown": N_("There are no such columns."),
    "profile_ended": N_("These columns are ended."),
    "profile_without_file": N_("The file in which these columns were named is not known."),
    "file_too_large_to_hold": N_(
        "A file of this kind may have at most %(most_mb)s MB. "
        "Save it as CSV, which may have %(most_mb_csv)s MB."
    ),
    "workbook_too_large": N_(
        "The workbook is too large: at most %(most_rows)s rows are read from one. "
        "Save it as CSV, which may have more."
    ),
    "statement_import_running": N_("Another statement is being booked. Please wait until it is."),
    "statement_import_elsewhere": N_("The file is already being imported elsewhere."),
    "statement_file_not_whole": N_("The file did not arrive whole. Please hand it in again."),
    "statement_being_booked": N_("A large statement is still being booked."),
}
"""``ERROR_SENTENCES`` takes them in."""
