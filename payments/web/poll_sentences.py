"""The sentences of what may come of asking a provider, by code."""

from __future__ import annotations

from payments.web.i18n import N_

POLL_SENTENCES: dict[str, str] = {
    "fault": N_("Something went wrong on our side."),
    "polling_unsupported": N_("This provider cannot be asked for transfers."),
    "poll_under_way": N_("The provider is being asked at this moment."),
    "poll_too_early": N_("The provider does not want to be asked yet."),
    "poll_refused": N_("The provider did not answer the question."),
    "too_many_at_one_time": N_("The provider has more transfers of one second than it can list."),
    "too_many_pages": N_("The provider's answer has no end."),
    "out_of_reach": N_(
        "The provider no longer answers for the whole time that was missing. "
        "Import the statement of that time."
    ),
    "only_other_accounts": N_(
        "The provider told only of other accounts. Compare the number of the account."
    ),
    "message_polled": N_(
        "This is an answer to a question of ours. Ask the provider again instead."
    ),
    "nothing_due": N_("There is nothing left to pay for the request %(reference)s."),
}
