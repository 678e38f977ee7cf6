CREATE TABLE IF NOT EXISTS repository (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id INTEGER NOT NULL REFERENCES account (id),
  name TEXT NOT NULL COLLATE NOCASE,
  description TEXT,
  homepage TEXT,
  private INTEGER NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0,
  parent_id INTEGER,
  source_id INTEGER,
  default_branch TEXT NOT NULL DEFAULT 'main',
  topics TEXT NOT NULL DEFAULT '[]',
  settings TEXT NOT NULL DEFAULT '{}',
  last_number INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  pushed_at TEXT NOT NULL,
  deleted_at TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS repository_name ON repository (owner_id, name) WHERE deleted_at IS NULL;
CREATE TABLE IF NOT EXISTS redirect (
  owner TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL COLLATE NOCASE,
  repository_id INTEGER NOT NULL,
  PRIMARY KEY (owner, name)
);
CREATE TABLE IF NOT EXISTS collaborator (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  role TEXT NOT NULL,
  UNIQUE (repository_id, account_id)
);
CREATE TABLE IF NOT EXISTS branch_protection (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  branch TEXT NOT NULL,
  rules TEXT NOT NULL,
  UNIQUE (repository_id, branch)
);
CREATE TABLE IF NOT EXISTS ref_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL,
  actor_id INTEGER,
  token_id INTEGER,
  refs_before TEXT NOT NULL,
  created_at TEXT NOT NULL
);
