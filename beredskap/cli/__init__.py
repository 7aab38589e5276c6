"""Commands: parse, call the desk, print, and end with the right exit code.

Promises: JSON goes to stdout alone, one object; an error is one sentence on stderr with the exit
code of one table; `--version` and `--help` import no other room. Must not enter: rules, the
ledger's tables, anything a screen also needs.
"""
