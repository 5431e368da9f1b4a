"""The words of the signer. Status 0: done; 1: refused; 3: published, but too few witnesses have signed."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import time
from pathlib import Path

from requests_app import signer
from requests_app.merkle import ED25519, VerifierKey, Witnessed
from requests_app.state_folder import StateFolder

REFUSED, TOO_FEW = 1, 3
# The database's URL holds a password: it comes from the environment alone, where others do not see it.
DATABASE = "DATABASE_SIGNER_URL"


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        return int(asked.act(asked) or 0)
    except signer.TROUBLES as trouble:
        print(f"Refused. {trouble}", file=sys.stderr, flush=True)
        return REFUSED


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m requests_app.signer", description=signer.__doc__)
    acts = parser.add_subparsers(required=True, metavar="WORD")
    new_key = acts.add_parser("new-key", help="make the key, once, and print what verifies it")
    _add(new_key, "--origin", "TLOG_ORIGIN", "name of the log and its key: register.example.org/tlog", str)
    vkey = acts.add_parser("vkey", help="print what verifies the key's signatures")
    sign = acts.add_parser("sign", help="check the past, sign what came, ask the witnesses, publish")
    cosign = acts.add_parser("cosign", help="ask the missing witnesses again, publish")
    adopt = acts.add_parser("adopt", help="take over what was published, when the state was lost")
    adopt.add_argument(
        "--signed-with", type=VerifierKey.parse, help="the vkey of the former key", metavar="VKEY"
    )
    rotate_key = acts.add_parser("rotate-key", help="a new key in the place of the old")
    serve = acts.add_parser("serve", help="sign every day")
    serve.add_argument(
        "--at", type=time.fromisoformat, default=time(2), help="local time, 02:00", metavar="HH:MM"
    )
    for one, act in {
        new_key: _new_key,
        vkey: _vkey,
        sign: _sign,
        cosign: _cosign,
        adopt: _adopt,
        rotate_key: _rotate_key,
        serve: _serve,
    }.items():
        one.set_defaults(act=act)
        _add(one, "--state", "SIGNER_STATE", "the signer's own folder", Path)
    for one in (sign, cosign, adopt, serve):
        _add(one, "--public", "TLOG_DIR", "the folder that is published", Path)
    for one in (sign, cosign, serve):
        _add(one, "--policy", "LOG_POLICY", "the policy file, which names log and witnesses", Path)
    return parser


def _add(parser: ArgumentParser, option: str, variable: str, words: str, kind: type) -> None:
    given = os.environ.get(variable)
    default = kind(given) if given else None
    words = f"{words} ({variable})"
    parser.add_argument(option, type=kind, default=default, required=default is None, help=words)


def _places(asked: Namespace) -> signer.Places:
    return signer.Places(
        asked.state, asked.public, getattr(asked, "policy", Path()), os.environ.get(DATABASE, "")
    )


def _new_key(asked: Namespace) -> None:
    print(signer.new_key(asked.state, asked.origin))


def _vkey(asked: Namespace) -> None:
    print(StateFolder(asked.state).key(ED25519).verifier)


def _sign(asked: Namespace) -> int:
    return _said(signer.sign(_places(asked)))


def _cosign(asked: Namespace) -> int:
    return _said(signer.cosign(_places(asked)))


def _said(witnessed: Witnessed) -> int:
    print(signer.told(witnessed))
    return 0 if witnessed.quorum_met else TOO_FEW


def _adopt(asked: Namespace) -> None:
    checkpoint = signer.adopt(_places(asked), asked.signed_with)
    print(f"Taken over: {checkpoint.size} entries of {checkpoint.origin}.")


def _rotate_key(asked: Namespace) -> None:
    print(signer.rotate_key(asked.state))


def _serve(asked: Namespace) -> None:
    signer.serve(_places(asked), asked.at)


if __name__ == "__main__":
    sys.exit(main())
