"""Telegram: groups, topics of forums and private chats, by long polling or a webhook."""
