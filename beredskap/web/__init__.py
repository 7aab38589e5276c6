"""The acknowledgement page, the wall board and the providers' webhooks.

Promises: nothing changes on GET; a webhook is checked before it is believed; whatever comes in is
handed to the desk. Must not enter: rules, senders, the ledger, the engine.
"""
