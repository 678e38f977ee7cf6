"""Names that reach paths, URLs and commands: what is allowed, and the sentence for what is not."""

# ruff: noqa: RUF001 - letters that look alike are what these tests are about

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.model.names import ExtensionId, Permission, RepositoryUrl, developer_name

HOSTILE = [
    "..", "../acme", "acme/..", "a\nb", "a\n", "\na", "a\rb", "a\0b", "a'b", 'a"b', "a`id`", "$(id)",
    "a b", "a;b", "a|b", "a&b", "-a", "--upload-pack=id", "ext::sh", "a\\b", "~", "*", "", ".", "a..b",
    "aсme", "ａｃｍｅ", "acme\u200b", "acme\u202e", "e\u0301", "AcMe", "a--b", "a-", "a_b", "con", "nul", "lpt1",
    "x" * 65, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_developer_is_refused(text):
    with pytest.raises(ValueError, match="must be lower-case letters, digits and single hyphens"):
        developer_name(text)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_half_of_an_id_is_refused(text):
    for id in (f"{text}.tool", f"acme.{text}"):
        with pytest.raises(ValueError, match=r"must be developer\.name in lower-case letters"):
            ExtensionId.parse(id)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_repository_is_refused(text):
    addresses = [f"https://github.com/{text}/tool", text, f"https://{text}/acme/tool"]
    if (
        not re.fullmatch(r"[A-Za-z0-9-]+", text, re.ASCII)
        or text.strip("-") != text
        or "--" in text
    ):
        for address in addresses:
            with pytest.raises(ValueError, match=r"must be https://github\.com/owner/name"):
                RepositoryUrl.parse(address)


def test_a_look_alike_is_named():
    with pytest.raises(ValueError, match="U\\+0441 CYRILLIC SMALL LETTER ES is none of them"):
        ExtensionId.parse("aсme.tool")


def test_a_device_is_named():
    with pytest.raises(ValueError, match="con is a device on Windows"):
        ExtensionId.parse("acme.con")


@pytest.mark.parametrize(
    ("kind", "wrote", "meant"),
    [
        (ExtensionId, "Acme/Todo Tree", "acme.todo-tree"),
        (ExtensionId, "аcme.tооl", "acme.tool"),
        (ExtensionId, "ａｃｍｅ.tool", "acme.tool"),
        (ExtensionId, "acme", None),
        (RepositoryUrl, "git@github.com:acme/tool.git", "https://github.com/acme/tool"),
        (
            RepositoryUrl,
            "http://www.github.com/acme/tool/tree/main",
            "https://github.com/acme/tool",
        ),
        (RepositoryUrl, "ssh://git@github.com/acme/tool", "https://github.com/acme/tool"),
        (RepositoryUrl, "acme/tool", "https://github.com/acme/tool"),
        (RepositoryUrl, "https://gitlab.com/acme/tool", None),
        (RepositoryUrl, "ext::sh -c id", None),
        (Permission, "network:https://api.example.com/v1", "network:api.example.com"),
        (Permission, "filesystem", "filesystem:read"),
        (Permission, "fs:write", None),
        (Permission, "file:write", "filesystem:write"),
        (Permission, "Process", "process"),
        (Permission, "network", None),
    ],
)
def test_what_was_meant_is_offered(kind, wrote, meant):
    with pytest.raises(ValueError, match="must be"):
        kind.parse(wrote)
    assert kind.nearest(wrote) == meant


@pytest.mark.parametrize(
    "text", ["network:*", "network:*.example.com:443", "filesystem:read", "secrets", "network:a"]
)
def test_permissions_keep_their_spelling(text):
    assert str(Permission.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "network:",
        "network:HOST",
        "network:a/b",
        "network:a\n",
        "process\n",
        "secrets:",
        "clipboard:x",
    ],
)
def test_a_permission_that_says_more_or_less_is_refused(text):
    with pytest.raises(ValueError, match="must be"):
        Permission.parse(text)


@given(st.text(max_size=40))
def test_whatever_is_offered_is_itself_valid(text):
    for kind in (ExtensionId, RepositoryUrl, Permission):
        near = kind.nearest(text)
        assert near is None or str(kind.parse(near)) == near
