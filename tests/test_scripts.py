"""A script carries the hash of the very file that is served."""

import base64
import hashlib
import json
import os
import re

import pytest
from django.template import Context, Template, TemplateSyntaxError

MANIFEST_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def tag_for(words):
    return Template("{% load scripts %}{% script " + words + " %}").render(Context({"word": "<add>"}))


def hash_in(tag):
    return re.search(r'integrity="(sha384-[^"]+)"', tag).group(1)


def hash_of(content):
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@pytest.fixture
def folder(settings, tmp_path):
    (tmp_path / "js").mkdir()
    settings.STATICFILES_DIRS = [tmp_path]
    return tmp_path / "js"


def test_it_says_where_the_script_is_and_what_is_in_it(folder):
    (folder / "one.js").write_bytes(b"let one;")

    assert tag_for('"js/one.js"') == (
        f'<script src="/static/js/one.js" integrity="{hash_of(b"let one;")}" defer></script>'
    )


def test_a_changed_script_gets_another_hash(folder):
    one = folder / "one.js"
    one.write_bytes(b"let one;")
    before = hash_in(tag_for('"js/one.js"'))

    one.write_bytes(b"let two;")
    os.utime(one, ns=(1, 1))

    assert (before, hash_in(tag_for('"js/one.js"'))) == (hash_of(b"let one;"), hash_of(b"let two;"))


def test_what_it_is_used_for_is_escaped(folder):
    (folder / "one.js").write_bytes(b"let one;")

    assert 'data-use="&lt;add&gt;" defer' in tag_for('"js/one.js" use=word')


def test_it_refuses_a_script_that_is_not_there(folder):
    with pytest.raises(TemplateSyntaxError, match=r"There is no script js/none\.js"):
        tag_for('"js/none.js"')


def test_collected_files_are_hashed_as_they_are_served(settings, tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "one.0123.js").write_bytes(b"let collected;")
    manifest = {"paths": {"js/one.js": "js/one.0123.js"}, "version": "1.1", "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    settings.STATIC_COLLECTED = True
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST_STORAGE}}

    tag = tag_for('"js/one.js"')

    assert 'src="/static/js/one.0123.js"' in tag
    assert hash_in(tag) == hash_of(b"let collected;")
