"""Baraza: the recurring work of a community facilitator, inside the chat where the members already are."""
