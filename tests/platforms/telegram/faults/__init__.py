"""Telegram on bad days: each fault that Baraza has to survive, over the wire, with the program around it."""
