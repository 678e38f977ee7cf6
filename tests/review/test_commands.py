"""What counts as a command, who may give it, and for which commit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.adapters.github_answers import Comment
from devforge.adapters.policy import load_policy
from devforge.model.orders import Order
from devforge.model.records import Member
from devforge.review.commands import NAMES, Command, Unclear, read_commands
from devforge.review.listening import EDITED, NOTHING, OWN, UNBOUND, Bench, Heard, listen
from devforge.review.memory import Memory, kept_orders

HEAD, OTHER = "ab12cd34" * 5, "ef56ab78" * 5
JANE, JOHN, ALICE, EVE = 1, 2, 101, 666
BEFORE, POSTED, AFTER = "2026-11-24T09:59:59Z", "2026-11-24T10:00:00Z", "2026-11-24T10:00:01Z"
POLICY = load_policy(None).model_copy(
    update={"maintainers": (Member(login="jane", id=JANE), Member(login="john", id=JOHN))}
)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("/approve", (Command("approve"),)),
        ("Looks good.\r\n/approve\r\n", (Command("approve"),)),
        ("/approve AB12CD3", (Command("approve", sha="ab12cd3"),)),
        ("/reject it deletes\tthe cache", (Command("reject", reason="it deletes the cache"),)),
        ("/waive `open-port` only on loopback", (Command("waive", "open-port", "only on loopback"),)),
        ("/hold\n/explain open-port", (Command("hold"), Command("explain", "open-port"))),
        ("wait, I want to read this", (Command("hold", reason="wait, I want to read this", is_word=True),)),
        ("Please wait: I want to read this", (Command("hold", reason="Please wait: I want to read this", is_word=True),)),
        # what is said about a command, or shown, or hidden, is none
        ("I would /approve this", ()),
        (" /approve", ()),
        ("> /approve", ()),
        ("    /approve", ()),
        ("```\n/approve\n```", ()),
        ("~~~ text\n/approve\n```\n/approve", ()),
        ("````\n```\n/approve\n````", ()),
        ("<!-- \n/approve\n-->", ()),
        ("<!-- x -->/approve", ()),
        ("<!--\n/approve", ()),
        ("> quoted\u2028/approve", ()),
        ("> quoted\x0b/approve", ()),
        ("/usr/bin/env python", ()),
        ("/", ()),
        ("waiting for tests", ()),
        ("I can wait", ()),
        ("please waive nothing", ()),
        ("/deploy production", ()),
    ],
)  # fmt: skip
def test_a_command_stands_alone_at_the_start_of_a_line(body, wanted):
    assert read_commands(body) == wanted


@pytest.mark.parametrize(
    "body",
    ["/aprove", "/Approved", "/rechek", "/reject", "/waive", "/waive open-port", "/waive A_B x",
     "/approve once the tests are there", "/recheck please", "/explain", "/explain a b"],
)  # fmt: skip
def test_what_was_meant_as_a_command_and_is_none_says_what_is_wrong(body):
    [unclear] = read_commands(body)

    assert isinstance(unclear, Unclear)
    assert unclear.problem


_LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["```", "~~~", "> ", "<!--", "-->", "/", "/approve", "wait", "\r", "\0"]),
        st.builds("/{} {}".format, st.sampled_from([*NAMES, "x"]), st.text(max_size=80)),
    ),
    max_size=30,
)


@given(lines=_LINES, end=st.sampled_from(["\n", "\r\n", "\r", " "]))
def test_no_comment_whatever_it_holds_does_more_than_give_commands(lines, end):
    body = end.join(lines)
    for found in read_commands(body):
        assert isinstance(found, Command | Unclear)
    heard = listen([comment(body), comment(body, id=8, by=EVE)], bench())

    assert heard.last == 8
    assert all(isinstance(order, Order) for order in heard.orders)


def comment(body: str, *, id=7, by=JANE, login="jane", when=AFTER, edited=None, kind="User"):
    return Comment.model_validate(
        {
            "id": id, "body": body, "user": {"id": by, "login": login, "type": kind},
            "created_at": when, "updated_at": edited or when,
        }
    )  # fmt: skip


def bench(
    outcome="person", *, head=HEAD, posted=POSTED, memory=True, policy=POLICY, heard=0, **more
):
    known = Memory.model_validate(
        {"head": HEAD, "outcome": outcome, "seen": POSTED, "posted": posted, "heard": heard}
    )
    given = {
        "head": head, "authors": frozenset({ALICE}), "policy": policy,
        "memory": known if memory else None, "unwaivable": lambda _: None,
    }  # fmt: skip
    return Bench(**(given | more))


def answer(body: str, where: Bench | None = None, **more) -> tuple[Heard, str]:
    heard = listen([comment(body, **more)], where or bench())
    return heard, heard.reactions[0][1] if heard.reactions else ""


def test_a_maintainers_approval_of_the_reviewed_head_is_done_and_recorded():
    heard, reaction = answer("/approve")
    [order] = heard.orders

    assert reaction == "+1"
    assert (order.what, order.by, order.when, order.head, order.is_done) == (
        "approve", JANE, AFTER, HEAD, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "where", "more", "reaction", "said"),
    [
        # bound to the head: not before our word on it was there, nor in the same second
        ("/approve", bench(), {"when": BEFORE}, "confused", UNBOUND),
        ("/approve", bench(), {"when": POSTED}, "confused", UNBOUND),
        ("/approve", bench(head=OTHER), {}, "confused", UNBOUND),
        ("/approve", bench(memory=False), {}, "confused", UNBOUND),
        ("/approve", bench(posted=None), {}, "confused", UNBOUND),
        ("/approve ab12cd34", bench(head=OTHER), {}, "confused", UNBOUND),
        ("/reject no", bench(head=OTHER), {}, "confused", UNBOUND),
        ("/waive open-port x", bench(head=OTHER), {}, "confused", UNBOUND),
        ("/approve", bench(), {"edited": "2026-11-24T10:05:00Z"}, "confused", EDITED),
        ("/approve", bench(authors=frozenset({JANE})), {}, "-1", OWN),
        ("/waive open-port x", bench(authors=frozenset({JANE})), {}, "-1", OWN),
        ("/approve", bench("mend"), {}, "-1", NOTHING),
        ("/approve", bench("no verdict"), {}, "-1", NOTHING),
        ("/explain no-such-rule", bench(), {}, "-1", None),
        ("/approve later", bench(), {}, "confused", None),
    ],
)  # fmt: skip
def test_a_maintainers_command_that_is_not_obeyed_says_why(body, where, more, reaction, said):
    heard, seen = answer(body, where, **more)
    [order] = heard.orders

    assert seen == reaction
    assert not order.is_done
    assert order.answer == said or (said is None and order.answer)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("/approve ab12cd34", bench(memory=False)),  # it names the head
        ("/approve", bench("wait")),
        ("/approve", bench("mend", is_stopped=True)),  # it ends a hold, and lets nothing in
        ("/hold", bench(head=OTHER)),  # these let nothing in, so they need no commit
        ("/recheck", bench("mend", head=OTHER)),
        ("/reject really no", bench("mend")),
    ],
)
def test_a_command_that_can_only_mean_this_head_is_obeyed(body, where):
    heard, reaction = answer(body, where)

    assert heard.orders[0].is_done, heard.orders[0].answer
    assert reaction == ("eyes" if body == "/recheck" else "+1")


@pytest.mark.parametrize("body", ["/hold", "wait, there is more to read"])
def test_a_hold_holds_although_its_words_were_mended(body):
    heard, reaction = answer(body, edited="2026-11-24T10:05:00Z")

    assert (heard.orders[0].what, heard.orders[0].is_done, reaction) == ("hold", True, "+1")


def test_of_a_comment_heard_before_an_edit_adds_a_hold_once_and_nothing_else():
    late = "2026-11-24T10:05:00Z"
    where = bench(heard=7)

    assert answer("/approve", where, edited=late) == (Heard(last=7), "")
    assert answer("/hold", where) == (Heard(last=7), "")  # as it was when it was heard
    heard, reaction = answer("/hold", where, edited=late)
    [order] = heard.orders
    assert (order.what, order.when, reaction) == ("hold", late, "+1")

    remembered = replace(where, memory=where.memory.model_copy(update={"orders": heard.orders}))
    assert answer("/hold", remembered, edited=late) == (Heard(last=7), "")


@pytest.mark.parametrize(
    "body", ["/approve", "/reject x", "/waive open-port x", "/hold", "/recheck"]
)
def test_a_strangers_command_is_answered_and_changes_nothing(body):
    for login in ("eve", "jane"):  # the login of a maintainer with another id is a stranger's
        heard, reaction = answer(body, by=EVE, login=login)

        assert (heard.orders, reaction, heard.last) == ((), "-1", 7)


@pytest.mark.parametrize("body", ["thanks!", "> /approve", "wait for me", "/shrug"])
def test_what_is_no_command_of_theirs_is_left_alone(body):
    heard, reaction = answer(body, by=EVE)

    assert (heard.orders, reaction) == ((), "")


def test_authors_and_strangers_may_do_what_the_policy_lets_them():
    assert answer("/recheck", by=ALICE)[1] == "eyes"
    assert answer("/explain open-port", by=EVE)[1] == "+1"
    assert answer("/approve", by=ALICE)[1] == "-1"
    assert answer("/hold", by=ALICE)[1] == "-1"
    nobody = POLICY.review.commands.model_copy(update={"approve": ()})
    policy = POLICY.model_copy(
        update={"review": POLICY.review.model_copy(update={"commands": nobody})}
    )
    assert answer("/approve", bench(policy=policy))[1] == "-1"


def test_each_comment_is_heard_once_and_no_job_is_obeyed():
    said = [comment("/approve", id=5), comment("/hold", id=6)]
    first = listen(said, bench())

    assert [order.what for order in first.orders] == ["approve", "hold"]
    assert listen(said, bench(heard=first.last)).reactions == ()
    assert answer("/approve", kind="Bot")[0].orders == ()


def test_several_commands_of_one_comment_get_one_answer_the_worst():
    assert answer("/hold\n/recheck")[1] == "eyes"
    assert answer("/hold\n/aprove")[1] == "confused"


def test_nobody_fills_the_memory_with_words():
    def order(n: int, what: str, by: int, *, is_done=True) -> Order:
        return Order(comment=n, what=what, by=by, login="x", when=AFTER, head=HEAD, is_done=is_done)

    hold = order(1, "hold", JANE)
    noise = [order(n, "explain", EVE) for n in range(2, 900)]
    noise += [order(n, "unclear", JOHN, is_done=False) for n in range(900, 1800)]
    again = [order(n, "approve", JOHN) for n in range(1800, 2600)]
    kept = kept_orders([hold, *noise, *again])

    assert hold in kept
    assert again[-1] in kept
    assert len(kept) < 20
