CREATE TABLE IF NOT EXISTS account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  login TEXT COLLATE NOCASE UNIQUE,
  kind TEXT NOT NULL DEFAULT 'User',
  name TEXT,
  email TEXT,
  bio TEXT,
  company TEXT,
  location TEXT,
  blog TEXT,
  is_admin INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deleted_at TEXT
);
CREATE TABLE IF NOT EXISTS membership (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INTEGER NOT NULL REFERENCES account (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  role TEXT NOT NULL DEFAULT 'member',
  UNIQUE (organization_id, account_id)
);
CREATE TABLE IF NOT EXISTS token (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (id),
  repository_id INTEGER,
  run_id INTEGER,
  permissions TEXT,
  created_at TEXT NOT NULL,
  revoked_at TEXT
);
