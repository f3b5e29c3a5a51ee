"""The command line of reconciliation."""
