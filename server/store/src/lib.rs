//! Where facts are kept: one code base for SQLite and PostgreSQL.
