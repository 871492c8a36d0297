"""The journal: every message with its bytes, its decision, its deliveries and its history, in one SQL file.

store       SqlJournal: the port ``Journal``, and with it the reading side
view        SqlJournalView: the port ``JournalView``, for a running hub and for a stopped one
recording   keeping and deciding, many messages in one statement
sending     claim, settle, replay
database    the file, its one writer, its readers    writer   group commit
schema      numbered migrations                      bodies   the one door for personal bytes at rest
"""
