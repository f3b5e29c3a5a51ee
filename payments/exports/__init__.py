"""Documents for people to keep: receipts in PDF, books and reports in spreadsheets."""
