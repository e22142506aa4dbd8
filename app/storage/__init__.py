"""Everything that knows SQL: the database, its tables, one module of queries a subject, in rooms."""
