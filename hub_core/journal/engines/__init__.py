"""SQLite and PostgreSQL behind one door: connections, sessions, the words in which they differ."""
