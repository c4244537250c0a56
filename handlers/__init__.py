"""What Baraza can do: one capability a file, or a package with ``_private`` parts when it grows."""
