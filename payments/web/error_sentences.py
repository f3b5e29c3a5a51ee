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
    "account_has_provider": N_(
        "Another provider (%(provider)s) announces this account already. "
        "Close that connection first."
    ),
    "till_of_person_open": N_("This person has a till open. It has to be counted first."),
    "own_account": N_("You cannot change your own role or switch yourself off."),
    # Files, dossiers, fees and the JSON interface
    "dossier_code": N_(
        "This is no dossier code. It looks like 000.00.16.H57-211126-0001 or "
        "H15.50.05.13-261008-0975."
    ),
    "dossier_code_date": N_("The date inside the dossier code does not exist."),
    "dossier_differs": N_(
        "Dossier %(dossier)s is already registered with another procedure, applicant or day."
    ),
    "dossier_twice": N_("Dossier %(dossier)s stands here twice, first at %(row)s."),
    "too_many_dossiers": N_("At most %(limit)s dossiers can be sent at once."),
    "procedure_unknown": N_("There is no procedure with the code %(procedure)s."),
    "applicant_missing": N_("Please give the name of the applicant, at most 200 characters."),
    "second_factor_wrong": N_(
        "Give the last four digits of the applicant's phone or identity number."
    ),
    "fee_unknown": N_("The fee %(fee)s is not in force for this procedure, channel and payer."),
    "no_fee_due": N_("No fee is in force for procedure %(procedure)s."),
    "quantity_out_of_range": N_("A quantity is between 1 and %(limit)s."),
    "total_too_large": N_(
        "The total of %(total)s ₫ is above the limit of one transfer, %(limit)s ₫."
    ),
    "request_still_open": N_("The request %(reference)s of this dossier is still open."),
    "reference_unknown": N_("No payment request has the code %(reference)s."),
    "amount_unreadable": N_("“%(found)s” cannot be read as an amount. Write 50000 or 50.000."),
    "amount_out_of_range": N_("The amount is too large."),
    "file_missing": N_("Please choose a file."),
    "file_refused": N_("The file was refused: %(count)s rows are wrong."),
    "file_too_large": N_("The file is too large: at most %(most_bytes)s bytes."),
    "table_empty": N_("The file holds no rows."),
    "table_too_long": N_("The file has more than %(limit)s rows."),
    "table_not_supported": N_("This is neither a CSV nor an XLSX file."),
    "encoding_unknown": N_("The letters of the file cannot be read. Save it as CSV UTF-8 or XLSX."),
    "workbook_unreadable": N_("The XLSX file cannot be read."),
    "workbook_refused": N_(
        "The XLSX file was refused because it could harm the service (%(reason)s)."
    ),
    "header_not_found": N_("No row with the names of the columns was found. Wanted: %(wanted)s."),
    "column_unknown": N_("There is no column “%(column)s”."),
    "column_twice": N_("The column “%(column)s” stands there twice."),
    "column_missing": N_("The column “%(column)s” is missing."),
    "cell_empty": N_("Column %(column)s is empty."),
    "cell_too_long": N_("Column %(column)s is longer than %(limit)s characters."),
    "word_unknown": N_("“%(found)s” is not a word that column %(column)s may hold."),
    "day_unreadable": N_("“%(found)s” cannot be read as a day. Write 2021-12-31 or 31/12/2021."),
    "code_malformed": N_("“%(found)s” is not a valid code here."),
    "fees_unreadable": N_("“%(found)s” cannot be read as fees. Write F1; F2:3."),
    "field_name_differs": N_("Field %(name)s has another name in row %(row)s."),
    "procedure_differs": N_("Procedure %(name)s has another name or field in row %(row)s."),
    "fee_of_other_procedure": N_("Fee %(name)s belongs to another procedure in row %(row)s."),
    "fee_in_other_procedure": N_("Fee %(name)s already belongs to procedure %(procedure)s."),
    "procedure_in_other_field": N_("Procedure %(name)s already belongs to field %(field_code)s."),
    "fee_twice": N_("Fee %(fee)s stands here twice for the same channel, payer and day."),
    "fee_overlaps": N_(
        "Fee %(fee)s already has a version from %(day)s; a new one must begin later."
    ),
    "fee_not_in_force": N_("Fee %(fee)s is not in force, so it cannot end."),
    "fees_changed_since_preview": N_(
        "The schedule has changed since you looked. Please look at the preview again."
    ),
    "api_key_wrong": N_("The request carries no valid API key."),
    "json_wanted": N_("Send JSON with the content type application/json."),
    "json_unreadable": N_("The body is not valid JSON in UTF-8."),
    "json_object_wanted": N_("A JSON object is wanted here."),
    "json_list_wanted": N_("A list that is not empty is wanted in %(field)s."),
    "json_field_unknown": N_("There is no field %(field)s."),
    "json_field_missing": N_("The field %(field)s is missing."),
    "json_text_wanted": N_("The field %(field)s must be text."),
    "json_whole_wanted": N_("The field %(field)s must be a whole number."),
    "json_word_unknown": N_("The field %(field)s is one of: %(known)s."),
    "text_length_wrong": N_("Between 1 and %(limit)s characters on one line are wanted."),
    "api_keys_unknown": N_("There is no such key."),
    # Dossiers, requests, cash and tills
    "dossier_unknown": N_("There is no such dossier."),
    "request_unknown": N_("There is no such payment request."),
    "request_not_open": N_("This request is no longer waiting for payment."),
    "request_open": N_("This request is still waiting for payment."),
    "request_short": N_("Part of the money for this request has already come."),
    "request_paid": N_("This request has already been paid."),
    "request_exempt": N_("There is nothing to pay for this request."),
    "request_expired": N_("This request has expired. Issue a new one."),
    "request_cancelled": N_("This request has been cancelled."),
    "reason_missing": N_("Please give the reason."),
    "references_used_up": N_("No payment reference could be drawn. Please try again."),
    "does_not_cover": N_("%(given)s đồng does not cover the request of %(total)s đồng."),
    "tendered_too_little": N_("%(tendered)s đồng is too little: %(due)s đồng is due."),
    "till_already_open": N_("You already have an open till session."),
    "till_not_open": N_("Open your till session first."),
    "till_session_unknown": N_("There is no such till session."),
    "counter_in_use": N_("%(counter)s already has an open till session."),
    "float_out_of_range": N_("The opening cash must be from 0 to %(limit)s đồng."),
    "negative_count": N_("A number of notes cannot be less than nought."),
    "unknown_denomination": N_("There is no note or coin of %(note)s đồng."),
    "transfer_unknown": N_("There is no such bank transfer."),
    "transfer_has_nothing_left": N_("All of this transfer has already been given to requests."),
    "break_unknown": N_("There is no such difference."),
    "break_resolved": N_("This difference has already been worked off."),
    "explanation_missing": N_("Please explain in at most %(limit)s characters."),
    "service_counters_unknown": N_("There is no such counter or display."),
    "receipt_unknown": N_("There is no such receipt."),
    "centre_unknown": N_("There is no such centre."),
    "bank_unknown": N_("There is no bank with the code %(bin)s."),
    # What people type and send
    "amount_not_whole": N_("An amount is a whole number of đồng."),
    "number_wanted": N_("Please type a whole number in digits."),
    "number_out_of_range": N_("The number must be from %(least)s to %(most)s."),
    "field_malformed": N_("The content of this field cannot be used."),
    "text_too_long": N_("%(named)s: at most %(limit)s characters can be kept."),
    "text_not_storable": N_("%(named)s holds characters that cannot be kept."),
    "value_not_storable": N_("What was sent holds characters or numbers that cannot be used."),
    "field_unknown": N_("The field %(field)s is not known."),
    "field_not_text": N_("The field %(field)s must be text."),
    "field_not_whole_number": N_("The field %(field)s must be a whole number."),
    "time_malformed": N_("The time cannot be read."),
    "body_not_json": N_("The content is not JSON."),
    "body_not_object": N_("The content is not a JSON object."),
    "body_not_utf8": N_("The content is not UTF-8 text."),
    # Files
    "file_cut": N_("The file ends before its time. Please export it again."),
    "nothing_read": N_("Nothing could be read here."),
    "date_unreadable": N_("The date cannot be read."),
    "direction_unclear": N_("It is not clear whether money came in or went out."),
    "statement_format_unknown": N_("No bank statement is recognised in this file."),
    "statement_file_imported": N_("The file is in the books already."),
    "statement_has_no_columns": N_("A file of this format has no columns to name."),
    "mapping_incomplete": N_("Name at least the day, and the money in or out."),
    "column_named_twice": N_("Two columns have the same name."),
    "csv_malformed": N_("The quotation marks of the file do not match."),
    "statement_format_unclear": N_("The file fits several kinds of bank statement."),
    # Settings, reports and statements
    "api_key_revoked": N_("This key has already been revoked."),
    "endpoint_disabled": N_("This connection is already switched off."),
    "endpoints_unknown": N_("There is no such connection."),
    "bank_accounts_unknown": N_("There is no such bank account."),
    "procedures_unknown": N_("There is no such procedure."),
    "centres_unknown": N_("There is no such centre."),
    "account_exists": N_("The bank account %(account)s is already set up."),
    "centre_exists": N_("This centre is already set up."),
    "counter_exists": N_("There is already a counter of this name."),
    "time_wrong": N_("Please give the time as HH:MM."),
    "turn_did_not_come": N_("The service is busy. Nothing was saved."),
    "batch_abandoned": N_("The service is busy. Nothing was saved."),
    "unknown_secret_name": N_("This connection is not set up correctly."),
    "statement_file_missing": N_("Please choose a statement file."),
    "statement_file_unknown": N_("There is no such statement file."),
    "file_empty": N_("The file is empty."),
    # Days and reports
    "year_unreadable": N_("Please give a year of four digits."),
    "month_unreadable": N_("Please give a month from 1 to 12."),
    "range_ends_before_it_begins": N_("The last day lies before the first day."),
    "range_too_long": N_("A report covers at most %(days)s days."),
    "day_in_future": N_("%(day)s lies in the future; today is %(today)s."),
    "day_already_closed": N_("%(day)s has been closed already."),
    "earlier_day_open": N_("%(day)s is still open and has to be closed first."),
    "till_still_open": N_("%(count)s till sessions have not been counted yet."),
    "statement_missing": N_("The statement of account %(account)s for this day is missing."),
    "books_do_not_agree": N_("The sums of the day do not agree: %(findings)s."),
    # Bank messages
    "header_missing": N_("The header %(header)s is missing."),
    "header_repeated": N_("The header %(header)s is there more than once."),
    "header_malformed": N_("The header %(header)s cannot be read."),
    "outside_time_window": N_("The message is too old or from the future."),
    "wrong_method": N_("This method is not accepted here."),
    "wrong_secret": N_("The key is wrong."),
    "wrong_signature": N_("The signature is wrong."),
    "nothing_due": N_("There is nothing left to pay for the request %(reference)s."),
    "webhook_not_accepted": N_(
        "The centre did not accept the announcement of the payment. The money has moved and will"
        " be on the statement."
    ),
    "site_not_reached": N_("The centre's service cannot be reached. Is the demo running?"),
}

# What the fields are called on the pages, where a sentence says %(named)s.
FIELD_NAMES: dict[str, str] = {
    "address": N_("Address"),
    "amount": N_("Amount"),
    "applicant": N_("Applicant"),
    "code": N_("Dossier code"),
    "display_name": N_("Full name"),
    "explanation": N_("Explanation"),
    "form_key": N_("Form"),
    "holder": N_("Account holder"),
    "legal_basis": N_("Legal basis"),
    "name": N_("Name"),
    "reason": N_("Reason"),
    "unit": N_("Unit"),
    "username": N_("User name"),
}

# What a person may do next, by error code, else by status, else the last resort under "".
WHAT_NEXT: dict[str, str] = {
    "form_expired": N_("Go back, reload the page and send the form again."),
    "database_unavailable": N_("Wait a few seconds and try again."),
    "403": N_("If you need this for your work, ask the administrator of your centre."),
    "404": N_("Check the address, or begin again from the first page."),
    "413": N_("Send a smaller file."),
    "429": N_("Wait a while, then try again."),
    "503": N_("Wait a few seconds and try again."),
    "": N_("Go back and try again. If it happens again, tell the administrator the number below."),
}
