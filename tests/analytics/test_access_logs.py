"""Access logs of each kind: what their lines say, and what no line can do to whoever reads them."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.analytics.logs.line import LogLine, Unreadable
from devforge.analytics.logs.reading import LINE_BYTES, read_log
from devforge.errors import BadInput

PACKAGE = f"/index/targets/packages/{'a' * 64}.acme.todo-tree-1.4.0.zip"
FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header "
    "cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start "
    "sc-range-end"
)


def cloudfront(*lines, fields=FIELDS):
    return "\n".join(["#Version: 1.0", f"#Fields: {fields}", *lines, ""]).encode()


def edge(**said):
    """A line as CloudFront writes it; `said` names fields by their letters alone."""
    usual = {
        "date": "2026-11-29", "time": "23:59:58", "scbytes": "48213", "cip": "2001:db8::17",
        "csmethod": "GET", "csuristem": PACKAGE, "scstatus": "200", "xedgeresulttype": "Hit",
        "csUserAgent": "devforge/0.1.0",
    }  # fmt: skip
    named = usual | said
    return "\t".join(
        named.get("".join(filter(str.isalnum, field)), "-") for field in FIELDS.split()
    )


def pushed(**said):
    usual = {
        "EdgeStartTimestamp": "2026-11-29T23:59:58Z", "ClientIP": "203.0.113.9",
        "ClientRequestMethod": "GET", "ClientRequestURI": PACKAGE, "EdgeResponseStatus": 200,
        "EdgeResponseBytes": 48213, "ClientRequestUserAgent": "devforge/0.1.0",
        "CacheCacheStatus": "hit", "RayID": "8e9f00",
    }  # fmt: skip
    return json.dumps(usual | said)


def combined(request=f"GET {PACKAGE} HTTP/1.1", status="200", more="", agent="devforge/0.1.0"):
    return f'203.0.113.9 - - [30/Nov/2026:01:59:58 +0200] "{request}" {status} 48213 "-" "{agent}"{more}'


def read(content, kind):
    return list(read_log(content if isinstance(content, bytes) else content.encode(), kind))


def one(content, kind):
    (line,) = read(content, kind)
    assert isinstance(line, LogLine), line
    return line


EXPECTED = LogLine(
    when=datetime(2026, 11, 29, 23, 59, 58, tzinfo=UTC), address="203.0.113.9", method="GET",
    path=PACKAGE, query="", status=200, bytes=48213, agent="devforge/0.1.0", first_byte=0,
    from_cache=True,
)  # fmt: skip


def test_the_three_kinds_of_log_say_the_same_of_the_same_request():
    assert one(cloudfront(edge(cip="203.0.113.9")), "cloudfront") == EXPECTED
    assert one(pushed(), "cloudflare") == EXPECTED
    assert one(combined(more=' cache=HIT range="-"'), "combined") == EXPECTED


def test_what_a_log_does_not_say_is_not_made_up():
    plain = one(combined(), "combined")

    assert plain.from_cache is None
    assert one(combined(status="206"), "combined").first_byte is None
    assert one(pushed(EdgeResponseStatus=206, CacheCacheStatus="unknown"), "cloudflare")[-2:] == (
        None,
        None,
    )


def test_the_first_byte_of_a_part_is_read_wherever_a_log_has_it():
    ranged = one(
        cloudfront(edge(scstatus="206", scrangestart="1000", scrangeend="1999")), "cloudfront"
    )
    nginx = one(combined(status="206", more=' cache=MISS range="bytes=512-"'), "combined")
    asked = one(
        pushed(EdgeResponseStatus=206, RequestHeaders={"range": "bytes=0-99"}), "cloudflare"
    )
    answered = one(
        pushed(EdgeResponseStatus=206, ResponseHeaders={"content-range": "bytes 70-99/100"}),
        "cloudflare",
    )

    assert [line.first_byte for line in (ranged, nginx, asked, answered)] == [1000, 512, 0, 70]


def test_only_what_a_cache_answered_by_itself_counts_as_its_answer():
    words = ["Hit", "OriginShieldHit", "RefreshHit", "Miss", "Redirect", "Error", "-"]
    lines = read(cloudfront(*(edge(xedgeresulttype=word) for word in words)), "cloudfront")
    flare = ["hit", "STALE", "updating", "revalidated", "expired", "dynamic", "unknown"]
    pushes = read("\n".join(pushed(CacheCacheStatus=word) for word in flare), "cloudflare")

    assert [one.from_cache for one in lines] == [True, True, False, False, False, False, None]
    assert [one.from_cache for one in pushes] == [True, True, True, False, False, False, None]


@pytest.mark.parametrize(
    "moment",
    [1795996798, "1795996798", 1795996798_123, 1795996798_123456789, "2026-11-29T23:59:58Z",
     "2026-11-30T01:59:58+02:00"],
)  # fmt: skip
def test_cloudflare_may_write_time_in_each_of_its_ways(moment):
    line = one(pushed(EdgeStartTimestamp=moment), "cloudflare")

    assert line.when.replace(microsecond=0) == EXPECTED.when


def test_a_workers_own_requests_are_not_a_clients():
    inner = pushed(ClientRequestSource="edgeWorkerFetch")
    older = pushed(WorkerSubrequest=True)

    assert read(f"{inner}\n{older}\n{pushed(ClientRequestSource='eyeball')}\n", "cloudflare") == [
        EXPECTED
    ]


def test_escapes_of_each_server_are_undone_once():
    agent = "Mozilla/5.0%20(X11;%20Linux)%20%22x%22"
    front = one(
        cloudfront(edge(csUserAgent=agent, csuristem="/a%2520b%2Bc", csuriquery="q=a%2526b")),
        "cloudfront",
    )
    nginx = one(
        combined("GET /a%20b+c?q=a%26b HTTP/2.0", agent=r"Mozilla/5.0 (X11; Linux) \x22x\x22"),
        "combined",
    )
    apache = one(combined(agent=r"say \"hi\"\tto \\ me \xc3\xa9"), "combined")

    assert (front.agent, front.path, front.query) == (
        'Mozilla/5.0 (X11; Linux) "x"', "/a b+c", "q=a%26b",
    )  # fmt: skip
    assert (nginx.agent, nginx.path, nginx.query) == (front.agent, "/a b+c", "q=a%26b")
    assert apache.agent == 'say "hi"\tto \\ me é'


def test_cloudfronts_fields_are_found_by_their_names_in_any_order():
    fields = "sc-status cs-uri-stem date time c-ip cs-method sc-bytes cs(User-Agent)"
    line = f"200\t{PACKAGE}\t2026-11-29\t23:59:58\t203.0.113.9\tGET\t48213\tdevforge/0.1.0"

    assert one(cloudfront(line, fields=fields), "cloudfront") == EXPECTED._replace(from_cache=None)


def test_what_is_no_request_is_a_line_without_one():
    tls = one(combined(r"\x16\x03\x01\x02", status="400"), "combined")
    gone = one(cloudfront(edge(scstatus="000")), "cloudfront")

    assert (tls.method, tls.path, tls.status) == ("", "", 400)
    assert gone.status == 0


def test_a_visitor_cannot_write_what_the_server_says():
    forged = combined(agent="x", more=' "1.2.3.4 cache=HIT range=bytes=0-" cache=MISS')
    user = combined().replace(
        " - - ", r" - u [30/Nov/2026:00:00:00 +0000] \x22GET / HTTP/1.1\x22 200 1 "
    )

    assert one(forged, "combined").from_cache is False
    assert one(user, "combined").path == PACKAGE


@pytest.mark.parametrize(
    ("kind", "line", "problem"),
    [
        ("cloudfront", "2026-11-29\t23:59", "2 fields, where #Fields names 33"),
        ("cloudfront", edge(scstatus="abc"), "the status is no number"),
        ("cloudfront", edge(scbytes="9" * 400), "sc-bytes is no number"),
        ("cloudfront", edge(date="2026-13-40"), "month must be in 1..12"),
        ("cloudflare", "{", "is no JSON"),
        ("cloudflare", "[" * 90_000, "is no JSON"),
        ("cloudflare", "[]", "is no JSON object (model_type)"),
        ("cloudflare", pushed(EdgeResponseStatus="gone"), "EdgeResponseStatus: int_parsing"),
        ("cloudflare", pushed(EdgeStartTimestamp=10**30), "EdgeStartTimestamp"),
        ("cloudflare", pushed(ClientRequestURI=""), "neither ClientRequestURI nor"),
        ("combined", "half a line", "is not in the combined format"),
        ("combined", combined(status="99"), "the status is none of HTTP"),
        ("combined", combined().replace("Nov", "Smarch"), "is not in the combined format"),
        ("combined", combined().replace("30/Nov", "31/Nov"), "day is out of range for month"),
        ("combined", "x" * (LINE_BYTES + 1), f"is longer than {LINE_BYTES} bytes"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told_and_the_next_one_is_read(kind, line, problem):
    good = {"cloudfront": edge(), "cloudflare": pushed(), "combined": combined()}[kind]
    content = cloudfront(line, good) if kind == "cloudfront" else f"{line}\n{good}\n"
    told, counted = read(content, kind)

    assert isinstance(told, Unreadable)
    assert problem in told.problem
    assert told.number == (3 if kind == "cloudfront" else 1)
    assert counted.path == PACKAGE


def test_cloudfront_without_its_header_is_told_line_by_line():
    (told,) = read(edge(), "cloudfront")

    assert "no #Fields line" in told.problem


def test_gzip_is_seen_by_its_content_and_may_have_several_members():
    parts = [gzip.compress(f"{combined(status=code)}\n".encode()) for code in ("200", "304")]

    assert [line.status for line in read(b"".join(parts), "combined")] == [200, 304]


def test_a_bomb_is_refused_long_before_it_is_unpacked():
    with pytest.raises(BadInput, match="more than 1,000,000 bytes unpacked"):
        list(read_log(gzip.compress(bytes(50_000_000)), "combined", limit_bytes=1_000_000))


@pytest.mark.parametrize("damage", [lambda z: z[:-12], lambda z: z[:40] + b"\0\xff" * 20 + z[80:]])
def test_a_damaged_file_is_refused_as_a_whole(damage):
    packed = gzip.compress(
        b"".join(f"{combined(f'GET /{n} HTTP/1.1')}\n".encode() for n in range(999))
    )

    with pytest.raises(BadInput, match=r"cut off|damaged"):
        list(read_log(damage(packed), "combined"))


ALPHABET = st.sampled_from(
    [*'"\\ \t\n[]{}:,=%x0123456789/-#abHIT\x00\xffé', "GET ", "bytes=", "%25"]
)


@pytest.mark.parametrize("kind", ["cloudfront", "cloudflare", "combined"])
@given(
    noise=st.lists(st.one_of(ALPHABET, st.text(max_size=5)), max_size=60), at=st.integers(0, 400)
)
def test_no_line_raises_anything(kind, noise, at):
    good = {
        "cloudfront": cloudfront(edge()).decode(),
        "cloudflare": pushed(),
        "combined": combined(),
    }
    text = good[kind]
    spoiled = (text[:at] + "".join(noise) + text[at:]).encode("utf-8", "replace")

    for line in read_log(spoiled, kind):
        assert isinstance(line, LogLine | Unreadable)
        if isinstance(line, LogLine):
            assert 0 <= line.status <= 999
            assert line.bytes >= 0
            assert line.when.tzinfo is UTC


@pytest.mark.parametrize("kind", ["cloudfront", "cloudflare", "combined"])
@given(content=st.binary(max_size=300), packed=st.booleans())
def test_no_file_raises_anything_but_bad_input(kind, content, packed):
    whole = b"\x1f\x8b\x08\x00" + content if packed else content
    try:
        list(read_log(whole, kind))
    except BadInput:
        assert packed or content.startswith(b"\x1f\x8b")
