"""The public pages in Spanish: `python -m louisville_ice.messages [--check] [catalogue …]`.

The English text in the code is the message. What the sources say is gathered, put into
`locale/<catalogue>/es/LC_MESSAGES/django.po` without touching the Spanish that stands there, and compiled.
The files hold no date and no line number, so that a difference in them is a difference in words.
"""

import argparse
import io
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from requests_app import vocabulary
from requests_app.vocabulary import Choice

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGE = "es"

KEYWORDS: dict[str, Any] = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\([^)]*\)[a-z]")

# Lists that only staff ever see; every other closed list may stand on a public page.
FOR_STAFF = {
    *("EndorsementKind", "CadAbsence", "PageReason", "PageResult", "RetentionClass", "ThresholdKey"),
    *("RefusalKind", "StepKind", "LockCause", "TrainingSubject"),
}
# Keys of a policy file whose text people read, and tables whose every text they read.
POLICY_TEXTS = {
    *("title", "status", "notice", "words", "source", "heading", "text", "evidence", "name"),
    *("message", "named_message", "not_counted_message"),
}
POLICY_TABLES = {"titles", "messages"}


@dataclass(frozen=True)
class Sources:
    """Where a catalogue's messages come from: files by pattern, and texts that no code spells out."""

    files: tuple[str, ...] = ()
    texts: Callable[[], Iterable[str]] = tuple


def words_of_lists() -> Iterator[str]:
    """Labels and meanings of the closed lists."""
    for name, choice in vars(vocabulary).items():
        if isinstance(choice, type) and issubclass(choice, Choice) and name not in FOR_STAFF:
            yield from (text for code in choice for text in (code.label, code.meaning) if text)


def texts_of_policy() -> Iterator[str]:
    for path in sorted(BASE_DIR.glob("requests_app/policy/versions/*.toml")):
        yield from _texts_in(tomllib.loads(path.read_text("utf-8")))


def _texts_in(value: Any, *, key: str = "", read: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _texts_in(part, key=name, read=read or name in POLICY_TABLES)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part, key=key, read=read)
    elif isinstance(value, str) and value and (read or key in POLICY_TEXTS):
        yield value


# A file belongs to the first catalogue that names it, so the last one takes what is left.
CATALOGUES = {
    "figures": Sources(files=("requests_app/statistics/*.py",)),
    "words": Sources(texts=words_of_lists),
    "policy": Sources(
        files=(
            "requests_app/publication/explorer*.py",
            "requests_app/publication/story*.py",
            "requests_app/publication/policy*.py",
            "templates/publication/policy/**/*",
        ),
        texts=texts_of_policy,
    ),
    "texts": Sources(
        files=(
            "requests_app/publication/about.py",
            "requests_app/publication/log_pages.py",
            "requests_app/publication/receipt_words.py",
            "templates/publication/texts/**/*",
        )
    ),
    "data": Sources(
        files=(
            "requests_app/publication/data*.py",
            "requests_app/publication/feed*.py",
            "requests_app/publication/api*.py",
            "templates/publication/data/**/*",
        )
    ),
    "pages": Sources(files=("requests_app/publication/**/*.py", "templates/publication/**/*")),
}


class Quiet(Catalog):
    """A catalogue whose header says what a program must know, and no time."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", LANGUAGE),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def quiet(name: str) -> Quiet:
    words = f"# Spanish of the catalogue “{name}”. `make messages` writes this file; edit the msgstr lines."
    return Quiet(locale=LANGUAGE, header_comment=words, fuzzy=False)


# --- what the sources say ----------------------------------------------------------------------


def files_of(name: str) -> list[Path]:
    taken: set[Path] = set()
    for catalogue, sources in CATALOGUES.items():
        found = {path for pattern in sources.files for path in BASE_DIR.glob(pattern) if path.is_file()}
        if catalogue == name:
            return sorted(path for path in found - taken if "__pycache__" not in path.parts)
        taken |= found
    raise LookupError(name)


def said(name: str) -> Quiet:
    """The catalogue as the sources have it, without Spanish."""
    catalogue = quiet(name)
    for path in files_of(name):
        for text, context in extracted(path.read_text("utf-8"), template=path.suffix != ".py"):
            catalogue.add(text, context=context)
    for text in CATALOGUES[name].texts():
        catalogue.add(text)
    return catalogue


def extracted(source: str, *, template: bool) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The messages of Python code or of a Django template: a text, or one and many; and its context."""
    # A template's lines begin anywhere: to Python, that would be indentation.
    code = "\n".join(line.strip() for line in templatize(source).splitlines()) if template else source
    for _, text, _, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        yield text, context


# --- what is written ---------------------------------------------------------------------------


def po_path(name: str) -> Path:
    return BASE_DIR / "locale" / name / LANGUAGE / "LC_MESSAGES" / "django.po"


def stored(name: str) -> Catalog:
    path = po_path(name)
    return read_po(io.BytesIO(path.read_bytes()), locale=LANGUAGE) if path.exists() else quiet(name)


def merged(name: str, new: Catalog, old: Catalog) -> Quiet:
    """The messages of the sources with the Spanish they have; what is said no more is dropped."""
    catalogue = quiet(name)
    for message in messages_of(new):
        known = old.get(message.id, message.context)
        if known is None or known.pluralizable != message.pluralizable or known.id != message.id:
            catalogue.add(message.id, context=message.context)
            continue
        catalogue.add(
            message.id,
            known.string,
            context=message.context,
            flags=known.flags & {"fuzzy"},
            user_comments=known.user_comments,
        )
    return catalogue


def borrow(catalogue: Catalog, others: Iterable[Catalog]) -> None:
    """Takes over the Spanish that another catalogue has for a message, because there can be only one."""
    for other in others:
        for message in messages_of(catalogue):
            known = other.get(message.id, message.context)
            if not _is_whole(message) and known is not None and known.id == message.id:
                message.string = known.string


def messages_of(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def po_bytes(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    write_po(written, catalogue, width=110, no_location=True, sort_output=True)
    return written.getvalue().rstrip(b"\n") + b"\n"


def mo_bytes(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def write(name: str) -> None:
    old = stored(name)
    catalogue = merged(name, said(name), old)
    path = po_path(name)
    if not (messages_of(catalogue) or path.exists()):
        return
    borrow(catalogue, [stored(other) for other in CATALOGUES if other != name])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalogue))
    path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
    found = messages_of(catalogue)
    print(f"{name}: {len(found)} messages, {sum(not _is_whole(one) for one in found)} without Spanish")
    for message in messages_of(old):
        if catalogue.get(message.id, message.context) is None:
            print(f"  dropped, said no more: {_quoted(message)} = {message.string!r}")


# --- what is wrong -----------------------------------------------------------------------------


def wrong_with(name: str) -> list[str]:
    """Why this catalogue is not complete, in words; empty when it is."""
    new, old = said(name), stored(name)
    catalogue = merged(name, new, old)
    found = [
        f"not in the catalogue: {_quoted(message)}"
        for message in messages_of(new)
        if old.get(message.id, message.context) is None
    ]
    found += [
        f"said no more: {_quoted(message)}"
        for message in messages_of(old)
        if new.get(message.id, message.context) is None
    ]
    found += [
        f"{why}: {_quoted(message)}"
        for message in messages_of(catalogue)
        if old.get(message.id, message.context) is not None
        for why in wrong_with_message(message)
    ]
    return [f"{name}: {one}" for one in found or _wrong_with_files(name, catalogue)]


def wrong_with_message(message: Message) -> list[str]:
    if not _is_whole(message):
        return ["no Spanish"]
    found = ["fuzzy"] if message.fuzzy else []
    english = [set(PLACEHOLDER.findall(text)) for text in _forms(message.id)]
    allowed, needed = set.union(*english), set.intersection(*english)
    spanish = [set(PLACEHOLDER.findall(text)) for text in _forms(message.string)]
    if any(not needed <= placeholders <= allowed for placeholders in spanish):
        found.append("other placeholders than the English")
    elif allowed and not all(_can_be_filled(text) for text in _forms(message.string)):
        found.append("a percent sign that stands alone is written %%")
    return found


def _can_be_filled(text: str) -> bool:
    try:
        text % defaultdict(int)  # what is put in does not matter
    except (TypeError, ValueError):
        return False
    return True


def _wrong_with_files(name: str, catalogue: Catalog) -> list[str]:
    path = po_path(name)
    if not (messages_of(catalogue) or path.exists()):
        return []
    wanted = {path: po_bytes(catalogue), path.with_suffix(".mo"): mo_bytes(catalogue)}
    return [
        f"{one.relative_to(BASE_DIR)} is not what `make messages` writes"
        for one, content in wanted.items()
        if (one.read_bytes() if one.exists() else b"") != content
    ]


def in_two_ways(catalogues: dict[str, Catalog]) -> list[str]:
    """Messages that two catalogues say differently: at run time one of them would win."""
    first: dict[tuple[Any, Any], tuple[str, Any]] = {}
    found = []
    for name, catalogue in catalogues.items():
        for message in messages_of(catalogue):
            other, string = first.setdefault((message.id, message.context), (name, message.string))
            if string != message.string and _is_whole(message):
                found.append(f"{other} and {name}: in two ways: {_quoted(message)}")
    return found


def _is_whole(message: Message) -> bool:
    return all(_forms(message.string)) and len(_forms(message.string)) == len(_forms(message.id))


def _forms(text: Any) -> tuple[str, ...]:
    """A message's forms by number; one where no number decides, or where nothing stands yet."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _quoted(message: Message) -> str:
    return f"“{_forms(message.id)[0]}”" + (f" ({message.context})" if message.context else "")


def check(names: list[str]) -> int:
    wrong = [one for name in names for one in wrong_with(name)]
    wrong += in_two_ways({name: stored(name) for name in CATALOGUES})
    for one in wrong:
        print(one, file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} wrong; `make messages` gathers what is said.", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m louisville_ice.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing")
    parser.add_argument("names", nargs="*", metavar="catalogue", help=f"of {', '.join(CATALOGUES)}; else all")
    given = parser.parse_args()
    if unknown := set(given.names) - set(CATALOGUES):
        parser.error(f"no such catalogue: {', '.join(sorted(unknown))}")
    names = given.names or list(CATALOGUES)
    if given.check:
        return check(names)
    for name in names:
        write(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
