"""The sentence of everything that can go wrong where statements come from by themselves."""

from __future__ import annotations

from payments.web.i18n import N_

SOURCE_PROBLEMS: dict[str, str] = {
    # Files, in the watched folder or on a server
    "file_still_changing": N_("The file is still being written. It is taken at the next visit."),
    "file_not_reachable": N_("The file cannot be opened or moved (%(reason)s)."),
    "file_not_kept": N_("The file cannot be kept on this machine (%(reason)s)."),
    "too_many_files": N_("There are more than %(most)s files in the folder."),
    # What a provider answers
    "answers_incomplete": N_("Pages of the provider's answer are missing."),
    "answers_unreadable": N_("The kept answers of the provider cannot be read."),
    "transaction_differs": N_("The provider tells of one transaction in two ways."),
    "provider_answered": N_("%(provider)s answered with status %(status)s, not with transactions."),
    "provider_not_asked": N_("This provider has no interface that could be asked."),
    "too_many_pages": N_("%(provider)s goes on answering without an end (%(day)s)."),
    # Sources
    "host_key_unknown": N_("The server %(host)s did not prove itself with the key named for it."),
    "host_key_malformed": N_("This is no public key of a server."),
    "private_key_malformed": N_("This is no private key, or it needs a passphrase."),
    "sign_in_refused": N_("The server %(host)s did not let us in."),
    "setting_wrong": N_("This setting cannot be used."),
    "one_secret_wanted": N_("Give either a password or a private key."),
    "statement_source_twice": N_("This is a source of statements already."),
    "statement_source_ended": N_("This source has been closed already."),
    "statement_source_unknown": N_("There is no such source of statements."),
}
"""Facts fill the blanks; a fact that is missing shows as a dash."""
