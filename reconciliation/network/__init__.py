"""Places outside from which statement files come: a folder of this machine, a bank's server."""
