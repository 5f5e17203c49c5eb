"""The journal's contract suite, on SQLite and on PostgreSQL."""
