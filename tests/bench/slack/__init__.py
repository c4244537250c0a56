"""Slack over the wire: the emulator in a process of its own, bolt's apps and Baraza on it in turns, round by round."""
