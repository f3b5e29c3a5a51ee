"""The sentence of every error code. English here; other languages are in the catalogues.

Blanks are ``%(name)s`` for the facts of the error. A percent sign is written twice.
"""

from __future__ import annotations

from payments.web.i18n import N_

ERROR_SENTENCES: dict[str, str] = {
    # Pages, people and forms
    "unknown_code": N_("This cannot be done (%(code)s)."),
    "unexpected": N_("Something went wrong on our side."),
    "page_unknown": N_("There is no such page."),
    "method_not_allowed": N_("This page cannot be used that way."),
    "request_unreadable": N_("The request could not be read."),
    "body_too_large": N_("What was sent is too large."),
    "media_type_wrong": N_("This kind of content is not accepted here."),
    "not_signed_in": N_("Please sign in first."),
    "not_permitted": N_("Your role does not allow this."),
    "sign_in_wrong": N_("The user name or the password is wrong."),
    "too_many_attempts": N_("Too many attempts. Please wait %(minutes)s minutes and try again."),
    "form_expired": N_("This form is no longer valid. Please open the page again."),
    "form_from_elsewhere": N_("This form was not sent from a page of this service."),
    "form_key_missing": N_("This form is incomplete. Please open the page again."),
    "form_used_before": N_("This form has already been used for something else."),
    "field_missing": N_("Please fill in this field."),
    "database_unavailable": N_("The service is busy. Nothing was saved."),
    "done_before": N_("This has already been done."),
    # Staff
    "staff_unknown": N_("There is no such person."),
    "username_wrong": N_("A user name has 3 to 64 lower-case letters, digits, dots or hyphens."),
    "username_taken": N_("This user name is already in use."),
    "display_name_missing": N_("Please give the full name."),
    "role_unknown": N_("There is no such role."),
    "password_too_short": N_("A password has at least %(least)s characters."),
    "password_too_long": N_("A password has at most %(most)s characters."),
    "password_too_plain": N_("This password is too easy to guess."),
    "password_wrong": N_("The present password is wrong."),
    "passwords_differ": N_("The two passwords are not the same."),
    "own_account": N_("You cannot change your own role or switch yourself off."),
}

# What a person may do next, by error code, else by status, else the last resort under "".
WHAT_NEXT: dict[str, str] = {
    "form_expired": N_("Go back, reload the page and send the form again."),
    "database_unavailable": N_("Wait a few seconds and try again."),
    "403": N_("If you need this for your work, ask the administrator of your centre."),
    "404": N_("Check the address, or begin again from the first page."),
    "413": N_("Send a smaller file."),
    "429": N_("Wait, then try again. Ask the administrator if you have forgotten your password."),
    "503": N_("Wait a few seconds and try again."),
    "": N_("Go back and try again. If it happens again, tell the administrator the number below."),
}
