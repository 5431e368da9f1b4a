"""The acts of the signer. Each holds the lock of its state from beginning to end."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from requests_app.merkle import (
    ED25519,
    PAD,
    Checkpoint,
    Note,
    Policy,
    Tree,
    VerifierKey,
    Witness,
    Witnessed,
    consistency_proof,
    each_hash,
    root,
    verify_consistency,
)
from requests_app.signer._leaves import connect, differences, fill_up, gaps, read_leaves, size_of
from requests_app.signer._publishing import (
    check_published,
    publish,
    published,
    published_leaves,
)
from requests_app.signer._state import Refused, State, signed_by
from requests_app.signer._witnesses import ask_all, last_signed
from requests_app.state_folder import SigningKey, StateFolder

Complain = Callable[[str], None]


def to_stderr(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Places:
    """Where a signer finds what it works with."""

    state: Path
    public: Path
    policy: Path
    database_url: str = ""


@dataclass(frozen=True)
class _Policy:
    content: bytes  # published as it is, comments and all
    rules: Policy


def told(witnessed: Witnessed) -> str:
    """One line about what is published now."""
    signers = ", ".join(witnessed.times) or "nobody"
    quorum = "" if witnessed.quorum_met else f" Not enough: {witnessed.required} must sign."
    return f"{witnessed.checkpoint.size} entries are signed and published, witnessed by {signers}.{quorum}"


def new_key(state: Path, origin: str) -> VerifierKey:
    folder = StateFolder(state)
    folder.make()
    return folder.keep_key(origin, ED25519)


def sign(places: Places, *, complain: Complain = to_stderr) -> Witnessed:
    """Sign what the database has, if it still has what was signed before, and publish it."""
    with State.opened(places.state) as state:
        policy = _read_policy(places.policy, state)
        since = check_published(places.public, state)
        before = state.checkpoint.size
        _extend(state, places.database_url, policy.rules.witnesses)
        return _witness_and_publish(state, places, policy, before=before, since=since, complain=complain)


def cosign(places: Places, *, complain: Complain = to_stderr) -> Witnessed:
    """Ask the witnesses that have not signed the last checkpoint, and publish it as it is then."""
    with State.opened(places.state) as state:
        policy = _read_policy(places.policy, state)
        since = check_published(places.public, state)
        size = state.checkpoint.size
        return _witness_and_publish(state, places, policy, before=size, since=since, complain=complain)


def adopt(places: Places, signed_with: VerifierKey | None = None) -> Checkpoint:
    """Take over what was published, after the state was lost; `signed_with` is the key of then, if lost."""
    with State.opened(places.state) as state:
        note = published(places.public)
        if note is None:
            raise Refused(f"Nothing is published in {places.public}.")
        if not signed_by(note, signed_with or state.key.verifier):
            raise Refused(
                "What is published was not signed with this key. The former key: --signed-with VKEY."
            )
        there, here = Checkpoint.parse(note.text), state.checkpoint
        if there.origin != here.origin or there.size < here.size:
            raise Refused(
                f"{there.size} entries of {there.origin} are published; here are {here.size} signed."
            )
        leaves = published_leaves(places.public, there)
        tree = Tree(each_hash(leaves))
        if root(here.size, tree.hash_at) != here.root:
            raise Refused("What is published contradicts what was signed here. Keep both as evidence.")
        own = Note(note.text, (state.key.sign(note.text),))
        state.replace(leaves, own.with_signatures(*note.signatures))
        return there


def rotate_key(path: Path) -> VerifierKey:
    """A new key under the same name. The old one goes; both have signed the last checkpoint."""
    with State.opened(path) as state:
        key = SigningKey.make(state.origin, ED25519)
        state.change_key(key)
        return key.verifier


def _read_policy(path: Path, state: State) -> _Policy:
    """Before anything is signed: what nobody could check would be of no use."""
    policy = _Policy(path.read_bytes(), Policy.parse(path.read_bytes()))
    if not any(log.key == state.key.verifier for log in policy.rules.logs):
        raise Refused(f"{path} does not name this log. It needs the line: log {state.key.verifier}")
    return policy


def _extend(state: State, database_url: str, witnesses: Sequence[Witness]) -> None:
    if not database_url:
        raise Refused("DATABASE_SIGNER_URL is not set.")
    old, tree = state.checkpoint, state.tree
    with connect(database_url) as connection:
        now = read_leaves(connection, 0, old.size)
        if wrong := differences(state.kept, now, size_of(connection)):
            raise Refused(*wrong)
        size = fill_up(connection, old.size) // PAD * PAD
        added = read_leaves(connection, old.size, size)
    if missing := gaps(added, size):
        raise Refused(*missing)
    if size <= old.size:
        raise Refused(f"The log did not grow: it has {size} entries, and {old.size} were signed.")
    tree.extend(each_hash(added.hashes))
    new = Checkpoint(state.origin, size, root(size, tree.hash_at))
    _check_witnesses(tree, last_signed(witnesses, state.key.verifier))
    # What is signed is never taken on trust, not even from the lines above.
    proof = consistency_proof(old.size, size, tree.hash_at)
    verify_consistency(old.size, old.root, size, new.root, proof)
    state.extend(bytes(added.hashes), new)


def _check_witnesses(tree: Tree, held_by: Mapping[str, Checkpoint]) -> None:
    """The last memory, where the signer's own, the public folder and the database were all set back."""
    for name, held in held_by.items():
        if held.size > tree.size or root(held.size, tree.hash_at) != held.root:
            raise Refused(
                f"The witness {name} holds {held.size} entries that were signed with this key, and the log "
                f"of {tree.size} that would be signed now has not grown out of them. State and database were "
                "both set back, or somebody else signs with this key. Keep what the witness shows."
            )


def _witness_and_publish(
    state: State, places: Places, policy: _Policy, *, before: int, since: int, complain: Complain
) -> Witnessed:
    note = state.cosigned()
    signed = policy.rules.check(note).times
    missing = [each for each in policy.rules.witnesses if each.name not in signed]
    state.keep_cosignatures(ask_all(missing, note, state.tree, before, complain=complain))
    note = policy.rules.known_in(state.cosigned())
    publish(places.public, state.tree, note, policy.content, since=since)
    return policy.rules.check(note)
