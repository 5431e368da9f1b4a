"""The verifier as anyone runs it: the file alone, Python alone, one answer; and one flipped bit is named."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import figures, merkle
from requests_app.merkle import Invalid, Policy, check_bundle
from tests.merkle_vectors import flipped, signed_log
from tests.merkle_vectors.signed_log import LOG, POLICY, WITNESSES, make_bundle, make_tree, summed

SIZE = 320
INDEX = 70


@pytest.fixture(scope="module")
def tree():
    return make_tree(SIZE)


@pytest.fixture
def folder(tmp_path, tree):
    """What a reader has: the verifier, a policy, a receipt, two checkpoints, the tiles, a bundle."""
    signed_log.publish(tmp_path / "tlog", tree)
    shutil.copy(merkle.__file__, tmp_path / "verify.py")
    (tmp_path / "policy").write_text(POLICY)
    (tmp_path / "receipt").write_text(str(signed_log.make_proof(tree, INDEX)))
    (tmp_path / "old").write_text(str(signed_log.make_checkpoint(make_tree(64))))
    write_zip(tmp_path / "bundle.zip", make_bundle(tree, [3, INDEX, 319]))
    return tmp_path


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def write_folder(path: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)


def answer(folder: Path, *arguments: str) -> str:
    """Runs the copy with Python's own library alone; its exit code says the same as its first word."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.stdout.startswith({0: "YES: ", 1: "NO: "}[done.returncode])
    return done.stdout


def flip_file(path: Path, place: int) -> None:
    """Flips a bit of a byte, counted from the end when negative."""
    content = path.read_bytes()
    path.write_bytes(flipped(content, 8 * (place % len(content))))


RECEIPT = ("receipt", "receipt", "--policy", "policy")
CHECKPOINT = ("checkpoint", "tlog/checkpoint", "--policy", "policy")
CONSISTENCY = ("consistency", "old", "tlog/checkpoint", "--policy", "policy")
TILES = ("tiles", "tlog", "--policy", "policy")
BUNDLE = ("bundle", "bundle.zip", "--policy", "policy")

# --- as a program --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (RECEIPT, "YES: request 2026-0070, request:log, entered 2026-09-01T12:00:10.000000Z, is entry 70 of"),
        (CHECKPOINT, "YES: the checkpoint is signed as the policy asks."),
        (CONSISTENCY, "YES: the 320 entries begin with the 64 of before, unchanged."),
        (TILES, "YES: 3 tiles are as their leaves demand, up to the root."),
        (BUNDLE, "YES: the bundle of quarter 2026-Q3 is whole; 3 entries are in the log; 3 rows are"),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_it_says_yes_and_who_signed(folder, command, said):
    shown = answer(folder, *command)

    assert shown.startswith(said)
    assert "Log register.example/log with 320 entries, witnessed by audit at 2026-09-21 14:13:20 UTC" in shown
    assert "the policy asks for 2 of 3" in shown


@pytest.mark.parametrize(
    ("command", "path", "place", "said"),
    [
        (RECEIPT, "receipt", 60, "NO: receipt: "),
        (CHECKPOINT, "tlog/checkpoint", 22, "NO: tlog/checkpoint: "),
        (CONSISTENCY, "old", 22, "NO: old: "),
        (TILES, "tlog/tile/0/000", 999, "NO: tlog: tile/0/000 is wrong: tile/1/000.p/1 does not hold"),
        (BUNDLE, "bundle.zip", 300, "NO: bundle.zip is not a whole zip: "),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_it_says_no_to_a_flipped_bit(folder, command, path, place, said):
    flip_file(folder / path, place)

    assert answer(folder, *command).startswith(said)


def test_it_needs_no_library(folder):
    program = "import runpy; print(runpy.run_path('verify.py')['HAS_CRYPTOGRAPHY'])"
    listed = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
    )

    assert listed.stdout == "False\n"


def test_it_is_written_for_python_3_9():
    ast.parse(Path(merkle.__file__).read_text(), feature_version=(3, 9))


def test_it_imports_nothing_that_speaks_to_a_network():
    tree = ast.parse(Path(merkle.__file__).read_text())
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert not {
        name for name in imported if name.split(".")[0] in {"socket", "urllib", "http", "ssl", "ftplib"}
    }


def test_a_wrong_command_is_no_answer(folder):
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "believe"], cwd=folder, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (2, "")


# --- in the same process, for the many small changes ---------------------------------------------


@pytest.fixture
def verify(folder, monkeypatch, capsys):
    def run(*arguments: str) -> str:
        monkeypatch.chdir(folder)
        code = merkle.main(arguments)
        shown = capsys.readouterr().out
        assert shown.startswith({0: "YES: ", 1: "NO: "}[code])
        return shown.splitlines()[0]

    return run


@pytest.mark.parametrize(
    "command", [RECEIPT, CHECKPOINT, CONSISTENCY, TILES, BUNDLE], ids=lambda each: each[0]
)
def test_a_file_that_is_not_there_is_named(verify, command):
    assert verify(command[0], "nowhere", *command[2:]).startswith("NO: nowhere")
    assert verify(*command[:-1], "nowhere") == "NO: nowhere cannot be read: No such file or directory."


def test_a_policy_that_cannot_be_read_is_named(verify, folder):
    (folder / "policy").write_text(POLICY + "trust everyone\n")

    assert verify(*RECEIPT) == "NO: policy: Line 8 of the policy: 'trust everyone' is not a line of a policy."


def test_too_few_witnesses_are_named(verify, folder, tree):
    note = signed_log.make_checkpoint(tree, witnesses="council")
    proof = signed_log.make_proof(tree, INDEX)
    (folder / "tlog/checkpoint").write_text(str(note))
    (folder / "receipt").write_text(str(merkle.Proof(INDEX, proof.hashes, note, proof.extra)))

    said = "Too few witnesses signed: council. The policy asks for 2 of 3."
    assert verify(*CHECKPOINT) == f"NO: tlog/checkpoint: {said}"
    assert verify(*RECEIPT) == f"NO: receipt: {said}"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("2026-0070", "Entry 70 with its proof does not lead to the root of the 320 entries."),
        ("index 70", "Entry 71 with its proof does not lead to the root of the 320 entries."),
        ("register.example/log\n", "The signature of register.example/log is false."),
        ("\n320\n", "The signature of register.example/log is false."),
    ],
)
def test_a_changed_part_of_a_receipt_is_named(verify, folder, tree, changed, said):
    receipt = str(signed_log.make_proof(tree, INDEX))
    if changed == "2026-0070":
        opening = signed_log.make_opening(INDEX)
        opening["private"] = opening["private"].replace(changed, "2026-0071")
        receipt = str(signed_log.make_proof(tree, INDEX, opening))
    swaps = {"index 70": "index 71", "register.example/log\n": "register.example/lof\n", "\n320\n": "\n321\n"}
    receipt = receipt.replace(changed, swaps.get(changed, ""))
    (folder / "receipt").write_text(receipt)

    assert verify(*RECEIPT) == f"NO: receipt: {said}"


def test_the_hash_of_a_receipt_that_was_flipped_is_found(verify, folder, tree):
    proof = signed_log.make_proof(tree, INDEX)
    for place in range(len(proof.hashes)):
        hashes = list(proof.hashes)
        hashes[place] = flipped(hashes[place], 77)
        (folder / "receipt").write_text(str(merkle.Proof(INDEX, tuple(hashes), proof.note, proof.extra)))

        assert verify(*RECEIPT).startswith("NO: receipt: Entry 70 with its proof does not lead to the root")


@pytest.mark.parametrize(("number", "signer"), enumerate([LOG, WITNESSES["audit"], WITNESSES["paper"]]))
def test_a_flipped_bit_of_a_signature_names_its_signer(verify, folder, tree, number, signer):
    note = signed_log.make_checkpoint(tree)
    for bit in (0, 70, 200, 511):
        signatures = list(note.signatures)
        true = signatures[number]
        signatures[number] = merkle.Signature(true.name, true.id, flipped(true.blob, bit))
        (folder / "tlog/checkpoint").write_text(str(merkle.Note(note.text, tuple(signatures))))

        said = verify(*CHECKPOINT)
        assert said == f"NO: tlog/checkpoint: The signature of {signer.key.name} is false."


# --- consistency ---------------------------------------------------------------------------------


def test_a_rewritten_past_is_said_to_be_one(verify, folder):
    hashes = [make_tree(64).hash_at(0, index) for index in range(64)]
    hashes[5] = bytes(32)
    (folder / "old").write_text(str(signed_log.make_checkpoint(merkle.Tree(hashes))))

    assert verify(*CONSISTENCY) == (
        "NO: tlog/checkpoint does not begin with the 64 entries of old: the past was rewritten."
    )


def test_two_checkpoints_of_one_size_and_two_roots_are_a_split_view(verify, folder):
    hashes = [bytes([1]) * 32 for _ in range(SIZE)]
    (folder / "old").write_text(str(signed_log.make_checkpoint(merkle.Tree(hashes))))

    assert verify(*CONSISTENCY) == "NO: old and tlog/checkpoint are two versions of one size: a split view."


def test_the_same_checkpoint_is_consistent_with_itself_without_tiles(verify, folder):
    shutil.copy(folder / "tlog/checkpoint", folder / "old")
    shutil.rmtree(folder / "tlog/tile")

    assert verify(*CONSISTENCY) == "YES: the 320 entries begin with the 320 of before, unchanged."


def test_checkpoints_of_two_logs_are_not_compared(verify, folder):
    stranger = signed_log.STRANGER
    text = merkle.Checkpoint(stranger.key.name, 0, merkle.EMPTY_ROOT).text()
    (folder / "old").write_text(str(merkle.Note(text, (stranger.sign(text),))))
    (folder / "policy").write_text(f"log {stranger.key}\n{POLICY}")

    assert verify(*CONSISTENCY) == (
        "NO: The checkpoints are of two logs: stranger.example and register.example/log."
    )


def test_a_log_that_became_shorter_is_refused(verify, folder):
    assert verify("consistency", "tlog/checkpoint", "old", "--policy", "policy") == (
        "NO: old has 64 entries, fewer than the 320 of tlog/checkpoint."
    )


def test_tiles_that_are_not_those_of_the_checkpoint_are_refused(verify, folder):
    flip_file(folder / "tlog/tile/1/000.p/1", 0)

    assert verify(*CONSISTENCY) == "NO: The tiles do not lead to the root in tlog/checkpoint."


def test_the_tiles_may_lie_elsewhere(verify, folder):
    shutil.copy(folder / "tlog/checkpoint", folder / "new")

    shown = verify("consistency", "old", "new", "--policy", "policy", "--tiles", "tlog")

    assert shown.startswith("YES: ")


# --- tiles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/64", "tile/1/000.p/1"])
def test_a_flipped_bit_of_a_tile_names_the_tile(verify, folder, path):
    for place in (0, 31, -1):
        flip_file(folder / "tlog" / path, place)
        assert verify(*TILES).startswith(f"NO: tlog: {path} is wrong: ")
        flip_file(folder / "tlog" / path, place)


@pytest.mark.parametrize(("index", "path"), [(0, "tile/0/000"), (255, "tile/0/255"), (256, "tile/0/256")])
def test_a_flipped_bit_of_a_tile_in_a_larger_log_names_the_tile(verify, folder, index, path):
    tree = merkle.Tree(hashlib.sha256(b"%d" % number).digest() for number in range(66_048))
    shutil.rmtree(folder / "tlog")
    signed_log.publish(folder / "tlog", tree)
    assert verify(*TILES) == "YES: 261 tiles are as their leaves demand, up to the root."

    flip_file(folder / "tlog" / path, 32 * 5)
    assert verify(*TILES).startswith(f"NO: tlog: {path} is wrong: tile/1/00{index // 256}")

    flip_file(folder / "tlog" / path, 32 * 5)
    flip_file(folder / "tlog/tile/1/000", 32 * (index % 256))
    assert verify(*TILES).startswith("NO: tlog: tile/1/000 is wrong: ")


def test_a_tile_that_is_missing_or_too_short_is_named(verify, folder):
    path = folder / "tlog/tile/0/001.p/64"
    path.write_bytes(path.read_bytes()[:-1])
    assert verify(*TILES) == "NO: tlog: tile/0/001.p/64 has 2047 bytes, not 2048."

    path.unlink()
    assert verify(*TILES) == "NO: tlog: tile/0/001.p/64 is missing."


# --- bundles -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quarter(tree):
    return make_bundle(tree, [3, INDEX, 319])


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(Invalid) as caught:
        check_bundle(files, Policy.parse(POLICY))
    return str(caught.value)


def changed_json(files: dict[str, bytes], name: str, change) -> dict[str, bytes]:
    """The bundle after somebody changed one of its files and made the checksums true again."""
    content = json.loads(files[name])
    change(content)
    return summed({**files, name: json.dumps(content).encode()})


@pytest.mark.parametrize("kind", ["case", "quarter"])
@pytest.mark.parametrize("opened", ["public", "all"])
def test_a_bundle_is_the_same_as_a_folder_and_as_a_zip(tree, tmp_path, verify, kind, opened):
    files = make_bundle(tree, [1, 2], kind=kind, opened=opened)
    write_folder(tmp_path / "folder", files)
    write_zip(tmp_path / "other.zip", files)

    shown = verify("bundle", "folder", "--policy", "policy")

    assert shown.startswith(f"YES: the bundle of {kind} ")
    assert shown == verify("bundle", "other.zip", "--policy", "policy")


def test_the_keys_are_shown_when_the_policy_came_from_the_bundle(folder):
    shown = answer(folder, "bundle", "bundle.zip")

    assert (
        f"The policy came from the bundle. Compare with the published keys: log {LOG.key}; witness" in shown
    )
    assert f"witness council {WITNESSES['council'].key}" in shown
    assert "came from the bundle" not in answer(folder, *BUNDLE)


def test_the_figures_program_is_named_by_its_checksum(folder, quarter):
    assert hashlib.sha256(quarter["figures.py"]).hexdigest() in answer(folder, *BUNDLE)


def test_the_figures_of_the_register_are_derived(tree):
    """The program that real bundles hold runs in the verifier as it runs alone."""
    source = Path(figures.__file__).read_bytes()
    rows = {"quarter": "2026-Q3", "releases": [], "cases": [], "beside": [], "late": [], "history": []}
    stated = json.dumps(figures.derive(rows)).encode()
    files = make_bundle(tree, [], opened="public")
    files |= {"figures.py": source, "figures.json": stated, "rows.json": json.dumps(rows).encode()}

    assert check_bundle(summed(files), Policy.parse(POLICY))
    assert "figures" not in sys.modules


def test_every_file_of_a_bundle_that_is_changed_is_named(quarter):
    for name, content in quarter.items():
        if name != "SHA256SUMS":
            for bit in (0, 4 * len(content), 8 * len(content) - 1):
                assert refusal({**quarter, name: flipped(content, bit)}) == (
                    f"{name} is not the file that SHA256SUMS names: its checksum is another."
                )


def test_every_file_of_a_bundle_that_is_missing_is_named(quarter):
    for name in quarter:
        left = {other: content for other, content in quarter.items() if other != name}
        end = "." if name == "SHA256SUMS" else "; SHA256SUMS names it."
        assert refusal(left) == f"{name} is missing{end}"


def test_a_file_that_is_listed_twice_is_refused(quarter):
    sums = quarter["SHA256SUMS"]
    line = sums.splitlines(keepends=True)[0]

    assert re.match(
        r"SHA256SUMS, line \d+: .* is not a checksum", refusal({**quarter, "SHA256SUMS": sums + line})
    )


def test_a_file_too_many_is_named(quarter):
    assert refusal({**quarter, "json.py": b""}) == "json.py is not named in SHA256SUMS."


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 100_000))
def test_a_flipped_bit_of_the_checksums_is_refused(quarter, bit):
    assert refusal({**quarter, "SHA256SUMS": flipped(quarter["SHA256SUMS"], bit)})


@pytest.mark.parametrize(
    "name", ["README.txt", "checkpoint", "entries.json", "rows.json", "figures.py", "manifest.json"]
)
def test_a_file_that_neither_exists_nor_is_listed_is_missed(quarter, name):
    left = summed({other: content for other, content in quarter.items() if other != name})

    assert refusal(left) == f"{name} is missing."


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("manifest.json", {"size": 64}, "manifest.json: the size is not that of the checkpoint, 320."),
        ("manifest.json", {"kind": "year"}, "manifest.json: kind is not one of case, quarter."),
        ("manifest.json", {"opened": "much"}, "manifest.json: opened is not one of public, all."),
        ("manifest.json", {"size": True}, "manifest.json: subject is no text or size no number."),
        (
            "manifest.json",
            {"opened": "public"},
            "entries.json, entry 3: The private part is opened in a bundle that opens public parts alone.",
        ),
        (
            "figures.json",
            {"open": [3, 70, 320]},
            "figures.json, open[2]: 320 stands there, the rows give 319.",
        ),
        (
            "figures.json",
            {"open": [3, 70, 319.0]},
            "figures.json, open[2]: 319.0 stands there, the rows give 319.",
        ),
        ("figures.json", {"open": [3, 70]}, "figures.json, open: [3, 70] stands there"),
        (
            "figures.json",
            {"requests": {}},
            "figures.json, requests.total: stands among the derived figures alone.",
        ),
        ("figures.json", {"more": 1}, "figures.json, more: stands there alone."),
    ],
)
def test_a_changed_statement_is_named_by_file_and_place(quarter, name, change, reason):
    changed = changed_json(quarter, name, lambda content: content.update(change))

    assert refusal(changed).startswith(reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"index": 71}, "entries.json, entry 71: Entry 71 with its proof does not lead"),
        ({"index": "70"}, "entries.json, item 1: It has no index or no proof."),
        ({"proof": ["AAAA"]}, "entries.json, item 1: 'AAAA' has 3 bytes, not 32."),
        ({"proof": [5]}, "entries.json, item 1: It has no index or no proof."),
        ({"proof": []}, "entries.json, entry 70: The proof has 0 hashes"),
        ({"public_salt": "AAAA"}, "entries.json, entry 70: 'AAAA' has 3 bytes, not 32."),
        ({"public": "{}"}, "entries.json, entry 70: Entry 70 with its proof does not lead"),
        ({"remark": "x"}, "entries.json, entry 70: 'remark' has no place in this opening."),
    ],
)
def test_a_changed_entry_is_named(quarter, change, reason):
    changed = changed_json(quarter, "entries.json", lambda entries: entries[1].update(change))

    assert refusal(changed).startswith(reason)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_flipped_bit_of_an_entry_or_its_proof_names_the_entry(quarter, choose):
    entries = json.loads(quarter["entries.json"])
    place = choose.draw(st.integers(0, 2))
    name = choose.draw(st.sampled_from(["public", "public_salt", "private", "private_salt", "proof"]))
    holder, key = (entries[place]["proof"], 2) if name == "proof" else (entries[place], name)
    content = holder[key].encode()
    holder[key] = flipped(content, choose.draw(st.integers(0, 8 * len(content)))).decode(errors="replace")
    files = summed({**quarter, "entries.json": json.dumps(entries).encode()})

    assert re.match(rf"entries\.json, (entry {entries[place]['index']}|item {place}): ", refusal(files))


def test_an_entry_that_is_no_canonical_json_is_refused(tree):
    """Its bytes are in the log, but another reading of them may be meant."""
    opening = {**signed_log.make_opening(0), "public": '{"v": 2}'}
    odd = merkle.Tree([merkle.leaf_hash(merkle.opened_leaf(opening))])
    files = make_bundle(odd, [0])
    entries = [{"index": 0, "proof": [], **opening}]
    files = summed({**files, "entries.json": json.dumps(entries).encode()})

    assert refusal(files) == "entries.json, entry 0: The public part is not in canonical form."


odd_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["index", "proof", "public", "private", "rows", "table", "id", "row", "history", "kind"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["manifest.json", "entries.json", "rows.json", "figures.json"]), st.data())
def test_a_file_of_another_shape_is_refused_with_a_sentence(quarter, name, choose):
    content = json.loads(quarter[name])
    if choose.draw(st.booleans()) and name != "entries.json":
        content[choose.draw(st.sampled_from(sorted(content)))] = choose.draw(odd_json)
    elif choose.draw(st.booleans()) and name == "entries.json":
        content[1][choose.draw(st.sampled_from(sorted(content[1])))] = choose.draw(odd_json)
    else:
        content = choose.draw(odd_json)

    try:
        check_bundle(summed({**quarter, name: json.dumps(content).encode()}), Policy.parse(POLICY))
    except Invalid as wrong:
        reason = str(wrong)
    else:
        reason = "It says nothing else."
    assert reason.endswith(".")


@pytest.mark.parametrize("order", [[70, 3, 319], [3, 70, 70]])
def test_entries_out_of_order_or_twice_are_refused(tree, order):
    assert re.match(
        r"entries\.json, entry \d+: It stands after entry 70\.", refusal(make_bundle(tree, order))
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"row": {"id": 70}}, "The row is not the one that its entry states."),
        ({"revision": 2}, "No opened entry speaks of this row."),
        ({"table": "review"}, "No opened entry speaks of this row."),
        ({"id": "70"}, "No opened entry speaks of this row."),
        ({"row": {"id": 70.5}}, "70.5 has no canonical form here."),
    ],
)
def test_a_row_that_no_entry_states_is_named(quarter, change, reason):
    changed = changed_json(quarter, "rows.json", lambda rows: rows["history"][1].update(change))

    place = {"table": "decision", "id": 70, "revision": 1, **change}
    assert refusal(changed) == (
        f"rows.json, history[1], {place['table']} {place['id']} revision {place['revision']}: {reason}"
    )


def test_rows_need_the_private_parts_that_state_them(tree, quarter):
    files = make_bundle(tree, [3, INDEX, 319], opened="public") | {"rows.json": quarter["rows.json"]}

    assert "No opened entry speaks of this row." in refusal(summed(files))


def test_a_checkpoint_with_too_few_witnesses_is_refused(tree, quarter):
    note = str(signed_log.make_checkpoint(tree, witnesses="audit")).encode()

    assert refusal(summed({**quarter, "checkpoint": note})) == (
        "checkpoint: Too few witnesses signed: audit. The policy asks for 2 of 3."
    )


def test_a_checkpoint_that_the_readers_policy_does_not_know_is_refused(quarter):
    policy = Policy.parse(f"log {signed_log.STRANGER.key}\nquorum none\n")

    with pytest.raises(Invalid, match=r"^checkpoint: No log of the policy signed"):
        check_bundle(quarter, policy)
    assert check_bundle(quarter)


def test_rows_that_say_another_thing_than_the_entries_are_refused(quarter):
    """The bundle's program compares the two where it knows how."""
    source = quarter["figures.py"] + (
        b"\n\ndef disagreements(rows, entries):\n"
        b"    told, said = len(rows['history']), len(entries)\n"
        b"    return [] if told == said else [f'requests: {told} in the rows, {said} in the entries']\n"
    )
    files = summed({**quarter, "figures.py": source})
    fewer = {"history": json.loads(files["rows.json"])["history"][:2]}
    figures_of_fewer = {"requests": {"total": 2}, "open": [3, 70]}
    changed = {"rows.json": json.dumps(fewer).encode(), "figures.json": json.dumps(figures_of_fewer).encode()}

    assert check_bundle(files, Policy.parse(POLICY))
    assert refusal(summed(files | changed)) == (
        "rows.json is not what entries.json says: requests: 2 in the rows, 3 in the entries."
    )


@pytest.mark.parametrize(
    "source", ["1 / 0", "def derive(rows):\n    return {1, 2}\n", "raise SystemExit(0)", "def"]
)
def test_a_figures_program_that_fails_is_refused(quarter, source):
    files = summed({**quarter, "figures.py": f"{source}\n".encode()})

    assert refusal(files).startswith("figures.py fails on rows.json: ")


def test_code_of_a_bundle_does_not_run_before_its_checksum_is_true(quarter, tmp_path):
    mark = tmp_path / "ran"
    source = f"open({str(mark)!r}, 'w')\n".encode() + quarter["figures.py"]

    assert "its checksum is another" in refusal({**quarter, "figures.py": source})
    assert not mark.exists()


def test_checking_a_folder_leaves_nothing_in_it(folder, quarter):
    write_folder(folder / "unpacked", quarter)

    answer(folder, "bundle", "unpacked", "--policy", "policy")

    found = {path.relative_to(folder / "unpacked").as_posix() for path in (folder / "unpacked").rglob("*.*")}
    assert found <= set(quarter) | {"policy"}


def test_what_a_file_says_moves_no_cursor(verify, folder, tree):
    files = make_bundle(tree, [1], kind="case")
    write_zip(
        folder / "odd.zip",
        changed_json(files, "manifest.json", lambda each: each.update(subject="\x1b[2KNO")),
    )

    assert "case \ufffd[2KNO is whole" in verify("bundle", "odd.zip", "--policy", "policy")


def test_a_zip_that_is_packed_in_an_unusual_way_is_refused(verify, folder):
    with zipfile.ZipFile(folder / "bundle.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("README.txt", "Evidence.")

    assert verify(*BUNDLE) == "NO: bundle.zip is not a whole zip: a file is packed in an unusual way."


def test_a_zip_with_two_files_of_one_name_is_refused(verify, folder, quarter):
    with zipfile.ZipFile(folder / "bundle.zip", "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("README.txt", "Other.")

    assert verify(*BUNDLE) == "NO: bundle.zip is not a whole zip: two files have one name."


def test_a_zip_that_would_fill_the_memory_is_refused(verify, folder):
    full = zipfile.ZipFile(folder / "bundle.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with full as archive, archive.open("README.txt", "w") as member:
        for _ in range(257):
            member.write(bytes(2**20))

    assert verify(*BUNDLE) == ("NO: bundle.zip is not a whole zip: it unpacks to more than 268435456 bytes.")


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_flipped_bit_of_a_zip_is_refused_or_changes_no_file(tmp_path_factory, quarter, bit):
    path = tmp_path_factory.getbasetemp() / "flipped.zip"
    write_zip(path, quarter)
    path.write_bytes(flipped(path.read_bytes(), bit))

    try:
        files = merkle.read_bundle(path)
    except Invalid:
        return
    assert files == quarter or refusal(files)
