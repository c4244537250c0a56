"""What recurs: one job a file, which is a declaration and one call into a handler."""
