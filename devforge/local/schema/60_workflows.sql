CREATE TABLE IF NOT EXISTS workflow (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active',
  crons TEXT NOT NULL DEFAULT '[]',
  last_number INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (repository_id, path)
);
CREATE TABLE IF NOT EXISTS workflow_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workflow_id INTEGER NOT NULL REFERENCES workflow (id),
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  event_id INTEGER NOT NULL,
  delivery INTEGER NOT NULL DEFAULT 0,
  event TEXT NOT NULL,
  number INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 1,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  ref TEXT NOT NULL,
  sha TEXT NOT NULL,
  head_branch TEXT,
  head_sha TEXT NOT NULL,
  head_repository_id INTEGER,
  inputs TEXT NOT NULL DEFAULT '{}',
  trusted INTEGER NOT NULL DEFAULT 1,
  depth INTEGER NOT NULL DEFAULT 0,
  actor_id INTEGER NOT NULL,
  triggering_actor_id INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued',
  conclusion TEXT,
  problem TEXT,
  cancelled INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  started_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (workflow_id, event, event_id, delivery)
);
CREATE INDEX IF NOT EXISTS workflow_run_open ON workflow_run (status);
CREATE INDEX IF NOT EXISTS workflow_run_repository ON workflow_run (repository_id, id);
CREATE TABLE IF NOT EXISTS workflow_job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES workflow_run (id),
  attempt INTEGER NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  matrix TEXT NOT NULL DEFAULT 'null',
  strategy TEXT NOT NULL DEFAULT '{}',
  labels TEXT NOT NULL DEFAULT '[]',
  environment TEXT,
  environment_url TEXT,
  status TEXT NOT NULL,
  conclusion TEXT,
  result TEXT,
  cancelled INTEGER NOT NULL DEFAULT 0,
  outputs TEXT NOT NULL DEFAULT '{}',
  steps TEXT NOT NULL DEFAULT '[]',
  annotations TEXT NOT NULL DEFAULT '[]',
  tracking TEXT,
  seconds REAL NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  started_at TEXT,
  completed_at TEXT
);
CREATE INDEX IF NOT EXISTS workflow_job_run ON workflow_job (run_id, attempt);
CREATE INDEX IF NOT EXISTS workflow_job_open ON workflow_job (status);
CREATE TABLE IF NOT EXISTS concurrency (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  run_id INTEGER NOT NULL,
  job_id INTEGER,
  state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS concurrency_name ON concurrency (repository_id, name);
CREATE TABLE IF NOT EXISTS deployment_wait (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL,
  job_id INTEGER NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  comment TEXT,
  account_id INTEGER,
  created_at TEXT NOT NULL,
  settled_at TEXT
);
CREATE TABLE IF NOT EXISTS artifact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  digest TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS artifact_run ON artifact (run_id, name);
CREATE TABLE IF NOT EXISTS attestation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  subject_digest TEXT NOT NULL,
  predicate_type TEXT NOT NULL,
  bundle TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attestation_subject ON attestation (repository_id, subject_digest);
