"""The journal: every message with its bytes, its decision, its deliveries and its history, in one SQL database.

store       SqlJournal: the port ``Journal``, and with it the reading side
view        SqlJournalView: the port ``JournalView``, for a running hub and for a stopped one
recording   keeping and deciding, many messages in one statement
outbox      deliveries that wait, their order, their leases    settling   how attempts end, replay
purging     what is old and closed goes
database    one writer, many readers    writer   group commit
engine      what the two engines promise: sqlite and postgresql
schema      numbered migrations         bodies   the one door for personal values at rest
"""
