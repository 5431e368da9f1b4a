"""A real nginx with the very lines of docs/operating.md, on a free port of this machine."""

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"
MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SECONDS = 10

CONFIGURATION = """
load_module {module};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  sendfile on; keepalive_requests 1000000;
  upstream register {{ server 127.0.0.1:{register}; }}
  {http}
  server {{
    listen 127.0.0.1:{port};
    {server}
    {more}
  }}
}}
"""


def lines_of_the_manual() -> tuple[str, str]:
    """The two blocks of docs/operating.md: for the http block, and for the server block."""
    text = OPERATING.read_text()
    http, server = re.findall(r"```nginx\n(.*?)```", text, flags=re.DOTALL)
    return http, server


@contextlib.contextmanager
def serving(folder: Path, *, public: Path, tlog: Path, register: int = 9, more: str = "") -> Iterator[str]:
    """Its address. `register` is the port of the application; nothing listens on port 9."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx, "nginx is missing. Install it with: apt-get install -y nginx-light"
    assert MODULE.exists(), "Install it with: apt-get install -y libnginx-mod-http-brotli-static"
    http, server = (
        block.replace("/srv/register/public", str(public)).replace("/srv/register/tlog", str(tlog))
        for block in lines_of_the_manual()
    )
    port = _free_port()
    configuration = CONFIGURATION.format(
        module=MODULE, folder=folder, register=register, http=http, server=server, port=port, more=more
    )
    (folder / "nginx.conf").write_text(configuration)
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, (folder / "error.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise AssertionError("nginx does not answer.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
