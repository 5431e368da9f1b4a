"""Copying the design system: what its styles name comes along, pointers to source maps stay behind."""

import io
import tarfile

import pytest
from django.core.management import CommandError, call_command

from requests_app.management.commands.vendor_uswds import DESTINATION

PACKAGE = {
    "package.json": b'{"version": "9.9.9"}',
    "LICENSE.md": b"Public domain.",
    "dist/css/uswds.min.css": (
        b'a{background:url(../img/a.svg),url("data:x")}\n/*# sourceMappingURL=uswds.min.css.map */'
    ),
    "dist/js/uswds.min.js": b"1;\n//# sourceMappingURL=uswds.min.js.map",
    "dist/js/uswds-init.min.js": b"2;",
    "dist/img/sprite.svg": b"<svg/>",
    "dist/img/a.svg": b"<svg/>",
    "dist/img/unused.svg": b"<svg/>",
}


def archive_of(folder, files):
    path = folder / "uswds.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_it_copies_what_the_styles_name_and_nothing_else(tmp_path, settings, capsys):
    settings.BASE_DIR = tmp_path

    call_command("vendor_uswds", archive_of(tmp_path, PACKAGE))

    copied = tmp_path / DESTINATION
    assert sorted(str(f.relative_to(copied)) for f in copied.rglob("*") if f.is_file()) == [
        "LICENSE.md",
        "VERSION",
        "css/uswds.min.css",
        "img/a.svg",
        "img/sprite.svg",
        "js/uswds-init.min.js",
        "js/uswds.min.js",
    ]
    assert (copied / "VERSION").read_text() == "9.9.9\n"
    assert "USWDS 9.9.9: 7 files" in capsys.readouterr().out


def test_it_leaves_no_pointer_to_a_source_map(tmp_path, settings):
    settings.BASE_DIR = tmp_path

    call_command("vendor_uswds", archive_of(tmp_path, PACKAGE))

    for name in ("css/uswds.min.css", "js/uswds.min.js"):
        assert "sourceMappingURL" not in (tmp_path / DESTINATION / name).read_text()


def test_it_refuses_what_is_no_such_package_and_keeps_what_is_there(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    call_command("vendor_uswds", archive_of(tmp_path, PACKAGE))

    with pytest.raises(CommandError, match="is not a USWDS package"):
        call_command("vendor_uswds", archive_of(tmp_path, {"package.json": b"{}"}))

    assert (tmp_path / DESTINATION / "VERSION").exists()
