"""Torture: a hub, or several, killed again and again while senders and partners misbehave; then the books are compared.

    plan      what is sent, what partners do, who is killed when: all of it follows from a seed
    ledger    what senders and partners saw, on the device before the next step
    sender    writes down what it is about to send, sends until it is answered, writes down the answer
    receiver  partners that take, hang, break off, answer late or garbage, and count effects per idempotency key
    nodes     the hubs and their database server, as children that may be killed at any moment
    evidence  the ledgers and the journal, read back when everything is over
    checker   compares them: one verdict per promise
    run       puts all of this together in one temporary folder

Nobody here looks into the hub while it runs but through what any sender, partner and operator sees.
"""
