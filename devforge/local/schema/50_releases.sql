CREATE TABLE IF NOT EXISTS release (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  tag_name TEXT NOT NULL,
  target_commitish TEXT NOT NULL,
  name TEXT,
  body TEXT,
  draft INTEGER NOT NULL DEFAULT 0,
  prerelease INTEGER NOT NULL DEFAULT 0,
  immutable INTEGER NOT NULL DEFAULT 0,
  make_latest TEXT NOT NULL DEFAULT 'true',
  author_id INTEGER NOT NULL REFERENCES account (id),
  created_at TEXT NOT NULL,
  published_at TEXT,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS release_repository ON release (repository_id, tag_name);
CREATE TABLE IF NOT EXISTS release_asset (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  release_id INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  label TEXT,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  download_count INTEGER NOT NULL DEFAULT 0,
  uploader_id INTEGER NOT NULL REFERENCES account (id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (release_id, name)
);
CREATE TABLE IF NOT EXISTS spent_tag (
  repository_id INTEGER NOT NULL REFERENCES repository (id),
  tag_name TEXT NOT NULL,
  PRIMARY KEY (repository_id, tag_name)
);
