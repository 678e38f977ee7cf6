CREATE TABLE IF NOT EXISTS pull (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  issue_id INTEGER NOT NULL UNIQUE REFERENCES issue (id),
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  number INTEGER NOT NULL,
  head_repository_id INTEGER,
  head_owner_id INTEGER NOT NULL,
  head_ref TEXT NOT NULL,
  head_sha TEXT NOT NULL,
  base_ref TEXT NOT NULL,
  base_sha TEXT NOT NULL,
  draft INTEGER NOT NULL DEFAULT 0,
  maintainer_can_modify INTEGER NOT NULL DEFAULT 0,
  merged INTEGER NOT NULL DEFAULT 0,
  merged_at TEXT,
  merged_by INTEGER,
  merge_commit_sha TEXT,
  tested_head TEXT,
  tested_base TEXT,
  mergeable INTEGER,
  auto_merge TEXT,
  intended_merge TEXT
);
CREATE INDEX IF NOT EXISTS pull_head ON pull (head_repository_id, head_ref);
CREATE INDEX IF NOT EXISTS pull_base ON pull (repository_id, base_ref);
CREATE TABLE IF NOT EXISTS review (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pull_id INTEGER NOT NULL REFERENCES pull (id),
  author_id INTEGER NOT NULL,
  body TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  submitted_at TEXT
);
CREATE TABLE IF NOT EXISTS review_comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  review_id INTEGER REFERENCES review (id),
  pull_id INTEGER NOT NULL REFERENCES pull (id),
  author_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  line INTEGER,
  position INTEGER,
  side TEXT NOT NULL DEFAULT 'RIGHT',
  commit_id TEXT NOT NULL,
  diff_hunk TEXT NOT NULL DEFAULT '',
  in_reply_to INTEGER,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS requested_reviewer (
  pull_id INTEGER NOT NULL REFERENCES pull (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  PRIMARY KEY (pull_id, account_id)
);
CREATE TABLE IF NOT EXISTS status (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  sha TEXT NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  description TEXT,
  target_url TEXT,
  creator_id INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS status_sha ON status (repository_id, sha);
CREATE TABLE IF NOT EXISTS check_suite (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  head_sha TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (repository_id, head_sha)
);
CREATE TABLE IF NOT EXISTS check_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  suite_id INTEGER NOT NULL REFERENCES check_suite (id),
  head_sha TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  conclusion TEXT,
  details_url TEXT,
  external_id TEXT,
  title TEXT,
  summary TEXT,
  body TEXT,
  annotations TEXT NOT NULL DEFAULT '[]',
  started_at TEXT NOT NULL,
  completed_at TEXT
);
CREATE INDEX IF NOT EXISTS check_run_sha ON check_run (repository_id, head_sha);
