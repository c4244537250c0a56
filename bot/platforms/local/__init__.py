"""The local platform: a chat on this machine, whose wire is a web page."""
