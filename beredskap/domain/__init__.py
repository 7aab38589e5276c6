"""The vocabulary of crisis communication and its rules, in plain Python.

Promises: values are frozen; every rule is a pure function that is handed the time it needs; a
status moves only by the function beside its enumeration, which returns a `Transition` or raises.
Must not enter: files, network, databases, clocks, third-party packages.
"""
