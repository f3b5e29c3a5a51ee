"""Use cases: one file a verb, one transaction a call. They know no framework and no database."""
