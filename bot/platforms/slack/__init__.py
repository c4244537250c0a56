"""Slack: workspaces, over Socket Mode or signed HTTP."""
