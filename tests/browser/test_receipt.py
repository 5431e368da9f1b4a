"""The page that checks receipts, in a browser: what it finds, and that nothing of it leaves the browser."""

import base64
import hashlib
import json
import re
import secrets

import pytest
import zxingcpp

from requests_app import merkle, workflow
from requests_app.merkle import Invalid, Policy, Proof
from requests_app.receipts import digits_of, packed, receipt_of
from tests.factories import make_request
from tests.witnessed_log import WitnessedLog

PAGE = "/en/receipt/"
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# The pixels of a picture in shades of gray, as base64.
GRAY = """async (png) => {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    let gray = "";
    for (let at = 0; at < pixels.length; at += 4) gray += String.fromCharCode(pixels[at]);
    return [bitmap.width, bitmap.height, btoa(gray)];
}"""
# Puts one text after the other into the page's field and answers with what the page says to each.
CHECK_ALL = """async (texts) => {
    const [field, button, result] = ["receipt", "check", "result"].map((id) => document.getElementById(id));
    const said = [];
    for (const text of texts) {
        field.value = text;
        result.replaceChildren();
        const answered = new Promise((done) => {
            const observer = new MutationObserver(() => {
                if (!result.firstChild) return;
                observer.disconnect();
                done();
            });
            observer.observe(result, { childList: true });
        });
        button.click();
        await answered;
        said.push([result.dataset.kind, result.innerText]);
    }
    return said;
}"""


@pytest.fixture
def signed_log(live_server, settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    settings.SITE_URL = live_server.url
    return WitnessedLog(settings.TLOG_DIR)


@pytest.fixture
def case(signed_log, dispatcher):
    one = workflow.log(make_request(dispatcher).pk, actor=dispatcher)
    signed_log.publish()
    return one


@pytest.fixture
def receipt(case):
    return str(receipt_of(case).proof)


@pytest.fixture
def checker(page, receipt):
    """The page, open; and every request that leaves it from now on."""
    page.goto(PAGE, wait_until="networkidle")
    page.sent = []
    page.on("request", lambda request: page.sent.append(request.url))
    return page


def verdict(page):
    page.locator("#result .usa-alert").wait_for()
    return page.locator("#result").inner_text()


# --- what it says ---------------------------------------------------------------------------------


def test_a_pasted_receipt_is_genuine_and_nothing_is_sent(checker, receipt, case):
    checker.get_by_label("Receipt", exact=True).fill(receipt)
    checker.get_by_role("button", name="Check").click()

    said = verdict(checker)

    index = receipt_of(case).index
    assert "This receipt is genuine" in said
    assert (
        f"Request {case.number} was in the register’s log at place {index} when the log had 64 entries."
        in said
    )
    assert "internal-audit (" in said
    assert "civilian-review (" in said
    assert checker.sent == []


def test_a_file_is_checked_and_nothing_is_sent(checker, receipt, case):
    file = {"name": f"{case.number}.tlog-proof", "mimeType": "text/plain", "buffer": receipt.encode()}

    checker.get_by_label("Or choose the file").set_input_files(file)

    assert "This receipt is genuine" in verdict(checker)
    assert checker.sent == []


def test_a_dropped_file_is_checked(checker, receipt):
    given = checker.evaluate_handle(
        """(text) => {
            const given = new DataTransfer();
            given.items.add(new File([text], "2026-0001.tlog-proof"));
            return given;
        }""",
        receipt,
    )

    checker.dispatch_event("#receipt", "drop", {"dataTransfer": given})

    assert "This receipt is genuine" in verdict(checker)
    assert checker.sent == []


def test_a_file_is_taken_byte_by_byte(checker, receipt):
    """No repair of line ends as for a text that was pasted."""
    for content in (receipt.replace("\n", "\r\n"), receipt.rstrip("\n"), "\ufeff" + receipt, receipt + "\n"):
        file = {"name": "one.tlog-proof", "mimeType": "text/plain", "buffer": content.encode()}
        checker.get_by_label("Or choose the file").set_input_files(file)

        assert "This receipt is NOT genuine" in verdict(checker)
        checker.get_by_role("button", name="Clear").click()


def test_a_paste_without_its_last_line_end_is_forgiven(checker, receipt):
    ((kind, _),) = checker.evaluate(CHECK_ALL, ["\n\n" + receipt.rstrip("\n")])

    assert kind == "success"


def test_an_intake_is_called_what_it_is(checker, dispatcher, signed_log):
    case = make_request(dispatcher)
    signed_log.publish()

    ((kind, said),) = checker.evaluate(CHECK_ALL, [str(receipt_of(case).proof)])

    assert kind == "success"
    assert "The entry is no logging, but “request:save_intake”." in said


# --- every change is refused -----------------------------------------------------------------------


def changed(receipt, **parts):
    """The receipt with one part of its opening changed."""
    extra = re.search(r"^extra (.*)$", receipt, re.MULTILINE).group(1)
    opening = json.loads(base64.b64decode(extra)) | parts
    opening = {name: value for name, value in opening.items() if value is not None}
    return receipt.replace(extra, base64.b64encode(json.dumps(opening).encode()).decode())


def flipped(text, place):
    """Another character of the same kind in this place."""
    old = text[place]
    if old in "0123456789":
        new = "1" if old == "0" else str(int(old) - 1)
    elif old.isalpha() and old.isascii():
        new = "B" if old == "A" else "A"
    else:
        new = "x"
    return text[:place] + new + text[place + 1 :]


def agrees(text, policy):
    """What merkle.py says to it: the receipt, or the sentence."""
    try:
        found = merkle.check_receipt(Proof.parse(text), policy)
    except Invalid as wrong:
        return str(wrong)
    return found if found.witnessed.quorum_met else "Too few witnesses signed"


def test_one_changed_character_anywhere_is_refused(checker, receipt, signed_log):
    """Every character of the file in turn, as merkle.py refuses it; but for a name in a line of a signature

    that is then a stranger's, which both leave out of account.
    """
    policy = Policy.parse(signed_log.policy)
    texts = [flipped(receipt, place) for place in range(len(receipt) - 1)]

    said = checker.evaluate(CHECK_ALL, texts)

    expected = ["error" if isinstance(agrees(text, policy), str) else "success" for text in texts]
    assert [kind for kind, _ in said] == expected
    # Where one of three witnesses becomes a stranger, two are left: no change of anything else passes.
    signatures = receipt.rindex("\n\n")
    assert {kind for kind, _ in said[:signatures]} == {"error"}
    assert checker.sent == []


def malformed(receipt):
    """Spellings that a careless reader would let pass."""
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    extra, index, first = lines[1], lines[2], lines[3]
    opening = base64.b64decode(extra.removeprefix("extra ")).decode()

    def with_opening(text):
        return receipt.replace(extra, "extra " + base64.b64encode(text.encode()).decode())

    said = json.loads(opening)
    yield from (
        receipt.replace(index, f"index {other}") for other in ("01", "+1", "1 ", " 1", "1.0", "-1", "")
    )
    yield receipt.replace(index, f"index {2**63}")
    yield receipt.replace("\n64\n", "\n064\n")
    yield receipt.replace(first, first.rstrip("="))
    yield receipt.replace(first, first + " ")
    yield receipt.replace(first, first.replace(first[-2], chr(ord(first[-2]) + 1)))
    yield receipt.replace(first + "\n", "")
    yield receipt.replace(first + "\n", first + "\n" + first + "\n")
    yield receipt.replace(extra + "\n", "")
    yield receipt.replace(extra, "extra ")
    yield receipt.replace("@v1", "@v2")
    yield receipt.replace("\n— ", "\n- ", 1)
    yield receipt.replace("\n— ", "\n—  ", 1)
    yield receipt + "\n"
    yield "\n" + receipt
    yield head + "\n\n"
    yield note
    yield receipt.replace(note.split("\n")[0], note.split("\n")[0] + "\textension", 1)
    yield receipt.replace("\n64\n", "\n64\nextension\n")
    yield with_opening(opening[:-1] + ',"more":"x"}')
    yield with_opening("{" + opening[1:-1] + "," + opening[1:])
    yield with_opening("[" + opening + "]")
    yield with_opening("null")
    yield with_opening(opening[:-1])
    yield changed(receipt, public=said["public"] + " ")
    yield changed(receipt, private_salt=said["public_salt"], public_salt=said["private_salt"])
    yield changed(receipt, private=said["public"], public=said["private"])
    yield changed(receipt, private_salt=None)
    yield changed(receipt, private=1)
    yield changed(
        receipt, public=None, public_salt=None, public_commitment=base64.b64encode(bytes(32)).decode()
    )


def test_every_other_spelling_is_refused_as_merkle_refuses_it(checker, receipt, signed_log):
    policy = Policy.parse(signed_log.policy)
    texts = [text for text in malformed(receipt) if text.strip() + "\n" != receipt]
    assert all(isinstance(agrees(text, policy), str) for text in texts)

    said = checker.evaluate(CHECK_ALL, texts)

    assert [text for text, (kind, _) in zip(texts, said, strict=True) if kind != "error"] == []


def sealed(signed_log, public, private):
    """A receipt of a log that has sealed just this, however odd it is: text, or bytes in JSON's own words."""
    texts = {part: json.loads(f'"{text}"') for part, text in (("public", public), ("private", private))}
    salts = {part: secrets.token_bytes(32) for part in texts}
    leaf = b"".join(
        hashlib.sha256(salts[part] + text.encode(errors="surrogatepass")).digest()
        for part, text in texts.items()
    )
    signed_log.publish([leaf] + [secrets.token_bytes(64)] * 63)
    tree = merkle.Tree(map(merkle.leaf_hash, signed_log.leaves))
    note = merkle.Note.parse((signed_log.folder / "checkpoint").read_bytes())
    opening = ",".join(
        f'"{part}":"{text}","{part}_salt":"{base64.b64encode(salts[part]).decode()}"'
        for part, text in (("public", public), ("private", private))
    )
    hashes = tuple(merkle.inclusion_proof(0, 64, tree.hash_at))
    return str(Proof(0, hashes, note, f"{{{opening}}}".encode()))


PLAIN = r"{\"action\":\"request:log\",\"refusal\":\"\"}"
# What the private part of a sealed entry says, and whether it is in canonical form.
SEALED = {
    r"{\"case\":\"2026-0012\",\"n\":[1,null,true,{\"a\":-7}]}": True,
    r"{\"case\":\"2026-0012 \u00e9\u2028\ud83d\ude00\"}": True,
    r"{\"case\":\"\\u0007\\n\"}": True,
    r"{\"case\": \"2026-0012\"}": False,
    r"{\"case\":\"1\",\"case\":\"2\"}": False,
    r"{\"b\":1,\"a\":1}": False,
    r"{\"\ue000\":1,\"\ud83d\ude00\":1}": False,
    r"{\"\ud83d\ude00\":1,\"\ue000\":1}": True,
    r"{\"n\":1.5}": False,
    r"{\"n\":1.0}": False,
    r"{\"n\":-0}": False,
    r"{\"n\":1e2}": False,
    r"{\"n\":9007199254740993}": False,
    r"{\"n\":NaN}": False,
    r"{\"n\":\"\ud800\"}": False,
    r"{\"n\":\"\\ud800\"}": False,
    r"{\"n\":\"\\u000A\"}": False,
    r"{\"n\":\"\\/\"}": False,
    r"[1]": False,
    r"null": False,
    r"": False,
    r"{}": True,
}


def test_what_was_sealed_must_be_in_canonical_form_as_merkle_asks_it(page, signed_log):
    """Two readers must never read two things in one sealed text."""
    texts = [sealed(signed_log, PLAIN, private) for private in SEALED]
    policy = Policy.parse(signed_log.policy)
    page.goto(PAGE)

    said = page.evaluate(CHECK_ALL, texts)

    wanted = ["success" if holds else "error" for holds in SEALED.values()]
    assert ["error" if isinstance(agrees(text, policy), str) else "success" for text in texts] == wanted
    assert dict(zip(SEALED, [kind for kind, _ in said], strict=True)) == dict(
        zip(SEALED, wanted, strict=True)
    )


def test_a_refused_try_to_log_is_not_called_logged(page, signed_log):
    refused = PLAIN.replace(r"\"refusal\":\"\"", r"\"refusal\":\"forbidden\"")
    text = sealed(signed_log, refused, r"{\"case\":\"2026-0012\"}")
    page.goto(PAGE)

    ((_, said),) = page.evaluate(CHECK_ALL, [text])

    assert "The entry is no logging, but “request:log”, which was refused." in said
    assert "It was logged" not in said


def test_a_false_signature_and_too_few_are_named(checker, receipt, signed_log):
    *before, second, third, _ = receipt.split("\n")
    few = "\n".join([*before[:-1], third, ""])
    forged = receipt.replace(second[-20:], third[-20:])
    other = WitnessedLog(signed_log.folder.parent / "other")
    other.publish(signed_log.leaves)
    stranger = receipt.partition("\n\n")[0] + "\n\n" + (other.folder / "checkpoint").read_text()

    said = [words for _, words in checker.evaluate(CHECK_ALL, [few, forged, stranger])]

    assert "Too few witnesses signed: newsroom. The policy asks for 2 of 3." in said[0]
    assert "The signature of civilian-review.example/witness is false." in said[1]
    assert "The log of this register has not signed this checkpoint" in said[2]


def test_a_private_part_that_is_not_opened_still_proves_the_entry(checker, receipt, signed_log, case):
    entry = receipt_of(case).entry
    closed = changed(
        receipt,
        private=None,
        private_salt=None,
        private_commitment=base64.b64encode(bytes(entry.leaf)[32:]).decode(),
    )

    ((kind, said),) = checker.evaluate(CHECK_ALL, [closed])

    assert kind == "success"
    assert "An entry was in the register’s log at place" in said


# --- the code --------------------------------------------------------------------------------------


def read_code(page, element):
    """What a phone reads from the picture on the screen."""
    png = base64.b64encode(element.screenshot()).decode()
    blank = page.context.new_page()
    width, height, gray = blank.evaluate(GRAY, png)
    blank.close()
    pixels = bytearray(base64.b64decode(gray))
    (found,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width)))
    return found.text


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_code_of_the_receipt_opens_the_page_and_is_genuine(
    page, case, dispatcher, sign_in, receipt, colours
):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(WIDE)
    sign_in(page, dispatcher)
    page.goto(f"/requests/{case.public_id}/receipt/")

    link = read_code(page, page.get_by_role("img", name="QR code with the whole receipt"))
    page.goto("about:blank")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(link)

    assert "This receipt is genuine" in verdict(page)
    assert page.get_by_label("Receipt", exact=True).input_value() == receipt
    assert not [address for address in sent if "#" not in address and link.partition("#")[2][:30] in address]


def other(digit):
    return "1" if digit == "0" else "0"


SPOILT = {
    "a digit short": lambda digits: digits[:-1],
    "a block short": lambda digits: digits[:-17],
    "cut in the texts": lambda digits: digits[:600],
    "a number too great": lambda digits: "9" * 17 + digits[17:],
    "another text": lambda digits: digits[:30] + other(digits[30]) + digits[31:],
    "another hash": lambda digits: digits[:-30] + other(digits[-30]) + digits[-29:],
    "a letter": lambda digits: f"x{digits}",
    "nothing": lambda digits: "0" * 9,
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoiled_code_is_not_genuine(checker, case, how):
    checker.goto(f"{PAGE}#{SPOILT[how](digits_for(case))}")

    assert "This receipt is NOT genuine" in verdict(checker)


def digits_for(case):
    return digits_of(packed(receipt_of(case).proof))


# --- browsers that cannot, people who use no mouse, paper ------------------------------------------


def test_a_browser_without_ed25519_says_that_it_cannot_say(page, receipt):
    page.add_init_script(
        """crypto.subtle.importKey = () => Promise.reject(new DOMException("no", "NotSupportedError"));"""
    )
    page.goto(PAGE)

    (good, bad) = page.evaluate(CHECK_ALL, [receipt, flipped(receipt, receipt.index("index ") - 9)])

    assert good[0] == "warning"
    assert "cannot check signatures" in good[1]
    assert "genuine" not in good[1]
    assert bad[0] == "error"


def test_without_script_it_says_how_to_check_and_has_no_form(browser, receipt, live_server):
    visitor = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = visitor.new_page()
    page.goto(PAGE)

    assert page.get_by_text("The verifier below needs none.").is_visible()
    assert page.get_by_text("python3 -I verifier.py receipt").is_visible()
    assert not page.get_by_role("button").is_visible()
    assert page.locator("form").count() == 0
    assert visitor.cookies() == []
    visitor.close()


def test_it_works_by_keyboard_and_is_announced(checker, receipt):
    checker.get_by_label("Receipt", exact=True).focus()
    checker.keyboard.insert_text(receipt)
    checker.keyboard.press("Tab")
    checker.keyboard.press("Tab")
    assert checker.get_by_role("button", name="Check").evaluate("(one) => one === document.activeElement")
    checker.keyboard.press("Enter")

    assert "This receipt is genuine" in verdict(checker)
    assert checker.get_by_role("status").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_every_page_is_accessible_and_fits(
    page, case, dispatcher, sign_in, receipt, assert_accessible, colours, size
):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)
    for address in ("/log/", PAGE, f"{PAGE}#{digits_for(case)}", f"{PAGE}#0000000000"):
        page.goto(address)
        if "#" in address:
            verdict(page)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    sign_in(page, dispatcher)
    page.goto(f"/requests/{case.public_id}/receipt/")

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_receipt_fits_one_sheet(page, case, dispatcher, sign_in, colours):
    page.emulate_media(color_scheme=colours)
    sign_in(page, dispatcher)
    page.goto(f"/requests/{case.public_id}/receipt/")
    page.get_by_text("The receipt as a file").click()

    for paper in ("A4", "Letter"):
        sheets = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1, paper
