"""Telegram over the wire: the emulator in a process of its own, python-telegram-bot and Baraza on it in turns."""
