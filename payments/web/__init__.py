"""The pages and addresses of payments: read the form, call one use case, render."""
