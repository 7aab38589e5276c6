"""What is remembered: tables, guards, queries, transactions and migrations.

Promises: a status and its log entries are saved together or not at all; personal values stand in
one table; the log and the events are only ever added to. Must not enter: decisions, wording,
providers; and no table class leaves.
"""
