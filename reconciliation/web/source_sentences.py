"""The sentence of everything that can go wrong where statements come from by themselves."""

from __future__ import annotations

from payments.web.i18n import N_

SOURCE_PROBLEMS: dict[str, str] = {
    # Files, in the watched folder or on a server
    "file_still_changing": N_("The file is still being written. It is taken at the next visit."),
    "file_not_reachable": N_("The file cannot be opened or moved (%(reason)s)."),
    "too_many_files": N_("There are more than %(most)s files in the folder."),
    # Sources
    "statement_source_unknown": N_("There is no such source of statements."),
}
"""Facts fill the blanks; a fact that is missing shows as a dash."""
