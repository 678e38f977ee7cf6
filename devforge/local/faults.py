"""Bad days as switches: what GitHub has done to its users, made to happen on purpose.

Everything is counted, nothing is random: the same switches and the same requests end the same way.

    gh.faults.add("502", method="POST", path="/statuses/")         # the next such request fails
    gh.faults.add("lost answer", path="/pulls/", nth=2)            # the second one happens, unheard
    gh.faults.add("duplicate", event="issue_comment", times=None)  # every such event comes twice
    gh.faults.every_call(7, "502 after")                           # exactly the seventh request
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from devforge.local.answer import Answer, LostAnswer
from devforge.local.fault_kinds import DeliveryKind, Kind, RequestKind, RunKind
from devforge.local.refusals import DOCS, ApiRefusal

if TYPE_CHECKING:
    from devforge.local.call import Call
    from devforge.local.hub import Hub

_METERED = ("api", "uploads", "graphql")
_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(slots=True)
class Fault:
    """One switch. It strikes its `nth` match and those after it, `times` times; None: for ever.

    `path`, `event`, `workflow` … match as substrings; what is None matches everything. `by` narrows
    requests to those of a kind of token: personal, workflow or anonymous.
    """

    kind: Kind
    method: str | None = None
    path: str | None = None
    by: str | None = None
    event: str | None = None
    action: str | None = None
    subscriber: str | None = None
    workflow: str | None = None
    job: str | None = None
    step: str | None = None
    nth: int = 1
    times: int | None = 1
    seconds: float = 1.0
    copies: int = 2
    matched: int = field(default=0)
    struck: int = field(default=0)

    def strikes(self) -> bool:
        """Count one match and tell whether this is one to strike."""
        self.matched += 1
        due = self.matched >= self.nth and (self.times is None or self.struck < self.times)
        self.struck += due
        return due


class Faults:
    """The switches of one local GitHub."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.calls_seen = 0

    def add(self, kind: Kind, **match: Any) -> Fault:
        """Set a switch and return it; its `struck` tells later how often it struck.

        Raises:
            ValueError: there is no such kind, or a number makes no sense.
            TypeError: there is no such way to match.
        """
        kinds = (*get_args(RequestKind), *get_args(DeliveryKind), *get_args(RunKind))
        if kind not in kinds:
            raise ValueError(f"kind: there is no fault {kind!r}; there are {', '.join(kinds)}")
        fault = Fault(kind, **match)
        if fault.nth < 1 or (fault.times is not None and fault.times < 1) or fault.seconds < 0:
            raise ValueError("nth and times count from 1, and seconds are not negative")
        with self._lock:
            self._faults.append(fault)
        return fault

    def every_call(self, k: int, kind: RequestKind = "502", *, by: str | None = None) -> Fault:
        """Strike exactly the k-th metered request from now on (of tokens of the kind `by`)."""
        return self.add(kind, nth=k, times=1, by=by)

    def clear(self) -> None:
        """Take every switch away and count requests from nothing again."""
        with self._lock:
            self._faults.clear()
            self.calls_seen = 0

    @property
    def listed(self) -> list[dict[str, Any]]:
        """Return every switch with how often it matched and struck."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    # Where the local GitHub asks -------------------------------------------------------------

    def intercept(self, call: Call, proceed: Callable[[], Answer]) -> Answer:
        """Answer a request, well or badly. Metered surfaces only: a browser is left alone."""
        if call.route.surface not in _METERED:
            return proceed()
        struck = self._struck(
            get_args(RequestKind), lambda fault: _matches_request(fault, call), counts_calls=True
        )
        for fault in struck:
            proceed = _spoiled(fault, proceed)
        return proceed()

    def disturb(
        self, event: str, action: str | None, subscribers: Sequence[str]
    ) -> Mapping[str, Sequence[timedelta]]:
        """Return when each copy of each subscriber's delivery is due; none at all where it is dropped.

        A switch counts an event once, however many subscribers hear of it.
        """
        due: dict[str, list[timedelta]] = {name: [timedelta(0)] for name in subscribers}
        for fault in self._struck(
            get_args(DeliveryKind),
            lambda fault: (
                _has(fault.event, event)
                and _has(fault.action, action)
                and any(_has(fault.subscriber, name) for name in subscribers)
            ),
        ):
            for name in subscribers:
                if _has(fault.subscriber, name):
                    due[name] = _disturbed(fault, due[name])
        return due

    def kills(self, workflow: str, job: str, step: str) -> bool:
        """Tell a runner, before each step, whether its machine dies now."""
        return bool(
            self._struck(
                get_args(RunKind),
                lambda fault: (
                    _has(fault.workflow, workflow)
                    and _has(fault.job, job)
                    and _has(fault.step, step)
                ),
            )
        )

    def _struck(
        self,
        kinds: Sequence[str],
        matches: Callable[[Fault], bool],
        *,
        counts_calls: bool = False,
    ) -> list[Fault]:
        with self._lock:
            self.calls_seen += counts_calls
            candidates = [fault for fault in self._faults if fault.kind in kinds]
            return [fault for fault in candidates if matches(fault) and fault.strikes()]


def attach(hub: Hub) -> None:
    """Let the hub's switches at its requests and deliveries."""
    hub.interceptors.append(hub.faults.intercept)
    hub.events.disturbance = hub.faults.disturb


def _disturbed(fault: Fault, due: list[timedelta]) -> list[timedelta]:
    if fault.kind == "drop":
        return []
    if fault.kind == "duplicate":
        return due * fault.copies
    return [each + timedelta(seconds=fault.seconds) for each in due]


def _matches_request(fault: Fault, call: Call) -> bool:
    kind = call.token.kind if call.token else "anonymous"
    return (
        fault.method in (None, call.method)
        and _has(fault.path, call.path)
        and fault.by in (None, kind)
    )


def _has(wanted: str | None, text: str | None) -> bool:
    return wanted is None or (text is not None and wanted in text)


def _spoiled(fault: Fault, proceed: Callable[[], Answer]) -> Callable[[], Answer]:
    """Return `proceed` with the fault around it."""

    def answer() -> Answer:
        match fault.kind:
            case "502":
                raise _bad_gateway()
            case "secondary rate limit":
                headers = {"Retry-After": str(max(1, round(fault.seconds)))}
                raise ApiRefusal(403, _SECONDARY, headers=headers, documentation_url=_LIMITS)
            case "too many requests":
                headers = {"Retry-After": str(max(1, round(fault.seconds)))}
                raise ApiRefusal(429, _SECONDARY, headers=headers, documentation_url=_LIMITS)
            case "slow":
                time.sleep(fault.seconds)
                return proceed()
        proceed()
        if fault.kind == "lost answer":
            raise LostAnswer
        raise _bad_gateway()

    return answer


_LIMITS = f"{DOCS}/overview/resources-in-the-rest-api#secondary-rate-limits"


def _bad_gateway() -> ApiRefusal:
    return ApiRefusal(502, "Server Error")
