-- The first layout. registry/store/tables.def says the same to every driver; rows.h says what the columns mean.
--
-- Times are microseconds since 1970. Tables whose rows never change have triggers that say so to everybody, other programs included.
-- WITHOUT ROWID where rows are small and found by their key; large values come last, so that a scan does not read them.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The history: change feed and audit in one. Each hash covers the one before.
CREATE TABLE change (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us  INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash   BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE file (
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE schema (
    id              INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    exact           BLOB NOT NULL UNIQUE CHECK (length(exact) = 32),
    normal          BLOB NOT NULL CHECK (length(normal) = 32),
    guid            BLOB NOT NULL UNIQUE CHECK (length(guid) = 16),
    main            TEXT NOT NULL,
    messages        TEXT NOT NULL,
    top_level_count INTEGER NOT NULL,
    created_us      INTEGER NOT NULL
) STRICT;
CREATE INDEX schema_by_normal ON schema (normal, id);

CREATE TABLE schema_file (
    schema_id INTEGER NOT NULL REFERENCES schema (id),
    ordinal   INTEGER NOT NULL CHECK (ordinal >= 0),
    path      TEXT NOT NULL,
    sha256    BLOB NOT NULL REFERENCES file (sha256),
    PRIMARY KEY (schema_id, ordinal)
) STRICT, WITHOUT ROWID;

-- level -1: the default of the server.
CREATE TABLE subject (
    name       TEXT PRIMARY KEY NOT NULL CHECK (length(name) > 0),
    level      INTEGER NOT NULL CHECK (level BETWEEN -1 AND 6),
    generation INTEGER NOT NULL CHECK (generation > 0),
    created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
    subject    TEXT NOT NULL REFERENCES subject (name),
    number     INTEGER NOT NULL CHECK (number BETWEEN 1 AND 2147483647),
    schema_id  INTEGER NOT NULL REFERENCES schema (id),
    created_us INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (subject, number),
    UNIQUE (subject, schema_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_source (
    subject     TEXT NOT NULL,
    number      INTEGER NOT NULL,
    source_info BLOB NOT NULL,
    UNIQUE (subject, number),
    FOREIGN KEY (subject, number) REFERENCES version (subject, number)
) STRICT;

CREATE TABLE schema_reference (
    schema_id INTEGER NOT NULL REFERENCES schema (id),
    ordinal   INTEGER NOT NULL CHECK (ordinal >= 0),
    name      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    number    INTEGER NOT NULL,
    PRIMARY KEY (schema_id, ordinal),
    FOREIGN KEY (subject, number) REFERENCES version (subject, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE producer (
    name         TEXT PRIMARY KEY NOT NULL CHECK (length(name) > 0),
    team         TEXT,
    chat         TEXT,
    contact      TEXT,
    is_blocked   INTEGER NOT NULL CHECK (is_blocked IN (0, 1)),
    block_reason TEXT,
    generation   INTEGER NOT NULL CHECK (generation > 0),
    created_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The token itself is not here: only its SHA-256.
CREATE TABLE token (
    id         TEXT PRIMARY KEY NOT NULL,
    producer   TEXT NOT NULL REFERENCES producer (name),
    name       TEXT,
    hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    revoked_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_producer ON token (producer, id);

-- state: 0 draft, 1 active, 2 deprecated, 3 retired. The two partial indexes are the heart of the matter: one live contract for a topic,
-- and one for a message type of a subject, whoever asks and however many at once.
CREATE TABLE contract (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    topic             TEXT NOT NULL CHECK (length(topic) > 0),
    subject           TEXT NOT NULL REFERENCES subject (name),
    message_type      TEXT NOT NULL CHECK (length(message_type) > 0),
    producer          TEXT NOT NULL REFERENCES producer (name),
    mode              INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 3),
    unknown_fields    INTEGER NOT NULL CHECK (unknown_fields IN (0, 1)),
    allows_tombstones INTEGER NOT NULL CHECK (allows_tombstones IN (0, 1)),
    takes_json        INTEGER NOT NULL CHECK (takes_json IN (0, 1)),
    versions          INTEGER NOT NULL CHECK (versions BETWEEN 0 AND 2),
    pinned_version    INTEGER NOT NULL CHECK (pinned_version >= 0),
    max_payload_bytes INTEGER NOT NULL CHECK (max_payload_bytes >= 0),
    state             INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    is_blocked        INTEGER NOT NULL CHECK (is_blocked IN (0, 1)),
    block_reason      TEXT,
    offered_to        TEXT REFERENCES producer (name),
    generation        INTEGER NOT NULL CHECK (generation > 0),
    created_us        INTEGER NOT NULL,
    updated_us        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contract_by_topic ON contract (topic) WHERE state <> 3;
CREATE UNIQUE INDEX contract_by_type ON contract (subject, message_type) WHERE state <> 3;
CREATE INDEX contract_by_producer ON contract (producer, id);
CREATE INDEX contract_history ON contract (topic, id);

CREATE TABLE co_producer (
    contract_id INTEGER NOT NULL REFERENCES contract (id),
    producer    TEXT NOT NULL REFERENCES producer (name),
    PRIMARY KEY (contract_id, producer)
) STRICT, WITHOUT ROWID;

-- What was stored stays as it was stored.
CREATE TRIGGER change_no_update BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER change_no_delete BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER file_no_update BEFORE UPDATE ON file BEGIN SELECT RAISE(ABORT, 'files are immutable'); END;
CREATE TRIGGER file_no_delete BEFORE DELETE ON file BEGIN SELECT RAISE(ABORT, 'files are immutable'); END;
CREATE TRIGGER schema_no_update BEFORE UPDATE ON schema BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER schema_no_delete BEFORE DELETE ON schema BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER schema_file_no_update BEFORE UPDATE ON schema_file BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER schema_file_no_delete BEFORE DELETE ON schema_file BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER schema_reference_no_update BEFORE UPDATE ON schema_reference BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER schema_reference_no_delete BEFORE DELETE ON schema_reference BEGIN SELECT RAISE(ABORT, 'schemas are immutable'); END;
CREATE TRIGGER version_no_update BEFORE UPDATE ON version BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_no_delete BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_source_no_update BEFORE UPDATE ON version_source BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_source_no_delete BEFORE DELETE ON version_source BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
