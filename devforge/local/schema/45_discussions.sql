CREATE TABLE IF NOT EXISTS discussion_category (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  name TEXT NOT NULL COLLATE NOCASE,
  slug TEXT NOT NULL,
  emoji TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  is_answerable INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (repository_id, slug)
);
CREATE TABLE IF NOT EXISTS discussion (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  number INTEGER NOT NULL,
  category_id INTEGER NOT NULL REFERENCES discussion_category (id),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  author_id INTEGER NOT NULL,
  editor_id INTEGER,
  answer_id INTEGER,
  answer_chosen_at TEXT,
  answer_chosen_by INTEGER,
  closed_at TEXT,
  state_reason TEXT,
  locked INTEGER NOT NULL DEFAULT 0,
  lock_reason TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  edited_at TEXT,
  UNIQUE (repository_id, number)
);
CREATE TABLE IF NOT EXISTS discussion_comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  discussion_id INTEGER NOT NULL REFERENCES discussion (id) ON DELETE CASCADE,
  parent_id INTEGER REFERENCES discussion_comment (id),
  author_id INTEGER NOT NULL,
  editor_id INTEGER,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  edited_at TEXT,
  deleted_at TEXT
);
CREATE INDEX IF NOT EXISTS discussion_comment_thread ON discussion_comment (discussion_id, parent_id, id);
CREATE TABLE IF NOT EXISTS discussion_label (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  discussion_id INTEGER NOT NULL REFERENCES discussion (id) ON DELETE CASCADE,
  label_id INTEGER NOT NULL REFERENCES label (id) ON DELETE CASCADE,
  UNIQUE (discussion_id, label_id)
);
CREATE TABLE IF NOT EXISTS minimized (
  subject TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (subject, subject_id)
);
CREATE TABLE IF NOT EXISTS auto_merge (
  pull_id INTEGER PRIMARY KEY REFERENCES pull (id),
  account_id INTEGER NOT NULL,
  token_id INTEGER,
  method TEXT NOT NULL,
  headline TEXT,
  body TEXT,
  author_email TEXT,
  enabled_at TEXT NOT NULL
);
