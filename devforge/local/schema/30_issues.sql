CREATE TABLE IF NOT EXISTS issue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT,
  author_id INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open',
  state_reason TEXT,
  locked INTEGER NOT NULL DEFAULT 0,
  lock_reason TEXT,
  milestone_id INTEGER,
  is_pull INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  closed_at TEXT,
  closed_by INTEGER,
  UNIQUE (repository_id, number)
);
CREATE INDEX IF NOT EXISTS issue_state ON issue (repository_id, state, created_at);
CREATE TABLE IF NOT EXISTS assignee (
  issue_id INTEGER NOT NULL REFERENCES issue (id),
  account_id INTEGER NOT NULL REFERENCES account (id),
  PRIMARY KEY (issue_id, account_id)
);
CREATE TABLE IF NOT EXISTS label (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  name TEXT NOT NULL COLLATE NOCASE,
  color TEXT NOT NULL,
  description TEXT,
  is_default INTEGER NOT NULL DEFAULT 0,
  UNIQUE (repository_id, name)
);
CREATE TABLE IF NOT EXISTS issue_label (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  issue_id INTEGER NOT NULL REFERENCES issue (id),
  label_id INTEGER NOT NULL REFERENCES label (id),
  UNIQUE (issue_id, label_id)
);
CREATE TABLE IF NOT EXISTS milestone (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  state TEXT NOT NULL DEFAULT 'open',
  creator_id INTEGER NOT NULL,
  due_on TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  closed_at TEXT,
  UNIQUE (repository_id, number)
);
CREATE TABLE IF NOT EXISTS comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  issue_id INTEGER NOT NULL REFERENCES issue (id),
  author_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS comment_issue ON comment (issue_id, id);
CREATE TABLE IF NOT EXISTS reaction (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (subject, subject_id, account_id, content)
);
CREATE TABLE IF NOT EXISTS issue_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL,
  issue_id INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
);
