"""The public site as files: written whole beside the old ones, and swapped in at once.

PUBLIC_DIR/publication.json     what the pages are made from
PUBLIC_DIR/trees/<stamp>/       the pages, each beside its compressed forms
PUBLIC_DIR/trees/<stamp>.json   what each file is: type, digest, and when its bytes last changed
PUBLIC_DIR/current              a link to the tree that is served
"""

import contextlib
import fcntl
import functools
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings

from requests_app.conditional import etag_of
from requests_app.policy import IN_FORCE
from requests_app.publication._address import LANGUAGES, HtmlPage, html
from requests_app.publication._publication import Publication
from requests_app.publication._site import Site
from requests_app.published_log import PublishedLog, published

PUBLICATION, TREES, CURRENT, LOCK = "publication.json", "trees", "current", "lock"
# Whoever reads from the tree before this one, in this moment, is not to be cut off.
KEPT_TREES = 2
COMPRESSIBLE = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
# By preference; a browser that takes none gets the file itself.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
# What decides about the bytes of a page besides the publication.
CODE = (
    "requests_app/**/*.py",
    "requests_app/**/*.toml",
    "templates/publication/**/*.html",
    "locale/**/*.mo",
    "static/js/*.js",  # a page says what its scripts' bytes must be
)

Manifest = dict[str, dict[str, Any]]


# --- writing ----------------------------------------------------------------------------------


def publish(publication: Publication, *, at: datetime) -> bool:
    """Write the whole site, unless it stands there already. Answers whether it wrote."""
    folder = Path(settings.PUBLIC_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    content = publication.to_bytes()
    stamp = hashlib.sha256(content + _code()).hexdigest()[:32]
    with _alone(folder):
        if _current(folder) == stamp:
            return False
        _write_tree(folder, stamp, publication, at=at)
        _replace(folder / PUBLICATION, content)
        _swap_in(folder, stamp)
        _remove_old(folder)
    return True


def _write_tree(folder: Path, stamp: str, publication: Publication, *, at: datetime) -> None:
    tree = folder / TREES / stamp
    shutil.rmtree(tree, ignore_errors=True)  # of an attempt that was interrupted
    before = _manifest(folder, _current(folder))
    manifest: Manifest = {}
    for address in Site(publication).addresses.values():
        body = address.render()
        digest = hashlib.sha256(body).hexdigest()
        known = before.get(address.path)
        changed_at = known["changed_at"] if known and known["sha256"] == digest else _after(known, at)
        manifest[address.path] = {
            "file": address.file_name,
            "type": address.content_type,
            "sha256": digest,
            "changed_at": changed_at,
        }
        _write_file(tree / address.file_name, body, address.content_type, changed_at)
    _replace(folder / TREES / f"{stamp}.json", json.dumps(manifest, sort_keys=True).encode())


def _after(known: dict[str, Any] | None, at: datetime) -> int:
    """Whole seconds, later than the bytes before: web servers make their ETags from time and size."""
    return max(int(at.timestamp()), known["changed_at"] + 1 if known else 0)


def _write_file(path: Path, body: bytes, content_type: str, changed_at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    forms = {"": body}
    if content_type.startswith(COMPRESSIBLE):
        forms[".gz"] = gzip.compress(body, 9, mtime=0)
        forms[".br"] = brotli.compress(body, quality=9)
    for suffix, content in forms.items():
        file = path.with_name(path.name + suffix)
        file.write_bytes(content)
        os.utime(file, (changed_at, changed_at))


def _swap_in(folder: Path, stamp: str) -> None:
    os.sync()  # a link to files that a power cut emptied would be worse than the old ones
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(TREES) / stamp)
    link.replace(folder / CURRENT)


def _remove_old(folder: Path) -> None:
    trees = sorted((folder / TREES).glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for manifest in trees[KEPT_TREES:]:
        shutil.rmtree(manifest.with_suffix(""), ignore_errors=True)
        manifest.unlink()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}")
    new.write_bytes(content)
    new.replace(path)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time, in whichever process."""
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def _code() -> bytes:
    """A new version of the code may write other pages from the same publication."""
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {settings.PUBLIC_CONTACT}".encode())
    for pattern in CODE:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    collected = settings.BASE_DIR / "staticfiles" / "staticfiles.json"
    if collected.exists():
        digest.update(collected.read_bytes())
    return digest.digest()


# --- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Served:
    """A file as it goes out. The ETag is that of these very bytes."""

    content: bytes
    content_type: str
    etag: str
    changed_at: datetime
    encoding: str = ""


def find(path: str, *, encodings: frozenset[str]) -> Served | None:
    """The bytes of an address: from the tree, or else rendered. None where there is no such address."""
    folder = Path(settings.PUBLIC_DIR)
    stamp = _current(folder)
    line = _manifest(folder, stamp).get(path)
    if line is not None:
        with contextlib.suppress(OSError):  # swapped away this moment: rendered instead
            return _from_file(folder / TREES / stamp / line["file"], line, encodings)
    return _rendered(path)


def not_found(path: str) -> bytes:
    """What stands at an address where nothing is, in the language that it begins with."""
    language = path[:2] if path[:3] in {f"{code}/" for code in LANGUAGES} else LANGUAGES[0]
    return _not_found(current(), language)


@functools.lru_cache(maxsize=4)
def _not_found(publication: Publication, language: str) -> bytes:
    page = HtmlPage("", "publication/not_found.html", dict, is_listed=False)
    return html(publication, page, language)


def paths() -> list[str]:
    """Every address of what is published now."""
    return sorted(_site(current()).addresses)


def _from_file(path: Path, line: dict[str, Any], encodings: frozenset[str]) -> Served:
    changed_at = datetime.fromtimestamp(line["changed_at"], UTC)
    for encoding, suffix in ENCODINGS.items():
        compressed = path.with_name(path.name + suffix)
        if encoding in encodings and compressed.exists():
            etag = f'"{line["sha256"][:32]}-{encoding}"'
            return Served(compressed.read_bytes(), line["type"], etag, changed_at, encoding)
    return Served(path.read_bytes(), line["type"], f'"{line["sha256"][:32]}"', changed_at)


def _rendered(path: str) -> Served | None:
    publication = current()
    found = _body(publication, path)
    if found is None:
        return None
    body, content_type = found
    changed_at = (publication.as_of or datetime.fromtimestamp(0, UTC)).replace(microsecond=0)
    return Served(body, content_type, etag_of(body), changed_at)


@functools.lru_cache(maxsize=512)
def _body(publication: Publication, path: str) -> tuple[bytes, str] | None:
    address = _site(publication).addresses.get(path)
    return (address.render(), address.content_type) if address else None


@functools.lru_cache(maxsize=2)
def _site(publication: Publication) -> Site:
    return Site(publication)


def current() -> Publication:
    """What was published last, from its one file; without one, a site that says that nothing is public."""
    path = Path(settings.PUBLIC_DIR) / PUBLICATION
    try:
        status = path.stat()
    except OSError:
        return _nothing_yet(published())
    return _read(path, (status.st_mtime_ns, status.st_size, status.st_ino))


@functools.lru_cache(maxsize=2)
def _read(path: Path, stamp: tuple[int, int, int]) -> Publication:
    return Publication.from_bytes(path.read_bytes())


@functools.lru_cache(maxsize=1)
def _nothing_yet(log: PublishedLog) -> Publication:
    return Publication((), log, IN_FORCE, demonstration=False, site_url=settings.SITE_URL)


def _current(folder: Path) -> str:
    try:
        return Path(os.readlink(folder / CURRENT)).name
    except OSError:
        return ""


def _manifest(folder: Path, stamp: str) -> Manifest:
    return _read_manifest(folder, stamp) if stamp else {}


@functools.lru_cache(maxsize=2)
def _read_manifest(folder: Path, stamp: str) -> Manifest:
    return dict(json.loads((folder / TREES / f"{stamp}.json").read_bytes()))
