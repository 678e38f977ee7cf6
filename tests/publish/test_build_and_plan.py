"""What is released and what is left alone, decided from plain values."""

from __future__ import annotations

import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st
from published import built_of, candidate_of, manifest_of, note_of, report_of, tree_of

from devforge.cli.options import parse_id
from devforge.model.observed import DependencyFact
from devforge.model.release import Withdrawal
from devforge.plan import Plan
from devforge.publish.build import Built, Left, build
from devforge.publish.documents import released
from devforge.publish.package import read_package
from devforge.publish.plan import plan_publish
from devforge.publish.release import render_notes
from devforge.publish.removal import plan_removal

MANIFEST = manifest_of()
TREE = tree_of(MANIFEST)
BUILT = [built_of(manifest_of(version=f"1.{number}.0")) for number in range(4)]
WITHDRAWAL = Withdrawal(reason="A court asked for it.", when="2026-11-23T09:00:00Z")


def left(**changes) -> Left:
    made = build(candidate_of(MANIFEST, **changes))
    assert isinstance(made, Left)
    return made


def report(**changes) -> bytes:
    return report_of(MANIFEST, TREE, **changes).model_dump_json().encode()


def test_the_plan_reads_as_every_plan_does(golden):
    waiting = manifest_of("jane.notes", "2.0.0", display_name="Notes")
    lensing = manifest_of("acme.json-lens", "0.3.1", display_name="JSON Lens")
    ready = [
        build(candidate_of(waiting, report=None)),
        built_of(MANIFEST),
        build(candidate_of(lensing, tree=None, problem="")),
        left(report=report(tree_sha256="0" * 64)),
        left(report=report(commit="1" * 40)),
    ]
    plan = plan_publish(ready=ready, released=4, withdrawn=1)
    golden("publish_plan.txt", plan.render() + "\n")


def test_a_report_that_is_not_about_this_source_holds_or_waits():
    assert left(report=None).waits
    assert left(report=report(commit="1" * 40)).waits
    assert not left(report=report(tree_sha256="0" * 64)).waits
    assert not left(report=report(version="9.9.9")).waits
    assert not left(report=b"{}").waits
    assert "was not found" in left(tree=None, problem="the commit was not found").reason


def test_the_index_names_the_package_and_its_note_what_a_client_finds_in_it():
    ignoring = {".devforgeignore": b"tests/\n", "tests/test_it.py": b"assert True\n"}
    tree = tree_of(MANIFEST, ignoring)
    built = built_of(MANIFEST, tree)
    record, note = candidate_of(MANIFEST, tree=tree).record, note_of(built)
    [(listed, _)] = released({MANIFEST.version: record}, {MANIFEST.version: note}, None)

    _, unpacked = read_package(built.packages[None].package)
    assert "tests/test_it.py" not in unpacked.files
    assert listed.package.sha256 == built.pointers[None].sha256
    assert note.source.packed_sha256 == unpacked.sha256
    assert built.source.tree_sha256 == tree.sha256 != unpacked.sha256


def test_the_notes_of_a_release_name_a_command_that_exists():
    line = render_notes(BUILT[0], "https://github.com").splitlines()[-1]
    command = line.partition("`devforge ")[2].partition("`")[0].split()

    name, *options = command[1:]
    assert command[0] == "install"
    assert parse_id(name) == MANIFEST.id
    assert options == ["--version", "1.0.0"]


def test_a_manifest_of_something_else_is_held():
    other = tree_of(manifest_of(version="9.9.9"))
    reason = left(tree=other, report=report_of(MANIFEST, other).model_dump_json().encode()).reason
    assert reason == "devforge.yaml says acme.todo-tree 9.9.9"


versions = st.lists(
    st.tuples(st.integers(0, 3), st.booleans()), max_size=6, unique_by=lambda v: v[0]
)


@given(found=versions, order=st.randoms())
def test_the_same_input_in_any_order_has_the_same_digest(found, order):
    ready = [
        BUILT[number] if good else Left(BUILT[number].id, BUILT[number].version, "x", waits=True)
        for number, good in found
    ]
    shuffled = list(ready)
    order.shuffle(shuffled)

    plan = plan_publish(ready=ready, released=0)
    assert plan.digest == plan_publish(ready=shuffled, released=0).digest
    assert plan_publish(ready=[], released=len(plan.changes)).changes == ()


def test_the_bill_of_materials_is_valid_complete_and_always_the_same():
    facts = (
        DependencyFact(ecosystem="npm", name="@types/node", requirement="^20", source="package.json", locked="20.1.0"),
        DependencyFact(ecosystem="PyPI", name="requests", requirement=">=2", source="pyproject.toml"),
        DependencyFact(ecosystem="PyPI", name="pytest", requirement="", source="x", for_tests=True),
    )  # fmt: skip
    one, other = (build(candidate_of(MANIFEST, dependencies=facts)) for _ in range(2))
    assert isinstance(one, Built)
    assert isinstance(other, Built)

    assert one.packages == other.packages
    assert (
        JsonStrictValidator(SchemaVersion.V1_6).validate_str(one.packages[None].sbom.decode())
        is None
    )
    bom = json.loads(one.packages[None].sbom)
    names = {part["name"] for part in bom["components"]}
    assert names == {
        "@types/node",
        "requests",
        "devforge.yaml",
        "README.md",
        "todo_tree/__init__.py",
    }
    assert "timestamp" not in bom["metadata"]
    assert bom["metadata"]["component"]["hashes"][0]["content"] == one.pointers[None].sha256


def test_removal_plans_read_as_every_plan_does(golden):
    built = built_of(MANIFEST)
    note = note_of(built)
    withdrawn = note.model_copy(update={"withdrawn": WITHDRAWAL})
    plans: list[Plan] = [
        plan_removal(note.id, note.version, note=found, listed=listed, withdrawal=WITHDRAWAL)
        for found, listed in ((note, 3), (note, 1), (withdrawn, 3), (None, 0))
    ]
    golden("removal_plans.txt", "\n\n".join(plan.render() for plan in plans) + "\n")
    assert [plan.exit_code for plan in plans] == [2, 2, 0, 1]
