"""The rules of reconciliation: the standard library and payments.domain only."""
