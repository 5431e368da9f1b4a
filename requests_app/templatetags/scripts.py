"""`{% script "js/queue.js" %}`: a script that a browser runs only as it was when the page was made."""

import base64
import functools
import hashlib
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def script(name: str, use: str = "") -> SafeString:
    """`use` becomes data-use: a word for a script that serves several pages."""
    path = _served_file(name)
    return format_html(
        '<script src="{}" integrity="{}"{} defer></script>',
        staticfiles_storage.url(name),
        _integrity(path, path.stat().st_mtime_ns),
        format_html(' data-use="{}"', use) if use else "",
    )


def _served_file(name: str) -> Path:
    if settings.STATIC_COLLECTED:
        return Path(staticfiles_storage.path(staticfiles_storage.stored_name(name)))  # type: ignore[attr-defined]
    found = finders.find(name)
    if found is None:
        raise template.TemplateSyntaxError(f"There is no script {name}.")
    return Path(found)


@functools.lru_cache(maxsize=64)
def _integrity(path: Path, changed_at_ns: int) -> str:
    """Kept as long as the file is the same."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
