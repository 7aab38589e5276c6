"""The engine: opens waves, claims due work, calls a sender, records, reconciles, fetches replies.

Promises: a try is committed before it leaves; what cannot be known is shown as uncertain; a stop is
obeyed by the next claim; every due time is judged by the injected clock; no rule of the domain is
repeated here. Must not enter: wording, screens, anything that chooses which provider to use.
"""
