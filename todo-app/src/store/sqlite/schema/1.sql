-- Times are milliseconds since 1970.

CREATE TABLE account (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE, -- the name in lower case: "Ann" and "ann" are one person
    password   TEXT NOT NULL,        -- a PHC string
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE todo (
    key        TEXT PRIMARY KEY,
    board      TEXT NOT NULL,
    name       TEXT NOT NULL,
    desc       TEXT NOT NULL,
    status     INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
    owner      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX todo_by_creation ON todo (board, created_at, key);
CREATE INDEX todo_by_update ON todo (board, updated_at, key);
CREATE INDEX todo_completed ON todo (updated_at) WHERE status = 2;

-- Files that were imported already.
CREATE TABLE import (
    id    TEXT PRIMARY KEY,
    board TEXT NOT NULL,
    todos INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT;

CREATE TABLE activity (
    id     TEXT PRIMARY KEY,
    board  TEXT NOT NULL,
    todo   TEXT NOT NULL,
    name   TEXT NOT NULL,
    action TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

CREATE INDEX activity_by_time ON activity (board, at, id);

-- Attempts to log in, counted per window of time.
CREATE TABLE attempt (
    subject TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    count   INTEGER NOT NULL
) STRICT;

CREATE INDEX attempt_by_time ON attempt (since);
