"""The tables and queries of reconciliation."""
