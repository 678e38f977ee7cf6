"""Reads the logs of a source for some days, each content once, whatever it is called or packed as."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time

from devforge.adapters.log_files import LogFiles
from devforge.analytics.logs.reading import read_log, unpacked
from devforge.analytics.traffic import Observed, Traffic, count
from devforge.errors import BadInput, Refused
from devforge.model.analytics import LogSource


def observe_traffic(source: LogSource, files: LogFiles, days: frozenset[date]) -> Observed:
    """Count the requests of `days`. A file that cannot be read whole is told and not counted at all.

    Raises:
        Unavailable, Refused, BadInput: the files cannot be listed, or one not fetched.
    """
    traffic, seen, problems = Traffic(), set[bytes](), list[str]()
    # A file last written before these days began has nothing of them.
    begin = datetime.combine(min(days), time(), UTC)
    for stored in files.listing():
        if stored.modified < begin:
            continue
        try:
            content = files.read(stored.name)
            digest = hashlib.sha256()
            for chunk in unpacked(content):
                digest.update(chunk)
            if digest.digest() in seen:
                continue
            traffic.add(count(read_log(content, source.kind), index=source.index, days=days))
            seen.add(digest.digest())
        except (BadInput, Refused) as error:
            problems.append(f"{stored.name!r}: {error}")
    return Observed(traffic, len(seen), tuple(problems))
