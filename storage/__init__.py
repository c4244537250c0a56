"""What Baraza remembers: one subject a file, its tables and its queries. No SQL is written above this package."""
