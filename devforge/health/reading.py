"""Reads the lines of all logs the policy names for the beacon; what cannot be read is told, not passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from devforge.adapters.log_files import LogFiles
from devforge.analytics.logs.line import LogLine
from devforge.analytics.logs.reading import read_log
from devforge.errors import DevForgeError
from devforge.model.analytics import LogKind

# Of one run, as they lie there: a beacon whose logs hold nothing else has as much in years.
RUN_BYTES = 256 * 1024 * 1024


class Reading:
    """Lines of several sources; `troubles` says what is missing in them, once all are read."""

    def __init__(
        self, sources: Mapping[str, tuple[LogKind, LogFiles]], *, since: datetime,
        limit_bytes: int = RUN_BYTES,
    ) -> None:  # fmt: skip
        self.troubles: list[str] = []
        self.files = 0
        self._sources, self._since, self._left = sources, since, limit_bytes

    def lines(self) -> Iterator[LogLine]:
        """Yield every line of files that were written to since then, also of those that break off later."""
        for source, (kind, files) in self._sources.items():
            try:
                yield from self._of(source, kind, files)
            except DevForgeError as error:
                self.troubles.append(f"the log {source} cannot be read: {error}")

    def _of(self, source: str, kind: LogKind, files: LogFiles) -> Iterator[LogLine]:
        good = bad = 0
        for stored in files.listing():
            if stored.modified < self._since:
                continue
            self._left -= stored.length
            if self._left < 0:
                self.troubles.append(
                    f"the log {source} is larger than what one run reads, so a part of it is not "
                    "counted: give the beacon an address whose logs hold nothing else"
                )
                break
            self.files += 1
            try:
                for line in read_log(files.read(stored.name), kind):
                    if isinstance(line, LogLine):
                        good += 1
                        yield line
                    else:
                        bad += 1
            except DevForgeError as error:
                self.troubles.append(f"the log {source}: {stored.name}: {error}")
        if bad > good:
            self.troubles.append(
                f"the log {source}: {bad} of {bad + good} lines cannot be read as {kind}"
            )
