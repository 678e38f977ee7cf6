"""Our client behind the command line that the public tuf-conformance suite drives.

The classes are those `devforge` uses: the same fetcher, the same client, the same session and memory.
Only what a registry adds (mirrors, the log of changes) has no part in it. See docs/tuf-conformance.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from devforge.adapters.web import Web
from devforge.updates.reasons import TROUBLES, explain
from devforge.updates.session import Session
from devforge.updates.store import State, Store


def main(argv: Sequence[str] | None = None) -> int:
    """Do one command of the suite; 0 if it succeeded wholly, 1 if any part of it failed."""
    args = _arguments(argv)
    store = Store(args.metadata_dir / "memory", metadata=args.metadata_dir)
    trusted = store.directory / "trusted"
    if args.command == "init":
        shutil.copyfile(args.root, trusted)
        shutil.copyfile(args.root, args.metadata_dir / "root.json")
        return 0
    now, web = datetime.now(UTC), Web()
    session = Session(
        args.metadata_url.removesuffix("metadata/"), web=web, store=store,
        bootstrap=trusted.read_bytes(), now=now, targets_url=args.target_base_url,
    )  # fmt: skip
    try:
        session.check()
        session.client.refresh()
        for name in args.target_name:
            _download(session, name, args.target_dir)
    except TROUBLES as error:
        print(explain(error, mirror=args.metadata_url, now=now, expires=None), file=sys.stderr)
        store.commit(_as_it_was, session.client.metadata)
        return 1
    else:
        store.commit(session.remembered, session.client.metadata)
        return 0
    finally:
        print(*store.warnings, sep="\n", file=sys.stderr)
        session.close()
        web.close()


def _as_it_was(state: State) -> State:
    return state


def _download(session: Session, name: str, into: Path) -> None:
    content = session.target(name)
    if content is None:
        raise ValueError(f"{name}: the repository does not have it")
    path = into / quote(name, "")
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-base-url")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
