"""The use cases of reconciliation: one a file, named by its verb."""
