"""Signed notes, checkpoints, policies, proofs, receipts: published examples, strict forms, small changes."""

import base64
import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import merkle
from requests_app.merkle import Checkpoint, Invalid, Note, Policy, Proof, VerifierKey
from tests.merkle_vectors import signed_log
from tests.merkle_vectors.signed_log import LOG, NAME, POLICY, SIGNED_AT, STRANGER, WITNESSES

SIZE = 130
TREE = signed_log.make_tree(SIZE)
many = settings(max_examples=400, deadline=None)

# --- notes, keys, checkpoints ------------------------------------------------------------------

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
BEHIND_THE_SOFA = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
COSIGNED = BEHIND_THE_SOFA + (
    "\n— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_note_of_the_specification_is_signed_by_its_key():
    note, key = Note.parse(EXAMPLE_NOTE), VerifierKey.parse(EXAMPLE_KEY)

    assert (str(note), str(key), key.id.hex()) == (EXAMPLE_NOTE, EXAMPLE_KEY, "530d903a")
    assert merkle.verify_signature(note.text, note.signatures[0], key) is None


def test_the_cosigned_message_is_that_of_the_specification():
    note = Note.parse(COSIGNED)
    time = int.from_bytes(note.signatures[1].blob[:8], "big")

    assert time == 1679315147
    assert merkle.cosigned_message(note.text, time).decode() == (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_checkpoint_of_the_specification_is_read_and_written():
    checkpoint = Checkpoint.parse(BEHIND_THE_SOFA)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == BEHIND_THE_SOFA


def test_the_text_of_a_note_may_have_empty_lines():
    poem = EXAMPLE_NOTE.replace("This is", "This is\n\n")

    assert Note.parse(poem).text == "This is\n\n an example message.\n"


SIGNATURE = EXAMPLE_NOTE.splitlines()[-1]


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (EXAMPLE_NOTE.replace("This", "Th\tis"), "control character U\\+0009"),
        (EXAMPLE_NOTE.replace("\n", "\r\n"), "control character U\\+000D"),
        (EXAMPLE_NOTE.encode() + b"\xff\n", "not UTF-8"),
        (EXAMPLE_NOTE[:-1], "last line of the note does not end"),
        (EXAMPLE_NOTE.replace("\n\n", "\n"), "no blank line"),
        (EXAMPLE_NOTE + "\n", "0 signatures"),
        (EXAMPLE_NOTE + 100 * f"{SIGNATURE}\n", "101 signatures"),
        (EXAMPLE_NOTE.replace("— ", "- "), "is not a signature line"),
        (EXAMPLE_NOTE.replace("— ", "—  "), "is not a signature line"),
        (EXAMPLE_NOTE.replace("— example.com/foo", "— example.com+foo"), "cannot be the name of a key"),
        (EXAMPLE_NOTE.replace("— example.com/foo", "— example.com\u00a0foo"), "cannot be the name of a key"),
        (EXAMPLE_NOTE.replace("yaQM=", "yaQN="), "is not the one base64 form"),
        (EXAMPLE_NOTE.replace("yaQM=", "yaQM"), "is not base64"),
        (EXAMPLE_NOTE.replace("yaQM=", "ya*M="), "is not base64"),
        ("text\n\n— name AAAAAA==\n", "is too short"),
    ],
)
def test_a_note_in_another_form_is_refused(note, reason):
    with pytest.raises(Invalid, match=reason):
        Note.parse(note)


def test_a_note_may_have_a_hundred_signatures():
    assert len(Note.parse(EXAMPLE_NOTE + 99 * f"{SIGNATURE}\n").signatures) == 100


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("example.com/foo+530d903a", "is not a verifier key"),
        (EXAMPLE_KEY.replace("530d", "530e"), "has the id 530d903a"),
        (EXAMPLE_KEY.replace("530d903a", "530D903A"), "has the id 530d903a"),
        (EXAMPLE_KEY.replace("foo", "fop"), "has the id"),
        (EXAMPLE_KEY.replace("foo", "f o"), "cannot be the name"),
        (EXAMPLE_KEY.replace("+Aeky", "+Beky"), "has type 5"),
        (EXAMPLE_KEY[:-4], "has 30 bytes, not 33"),
    ],
)
def test_a_key_in_another_form_is_refused(key, reason):
    with pytest.raises(Invalid, match=reason):
        VerifierKey.parse(key)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BEHIND_THE_SOFA.replace("2085", "02085"), "not a plain number"),
        (BEHIND_THE_SOFA.replace("2085", "+2085"), "not a plain number"),
        (BEHIND_THE_SOFA.replace("2085", "٢085"), "not a plain number"),
        (BEHIND_THE_SOFA.replace("20852163", "9223372036854775808"), "not a plain number"),
        (BEHIND_THE_SOFA.replace("CsUY", "CsU"), "is not base64"),
        (BEHIND_THE_SOFA.replace("CsUY", ""), "has 29 bytes, not 32"),
        (BEHIND_THE_SOFA + "more\n", "has three lines"),
        (BEHIND_THE_SOFA[27:], "has three lines"),
        (BEHIND_THE_SOFA.replace("20852163", "0"), "root of an empty log"),
    ],
)
def test_a_checkpoint_in_another_form_is_refused(text, reason):
    with pytest.raises(Invalid, match=reason):
        Checkpoint.parse(text)


def test_a_cosignature_gives_its_time():
    text = signed_log.make_checkpoint(TREE).text
    witness = WITNESSES["audit"]

    assert merkle.verify_signature(text, witness.sign(text), witness.key) == SIGNED_AT


def test_a_cosignature_with_another_time_is_false():
    text = signed_log.make_checkpoint(TREE).text
    true = WITNESSES["audit"].sign(text)
    later = merkle.Signature(true.name, true.id, (SIGNED_AT + 1).to_bytes(8, "big") + true.blob[8:])

    with pytest.raises(Invalid, match=r"^The signature of audit\.example/witness is false\.$"):
        merkle.verify_signature(text, later, WITNESSES["audit"].key)


def test_a_cosignature_with_a_time_out_of_bounds_is_refused():
    text = signed_log.make_checkpoint(TREE).text

    with pytest.raises(Invalid, match="time of the signature"):
        merkle.verify_signature(text, WITNESSES["audit"].sign(text, at=2**63), WITNESSES["audit"].key)


def test_a_signature_is_not_tried_with_the_key_of_somebody_else():
    text = signed_log.make_checkpoint(TREE).text

    with pytest.raises(Invalid, match="was not made with the key"):
        merkle.verify_signature(text, LOG.sign(text), STRANGER.key)


def test_a_newer_signature_takes_the_place_of_the_older_one_of_the_same_key():
    note = signed_log.make_checkpoint(TREE)
    later = WITNESSES["paper"].sign(note.text, at=SIGNED_AT + 60)
    third = WITNESSES["council"].sign(note.text)

    added = note.with_signatures(later, third)

    assert added.signatures == (*note.signatures[:2], later, third)
    assert added.with_signatures(third) == added


# --- policies ----------------------------------------------------------------------------------


def vkeys() -> dict[str, str]:
    names = ["x1", "x2", "x3", "y1", "y2", "y3"]
    return {name: str(signed_log.make_signer(name, merkle.COSIGNATURE).key) for name in names}


NESTED = "\n".join(
    [
        f"log {LOG.key}",
        *(f"witness {name} {key}" for name, key in vkeys().items()),
        "group X 2 x1 x2 x3",
        "group Y any y1 y2 y3",
        "group both all X Y",
        "quorum both",
        "",
    ]
)


def noted(*names: str) -> Note:
    text = signed_log.make_checkpoint(TREE).text
    signers = [LOG, *(signed_log.make_signer(name, merkle.COSIGNATURE) for name in names)]
    return Note(text, tuple(signer.sign(text) for signer in signers))


def test_a_policy_is_read_with_its_comments_tabs_and_addresses():
    policy = Policy.parse(f"  # ours\n\n\tlog \t{LOG.key}  https://a.example/ \n quorum\tnone \n".encode())

    assert policy == Policy((merkle.Log(LOG.key, "https://a.example/"),), (), (), "none")


@pytest.mark.parametrize(
    ("witnesses", "met"),
    [
        ("", False),
        ("audit", False),
        ("audit paper", True),
        ("paper council", True),
        ("audit paper council", True),
    ],
)
def test_two_of_three_witnesses_make_the_quorum(witnesses, met):
    found = Policy.parse(POLICY).check(signed_log.make_checkpoint(TREE, witnesses=witnesses))

    assert (found.quorum_met, found.required) == (met, "2 of 3")
    assert found.times == dict.fromkeys(witnesses.split(), SIGNED_AT)
    assert (found.checkpoint.size, found.log) == (SIZE, LOG.key)


@pytest.mark.parametrize(
    ("witnesses", "met"),
    [
        (["x1", "x2"], False),
        (["x1", "y1"], False),
        (["y1", "y2", "y3"], False),
        (["x1", "x3", "y2"], True),
        (["x1", "x2", "x3", "y1", "y2", "y3"], True),
    ],
)
def test_a_group_of_groups_asks_for_each(witnesses, met):
    found = Policy.parse(NESTED).check(noted(*witnesses))

    assert (found.quorum_met, found.required) == (met, "2 of 2 (2 of 3; 1 of 3)")


def test_one_witness_can_be_the_quorum():
    policy = Policy.parse(NESTED.replace("quorum both", "quorum y3"))

    assert policy.check(noted("y3")).quorum_met
    assert not policy.check(noted("y2")).quorum_met


def test_a_policy_may_ask_for_no_witness():
    assert Policy.parse(NESTED.replace("quorum both", "quorum none")).check(noted()).quorum_met


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (NESTED.replace("quorum both\n", ""), "has no quorum line"),
        (NESTED + "quorum both\n", "Line 12 of the policy: This is a second quorum"),
        (NESTED + f"log {LOG.key}\n", "Line 12 of the policy: The key of .* a second time"),
        (NESTED + f"witness z {vkeys()['x1']}\n", "a second time"),
        (NESTED.replace("witness x2", "witness x1"), "The name 'x1' is already taken"),
        (NESTED.replace("group Y", "group X"), "The name 'X' is already taken"),
        (NESTED.replace("group Y", "group none"), "The name 'none' is already taken"),
        (NESTED.replace("any y1 y2", "any y1 y1"), "'y1' is a member a second time"),
        (NESTED.replace("any y1 y2", "any x1 y2"), "'x1' is a member a second time"),
        (NESTED.replace("all X Y", "all X Z"), "'Z' is not defined above"),
        (NESTED.replace("group X 2", "group X 4"), "4 of 3 members"),
        (NESTED.replace("group X 2", "group X 0"), "0 of 3 members"),
        (NESTED.replace("group X 2", "group X 02"), "not a plain number"),
        (NESTED.replace("group X 2 x1 x2 x3", "group X 2"), "is not a line of a policy"),
        (NESTED.replace("quorum both", "quorum all both"), "is not a line of a policy"),
        (NESTED.replace("quorum both", "quorum nobody"), "'nobody' is not defined above"),
        (NESTED.replace("group Y", "Group Y"), "is not a line of a policy"),
        (NESTED.replace("log ", "log\u00a0"), "is not a line of a policy"),
        (NESTED.replace("\n", "\r\n"), "control character U\\+000D"),
        (NESTED[:-1], "does not end"),
        (NESTED.replace(f"log {LOG.key}", f"log {vkeys()['x1']}"), "has type 4; here it must be 1"),
        (NESTED.replace(vkeys()["x1"], str(STRANGER.key)), "has type 1; here it must be 4"),
    ],
)
def test_a_policy_in_another_form_is_refused(changed, reason):
    with pytest.raises(Invalid, match=reason):
        Policy.parse(changed)


def test_the_later_of_two_signatures_of_a_witness_counts():
    note = signed_log.make_checkpoint(TREE)
    later = WITNESSES["audit"].sign(note.text, at=SIGNED_AT + 5)
    both = Note(note.text, (note.signatures[0], later, note.signatures[1]))

    assert Policy.parse(POLICY).check(both).times == {"audit": SIGNED_AT + 5}


def test_a_checkpoint_that_no_log_of_the_policy_signed_is_refused():
    text = signed_log.make_checkpoint(TREE).text

    with pytest.raises(Invalid, match="No log of the policy signed this checkpoint of register"):
        Policy.parse(POLICY).check(Note(text, (STRANGER.sign(text), WITNESSES["audit"].sign(text))))


def test_a_log_cannot_sign_for_another():
    text = Checkpoint("other.example/log", SIZE, merkle.root(SIZE, TREE.hash_at)).text()

    with pytest.raises(Invalid, match="No log of the policy signed this checkpoint of other"):
        Policy.parse(POLICY).check(Note(text, (LOG.sign(text),)))


def test_a_false_signature_of_a_known_key_spoils_the_note_and_one_of_an_unknown_key_does_not():
    text = signed_log.make_checkpoint(TREE).text
    honest = signed_log.make_checkpoint(TREE).signatures
    false = WITNESSES["council"].sign("another\n")
    unknown = STRANGER.sign("another\n")

    with pytest.raises(Invalid, match=r"The signature of council\.example/witness is false"):
        Policy.parse(POLICY).check(Note(text, (*honest, false)))
    assert Policy.parse(POLICY).check(Note(text, (*honest, unknown))).quorum_met


# --- proofs and receipts -----------------------------------------------------------------------

INDEX = 77


@pytest.fixture(scope="module")
def proof():
    return signed_log.make_proof(TREE, INDEX)


def test_a_receipt_says_what_its_entry_says(proof):
    receipt = merkle.check_receipt(Proof.parse(str(proof).encode()), Policy.parse(POLICY))

    assert (receipt.number, receipt.action, receipt.index) == ("2026-0077", "request:log", INDEX)
    assert receipt.entered_at == "2026-09-01T12:00:17.000000Z"
    assert receipt.witnessed.quorum_met


def test_a_receipt_may_leave_the_private_part_closed():
    opening = signed_log.closed(signed_log.make_opening(INDEX), "private")
    receipt = merkle.check_receipt(signed_log.make_proof(TREE, INDEX, opening), Policy.parse(POLICY))

    assert (receipt.number, receipt.entered_at, receipt.action) == (None, None, "request:log")


def test_a_receipt_must_open_the_public_part():
    opening = signed_log.closed(signed_log.make_opening(INDEX), "public")

    with pytest.raises(Invalid, match="does not open the public part"):
        merkle.check_receipt(signed_log.make_proof(TREE, INDEX, opening), Policy.parse(POLICY))


def test_a_proof_without_extra_data_has_no_extra_line(proof):
    bare = Proof(proof.index, proof.hashes, proof.note)

    assert "extra" not in str(bare)
    assert Proof.parse(str(bare)) == bare


def test_a_proof_of_the_only_entry_has_no_hashes():
    tree = signed_log.make_tree(1)
    only = signed_log.make_proof(tree, 0)

    assert only.hashes == ()
    assert merkle.check_receipt(Proof.parse(str(only)), Policy.parse(POLICY)).number == "2026-0000"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("tlog-proof@v1", "tlog-proof@v2", "does not begin with"),
        ("index 77", "index 077", "not a plain number"),
        ("index 77", "index 77 ", "not a plain number"),
        ("index 77", "Index 77", "index line of the proof is missing"),
        ("index 77", "extra \nindex 77", "index line of the proof is missing"),
        ("extra ", "extra  ", "is not base64"),
        ("index 77\n", "index 77\n" + 60 * f"{'A' * 43}=\n", "has 68 hashes; no tree needs more than 63"),
        ("index 77\n", "index 77\nAAAA\n", "has 3 bytes, not 32"),
    ],
)
def test_a_proof_in_another_form_is_refused(proof, old, new, reason):
    assert str(proof).count(old) == 1

    with pytest.raises(Invalid, match=reason):
        Proof.parse(str(proof).replace(old, new))


def test_an_empty_extra_line_is_refused(proof):
    bare = Proof(proof.index, proof.hashes, proof.note)

    with pytest.raises(Invalid, match="extra line of the proof is empty"):
        Proof.parse(str(bare).replace("index", "extra \nindex"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"public_salt": ""}, "has 0 bytes, not 32"),
        ({"public_salt": None}, "has no public_salt"),
        ({"private": 5}, "has no private"),
        ({"public_commitment": "AAAA"}, "'public_commitment' has no place"),
        ({"note": "hello"}, "'note' has no place"),
    ],
)
def test_an_opening_in_another_form_is_refused(change, reason):
    with pytest.raises(Invalid, match=reason):
        merkle.opened_leaf({**signed_log.make_opening(INDEX), **change})


def test_the_leaf_is_the_same_whatever_is_opened():
    opening = signed_log.make_opening(INDEX)
    public_alone = signed_log.closed(opening, "private")
    nothing = signed_log.closed(public_alone, "public")

    leaves = {merkle.opened_leaf(each) for each in (opening, public_alone, nothing)}

    commitments = [base64.b64decode(nothing[f"{part}_commitment"]) for part in ("public", "private")]
    assert leaves == {b"".join(commitments)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"b":1,"a":2}', "not in canonical form"),
        ('{"a": 2}', "not in canonical form"),
        ('{"a":"\\u00e9"}', "not in canonical form"),
        ('{"a":1,"a":1}', "a name stands twice"),
        ('{"a":1.5}', "has no canonical form"),
        ('{"a":9007199254740992}', "too great"),
        ('{"a":"\\ud800"}', "no canonical form"),
        ("[]", "not a JSON object"),
        ("{", "is not JSON"),
        ('{"a":' + 200_000 * "[", "is not JSON"),
    ],
)
def test_an_opened_part_in_another_form_is_refused(text, reason):
    with pytest.raises(Invalid, match=reason):
        merkle.opened_part({"public": text}, "public")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@many
@given(json_values)
def test_the_canonical_form_is_that_of_the_library_that_writes_the_ledger(value):
    assert merkle.canonical_json(value) == rfc8785.dumps(value)


def test_names_are_in_the_order_of_their_utf_16():
    """The higher character comes first, because its first half is the lower number."""
    assert merkle.canonical_json({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


def judged(content: bytes):
    """What a receipt proves with enough witnesses; None where it proves nothing."""
    try:
        receipt = merkle.check_receipt(Proof.parse(content), Policy.parse(POLICY))
    except Invalid:
        return None
    return receipt if receipt.witnessed.quorum_met else None


@pytest.fixture(scope="module")
def receipt_file(proof):
    """With a signature of a stranger, which may be changed and means nothing."""
    text = proof.note.text
    note = proof.note.with_signatures(WITNESSES["council"].sign(text), STRANGER.sign(text))
    return str(Proof(proof.index, proof.hashes, note, proof.extra)).encode()


def assert_same_or_nothing(receipt_file: bytes, changed: bytes) -> bool:
    """A changed file proves nothing, or the same; a witness whose name was changed counts no more."""
    was, now = judged(receipt_file), judged(changed)
    if now is None:
        return False
    assert now.witnessed.times.items() <= was.witnessed.times.items()
    for name in ("number", "entered_at", "action", "index"):
        assert getattr(now, name) == getattr(was, name)
    assert now.witnessed.checkpoint == was.witnessed.checkpoint
    return True


@settings(max_examples=1500, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_a_receipt_is_refused_or_changes_nothing(receipt_file, place, difference):
    place %= len(receipt_file)
    changed = bytearray(receipt_file)
    changed[place] ^= difference

    accepted = assert_same_or_nothing(receipt_file, bytes(changed))

    # Whatever stands before the signatures counts, byte for byte.
    assert not (accepted and place < receipt_file.index(b"\n\n", receipt_file.index(b"\n\n") + 1))


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3))
def test_bytes_put_in_or_taken_out_are_refused_or_change_nothing(receipt_file, place, added, taken):
    place %= len(receipt_file)

    assert_same_or_nothing(receipt_file, receipt_file[:place] + added + receipt_file[place + taken :])


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_a_checkpoint_is_refused_or_changes_nothing(place, difference):
    note = str(signed_log.make_checkpoint(TREE, witnesses="audit paper council")).encode()
    changed = bytearray(note)
    changed[place % len(note)] ^= difference

    try:
        found = Policy.parse(POLICY).check(Note.parse(bytes(changed)))
    except Invalid:
        return
    assert found.checkpoint == Checkpoint(NAME, SIZE, merkle.root(SIZE, TREE.hash_at))
    assert set(found.times) < set(WITNESSES)
    assert found.quorum_met == (len(found.times) >= 2)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_whatever_is_read_is_refused_with_a_sentence(content):
    for parse in (Note.parse, Proof.parse, Policy.parse):
        with pytest.raises(Invalid, match=r"\.$"):
            parse(content)


def test_what_is_read_is_written_the_same(receipt_file):
    assert str(Proof.parse(receipt_file)).encode() == receipt_file


def test_the_opening_of_another_entry_is_refused():
    wrong = signed_log.make_proof(TREE, INDEX, signed_log.make_opening(INDEX + 1))

    with pytest.raises(Invalid, match="Entry 77 with its proof does not lead to the root of the 130 entries"):
        merkle.check_receipt(wrong, Policy.parse(POLICY))


def test_an_opening_with_another_text_is_refused():
    opening = signed_log.make_opening(INDEX)
    private = json.loads(opening["private"]) | {"case": "2026-0001"}
    forged = opening | {"private": merkle.canonical_json(private).decode()}

    with pytest.raises(Invalid, match="does not lead to the root"):
        merkle.check_receipt(signed_log.make_proof(TREE, INDEX, forged), Policy.parse(POLICY))
