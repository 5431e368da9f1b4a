"""Copy the part of the U.S. Web Design System that our pages use out of its npm package.

Needed only when the design system is updated; the copied files are committed. See docs/vendoring.md.
"""

import json
import posixpath
import re
import shutil
import tarfile
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

DESTINATION = Path("static/vendor/uswds")
STYLES = "css/uswds.min.css"
WHOLE_FILES = (STYLES, "js/uswds.min.js", "js/uswds-init.min.js", "img/sprite.svg")
NAMED_IN_STYLES = re.compile(r"url\(\s*[\"']?(?!data:)([^)\"'#?\s]+)")
# Hashed static names fail on the map file, which we do not ship.
SOURCE_MAP_COMMENT = re.compile(r"\n?(/\*|//)[#@] sourceMappingURL=\S+(\s*\*/)?\n?")


class Command(BaseCommand):
    help = "Copy the USWDS files we use out of the archive that `npm pack @uswds/uswds@VERSION` made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the .tgz file that npm pack wrote")

    def handle(self, *, archive: Path, **options: object) -> None:
        destination = Path(settings.BASE_DIR) / DESTINATION
        try:
            with tarfile.open(archive) as package:
                files = wanted_files(package)
        except (OSError, KeyError, tarfile.TarError) as error:
            raise CommandError(f"{archive} is not a USWDS package: {error}") from error
        shutil.rmtree(destination, ignore_errors=True)
        for name, content in files.items():
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        size_kib = sum(map(len, files.values())) // 1024
        self.stdout.write(f"USWDS {files['VERSION'].decode().strip()}: {len(files)} files, {size_kib} KiB")


def wanted_files(package: tarfile.TarFile) -> dict[str, bytes]:
    """The scripts, the styles and what the styles name, the licence, and the version, by path."""
    styles = _read(package, f"dist/{STYLES}").decode()
    named = {posixpath.normpath(posixpath.join("css", url)) for url in NAMED_IN_STYLES.findall(styles)}
    files = {name: _read(package, f"dist/{name}") for name in sorted(named.union(WHOLE_FILES))}
    for name in files:
        if name.endswith((".css", ".js")):
            files[name] = SOURCE_MAP_COMMENT.sub("\n", files[name].decode()).encode()
    files["LICENSE.md"] = _read(package, "LICENSE.md")
    files["VERSION"] = f"{json.loads(_read(package, 'package.json'))['version']}\n".encode()
    return files


def _read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise KeyError(name)
    return member.read()
