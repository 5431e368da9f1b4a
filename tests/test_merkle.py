"""The ledger's tree and its tiles, against published vectors, a second opinion, and every small change.

Signatures: `test_merkle_signatures.py`. Notes, policies, proofs: `test_merkle_notes.py`. The command line:
`test_verifier.py`.
"""

import hashlib

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import merkle
from requests_app.merkle import Invalid, Tree
from tests.merkle_vectors import RFC_6962, flipped, from_hex

SIZE = 130
HASHES = [merkle.leaf_hash(bytes([number])) for number in range(SIZE)]
TREE = Tree(HASHES)
ROOTS = [merkle.root(size, TREE.hash_at) for size in range(SIZE + 1)]
sizes = st.integers(1, SIZE)
many = settings(max_examples=400, deadline=None)


# --- the tree ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rfc_tree():
    return Tree(merkle.leaf_hash(leaf) for leaf in from_hex(RFC_6962["leaves"]))


def test_the_roots_are_those_of_rfc_6962(rfc_tree):
    assert [merkle.root(size, rfc_tree.hash_at).hex() for size in range(9)] == RFC_6962["roots"]
    assert RFC_6962["roots"][0] == merkle.EMPTY_ROOT.hex()


@pytest.mark.parametrize(
    "vector", RFC_6962["inclusion"], ids=lambda each: f"{each['index']} of {each['size']}"
)
def test_an_inclusion_proof_is_that_of_rfc_6962(rfc_tree, vector):
    index, size, proof = vector["index"], vector["size"], from_hex(vector["proof"])

    assert merkle.inclusion_proof(index, size, rfc_tree.hash_at) == proof
    merkle.verify_inclusion(
        rfc_tree.hash_at(0, index), index, size, proof, bytes.fromhex(RFC_6962["roots"][size])
    )


@pytest.mark.parametrize(
    "vector", RFC_6962["consistency"], ids=lambda each: f"{each['old']} in {each['new']}"
)
def test_a_consistency_proof_is_that_of_rfc_6962(rfc_tree, vector):
    old, new, proof = vector["old"], vector["new"], from_hex(vector["proof"])
    roots = from_hex(RFC_6962["roots"])

    assert merkle.consistency_proof(old, new, rfc_tree.hash_at) == proof
    merkle.verify_consistency(old, roots[old], new, roots[new], proof)


def test_roots_and_inclusion_proofs_are_those_of_pymerkle():
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for size in range(1, SIZE + 1):
        other.append_entry(bytes([size - 1]))

        assert other.get_root(size) == ROOTS[size]
        for index in range(size):
            path = other.prove_inclusion(index + 1, size).path
            assert path == [HASHES[index], *merkle.inclusion_proof(index, size, TREE.hash_at)]


def test_a_consistency_proof_holds_where_that_of_pymerkle_holds():
    other = pymerkle.InmemoryTree(algorithm="sha256")
    other.append_entries(bytes([number]) for number in range(SIZE))
    for new in range(1, SIZE + 1):
        for old in range(1, new + 1):
            other.prove_consistency(old, new).verify(ROOTS[old], ROOTS[new])
            proof = merkle.consistency_proof(old, new, TREE.hash_at)
            merkle.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


def test_everything_is_consistent_with_the_empty_tree():
    merkle.verify_consistency(0, merkle.EMPTY_ROOT, 5, ROOTS[5], [])

    with pytest.raises(Invalid, match="has 1 hashes"):
        merkle.verify_consistency(0, merkle.EMPTY_ROOT, 5, ROOTS[5], [HASHES[0]])


def test_a_tree_that_grows_leaf_by_leaf_is_the_one_made_at_once():
    growing = Tree()
    for size, each in enumerate(HASHES, 1):
        growing.append(each)
        assert (growing.size, merkle.root(size, growing.hash_at)) == (size, ROOTS[size])


def test_a_tree_takes_hashes_alone():
    with pytest.raises(ValueError, match="32 bytes, not 64"):
        Tree([bytes(merkle.LEAF_BYTES)])


@pytest.mark.parametrize(("level", "index"), [(0, 130), (1, 65), (7, 1), (8, 0), (0, -1), (-1, 0)])
def test_there_is_no_hash_of_a_subtree_that_is_not_complete(level, index):
    with pytest.raises(IndexError):
        TREE.hash_at(level, index)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_there_is_no_proof_of_an_entry_outside_the_tree(index, size):
    with pytest.raises(Invalid, match="is not in a tree"):
        merkle.inclusion_proof(index, size, TREE.hash_at)
    with pytest.raises(Invalid, match="is not in a tree"):
        merkle.root_from_inclusion(HASHES[0], index, size, [])


def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one():
    with pytest.raises(Invalid, match="6 entries is not the beginning of one of 5"):
        merkle.consistency_proof(6, 5, TREE.hash_at)
    with pytest.raises(Invalid, match="6 entries is not the beginning of one of 5"):
        merkle.verify_consistency(6, ROOTS[6], 5, ROOTS[5], [])


def changed_proofs(proof: list[bytes], choose: st.DataObject) -> list[list[bytes]]:
    """The proof with one bit flipped, one hash dropped, one added, two swapped."""
    place = choose.draw(st.integers(0, len(proof)))
    changed = [[*proof[:place], bytes(32), *proof[place:]]]
    if proof:
        place = choose.draw(st.integers(0, len(proof) - 1))
        bit = choose.draw(st.integers(0, 255))
        changed.append([*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]])
        changed.append([*proof[:place], *proof[place + 1 :]])
    if len(proof) > 1:
        first, second = choose.draw(st.permutations(range(len(proof))))[:2]
        swapped = list(proof)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        changed.append(swapped)
    return changed


@many
@given(st.data())
def test_a_changed_inclusion_proof_is_refused(choose):
    size = choose.draw(sizes)
    index = choose.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, TREE.hash_at)
    bit = choose.draw(st.integers(0, 255))
    other_index = choose.draw(st.integers(0, SIZE).filter(lambda other: other != index))
    # A root does not bind its size, the checkpoint does: so another size comes with its own root.
    other_size = choose.draw(sizes.filter(lambda other: other != size))
    wrong = [(HASHES[index], index, size, changed, ROOTS[size]) for changed in changed_proofs(proof, choose)]
    wrong += [
        (flipped(HASHES[index], bit), index, size, proof, ROOTS[size]),
        (HASHES[index], index, size, proof, flipped(ROOTS[size], bit)),
        (HASHES[index], other_index, size, proof, ROOTS[size]),
        (HASHES[index], index, other_size, proof, ROOTS[other_size]),
    ]

    merkle.verify_inclusion(HASHES[index], index, size, proof, ROOTS[size])
    for arguments in wrong:
        with pytest.raises(Invalid):
            merkle.verify_inclusion(*arguments)


@many
@given(st.data())
def test_a_changed_consistency_proof_is_refused(choose):
    new = choose.draw(sizes)
    old = choose.draw(st.integers(1, new))
    proof = merkle.consistency_proof(old, new, TREE.hash_at)
    bit = choose.draw(st.integers(0, 255))
    other_old = choose.draw(sizes.filter(lambda other: other != old))
    other_new = choose.draw(sizes.filter(lambda other: other not in (old, new)))
    wrong = [(old, ROOTS[old], new, ROOTS[new], changed) for changed in changed_proofs(proof, choose)]
    wrong += [
        (old, flipped(ROOTS[old], bit), new, ROOTS[new], proof),
        (old, ROOTS[old], new, flipped(ROOTS[new], bit), proof),
        (other_old, ROOTS[other_old], new, ROOTS[new], proof),
        (old, ROOTS[old], other_new, ROOTS[other_new], proof),
    ]

    merkle.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)
    for arguments in wrong:
        with pytest.raises(Invalid):
            merkle.verify_consistency(*arguments)


# --- tiles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((1, 0, 17), "tile/1/000.p/17"),
        ((0, 273, 112), "tile/0/273.p/112"),
        ((0, 1000), "tile/0/x001/000"),
        ((3, 1234067), "tile/3/x001/x234/067"),
        ((0, 1234, 12), "tile/0/x001/234.p/12"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile, path):
    assert merkle.tile_path(*tile) == path


def test_a_tree_of_70000_has_the_tiles_of_the_specification():
    tiles = list(merkle.tiles_of(70_000))

    assert tiles[:273] == [(0, index, 256) for index in range(273)]
    assert tiles[273:] == [(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)]


def test_a_tree_of_256_has_a_full_tile_and_one_above_it():
    assert list(merkle.tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]


@given(st.integers(0, 70_000), st.integers(0, 1_000))
def test_the_tiles_since_a_size_are_those_that_it_did_not_have(since, growth):
    before, after = set(merkle.tiles_of(since)), set(merkle.tiles_of(since + growth))

    assert set(merkle.tiles_of(since + growth, since=since)) == after - before


def tiles_as_files(tree: Tree) -> dict[str, bytes]:
    return {
        merkle.tile_path(level, index, width): b"".join(
            tree.hash_at(8 * level, 256 * index + place) for place in range(width)
        )
        for level, index, width in merkle.tiles_of(tree.size)
    }


def reading(files: dict[str, bytes]):
    def read(path):
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read


@pytest.fixture(scope="module")
def million():
    return Tree(hashlib.sha256(b"%d" % number).digest() for number in range(2**20))


@pytest.mark.parametrize("size", [1, 64, 255, 256, 257, 65_536, 65_600, 70_000])
def test_tiles_give_the_same_hashes_as_the_tree(million, size):
    tree = Tree(million.hash_at(0, index) for index in range(size))
    tiles = merkle.Tiles(reading(tiles_as_files(tree)), size)

    assert merkle.root(size, tiles.hash_at) == merkle.root(size, tree.hash_at)
    for index in range(0, size, size // 20 + 1):
        proof = merkle.inclusion_proof(index, size, tiles.hash_at)
        assert proof == merkle.inclusion_proof(index, size, tree.hash_at)


@pytest.mark.parametrize(
    ("size", "most"),
    [
        (2**20, 3),  # one tile at each level
        (1_000_000, 5),  # and the two partial ones at the right edge of the lower levels
    ],
)
def test_a_proof_in_a_million_entries_reads_a_few_tiles(million, size, most):
    tree = Tree(million.hash_at(0, index) for index in range(size)) if size < million.size else million
    files = tiles_as_files(tree)
    reads = []
    for index in [0, size - 1, *range(7, size, 19_999)]:
        tiles = merkle.Tiles(reading(files), size)
        proof = merkle.inclusion_proof(index, size, tiles.hash_at)
        merkle.verify_inclusion(tree.hash_at(0, index), index, size, proof, merkle.root(size, tree.hash_at))
        reads.append(tiles.reads)

    assert max(reads) == most


def test_a_partial_tile_that_was_dropped_is_read_from_the_full_one(million):
    small, large = (Tree(million.hash_at(0, index) for index in range(size)) for size in (300, 512))
    files = tiles_as_files(small) | tiles_as_files(large)
    del files["tile/0/001.p/44"]
    tiles = merkle.Tiles(reading(files), 300)

    assert merkle.root(300, tiles.hash_at) == merkle.root(300, million.hash_at)


def test_a_dropped_partial_tile_is_as_wide_as_it_was(million):
    full = b"".join(million.hash_at(0, index) for index in range(256))

    assert merkle.read_tile(reading({"tile/0/000": full}), 0, 0, 44) == full[: 44 * 32]


def test_a_missing_tile_is_named():
    with pytest.raises(Invalid, match=r"^tile/0/000\.p/3 is missing\.$"):
        merkle.root(3, merkle.Tiles(reading({}), 3).hash_at)


def test_a_tile_of_the_wrong_length_is_named():
    files = {"tile/0/000.p/3": bytes(95)}

    with pytest.raises(Invalid, match=r"^tile/0/000\.p/3 has 95 bytes, not 96\.$"):
        merkle.root(3, merkle.Tiles(reading(files), 3).hash_at)


def test_tiles_hold_nothing_beyond_their_size():
    with pytest.raises(IndexError):
        merkle.Tiles(reading({}), 3).hash_at(0, 3)
