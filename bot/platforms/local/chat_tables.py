"""The tables of the local chat's file."""

TABLES = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, language TEXT NOT NULL,
    is_bot INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS place (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, topic TEXT NOT NULL DEFAULT '',
    has_bot INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS presence (
    place TEXT NOT NULL REFERENCES place (id), person TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (place, person)
);
CREATE INDEX IF NOT EXISTS presence_of ON presence (person);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT UNIQUE, place TEXT NOT NULL,
    thread INTEGER, author TEXT NOT NULL REFERENCES person (id), at TEXT NOT NULL,
    content TEXT NOT NULL, buttons TEXT NOT NULL DEFAULT '[]', files TEXT NOT NULL DEFAULT '[]',
    only_for TEXT, edited INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS message_in ON message (place, thread, id);
CREATE INDEX IF NOT EXISTS message_under ON message (thread, id) WHERE thread IS NOT NULL;
CREATE TABLE IF NOT EXISTS reaction (
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE, person TEXT NOT NULL,
    emoji TEXT NOT NULL, PRIMARY KEY (message, person, emoji)
);
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
    alt TEXT NOT NULL DEFAULT '', content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS form (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, body TEXT NOT NULL, opened_at TEXT NOT NULL,
    open INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS read_mark (
    person TEXT NOT NULL, place TEXT NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (person, place)
);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, body BLOB NOT NULL
);
"""
