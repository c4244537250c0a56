"""Telegram's pure parts: what comes in, and what goes out."""
