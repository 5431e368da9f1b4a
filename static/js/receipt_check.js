// Checks a receipt (C2SP tlog-proof) in the browser alone: it asks no server, and sends nothing.
// The same grammar and the same answers as requests_app/merkle.py, which says why each thing is asked.
"use strict";

(() => {
  class Wrong extends Error {} // the receipt is not genuine; the message says why
  class Unable extends Error {} // this browser cannot say

  const ED25519 = 1;
  const COSIGNATURE = 4;
  const MAX_NUMBER = 2n ** 63n - 1n;
  const MAX_HASHES = 63;
  const MAX_SIGNATURES = 100;
  const HEADER = "c2sp.org/tlog-proof@v1";
  const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  const refuse = (sentence) => {
    throw new Wrong(sentence);
  };
  const demand = (holds, sentence) => holds || refuse(sentence);

  // --- bytes and texts: each value has one spelling, so that one changed byte cannot pass ----------

  const utf8 = (text) => new TextEncoder().encode(text);

  const decoded = (bytes, what) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return refuse(`${what} is not UTF-8 text.`);
    }
  };

  const isWhole = (text) => !/\p{Surrogate}/u.test(text); // no half characters

  const demandLines = (text, what, controls = /[\u0000-\u0009\u000b-\u001f]/) => {
    demand(isWhole(text), `${what} is not UTF-8 text.`);
    demand(!controls.test(text), `${what} contains a control character.`);
    demand(text.endsWith("\n"), `The last line of ${what.toLowerCase()} does not end.`);
  };

  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };

  const base64Of = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));

  const bytesOf = (text, length) => {
    demand(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, `“${text}” is not base64.`);
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    demand(base64Of(bytes) === text, `“${text}” is not the one base64 form of its bytes.`);
    demand(length === undefined || bytes.length === length, `“${text}” has ${bytes.length} bytes, not ${length}.`);
    return bytes;
  };

  const numberOf = (text) => {
    const isPlain = /^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= MAX_NUMBER;
    return isPlain ? BigInt(text) : refuse(`“${text}” is not a plain number.`);
  };

  const bigEndian = (bytes) => bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);

  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

  const same = (left, right) => base64Of(left) === base64Of(right);

  // --- notes, checkpoints and proofs ---------------------------------------------------------------

  const SPACE_OR_PLUS = /[+\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

  const keyName = (name) =>
    name && !SPACE_OR_PLUS.test(name) ? name : refuse(`“${name}” cannot be the name of a key.`);

  const readSignature = (line) => {
    const words = line.split(" ");
    demand(words.length === 3 && words[0] === "\u2014", `“${line}” is not a signature line.`);
    const content = bytesOf(words[2]);
    demand(content.length >= 5, `The signature of ${words[1]} is too short.`);
    return { name: keyName(words[1]), id: content.slice(0, 4), blob: content.slice(4) };
  };

  const readNote = (text) => {
    demandLines(text, "The note");
    const blank = text.lastIndexOf("\n\n");
    demand(blank >= 0, "The note has no blank line between its text and its signatures.");
    const lines = text.slice(blank + 2).split("\n").slice(0, -1);
    demand(lines.length >= 1 && lines.length <= MAX_SIGNATURES, `The note has ${lines.length} signatures.`);
    return { text: text.slice(0, blank + 1), signatures: lines.map(readSignature) };
  };

  const readCheckpoint = (text) => {
    const lines = text.split("\n");
    demand(
      lines.length === 4 && lines[0],
      "A checkpoint has three lines: the log’s name, the size, the root.",
    );
    const size = numberOf(lines[1]);
    const root = bytesOf(lines[2], 32);
    demand(size > 0n || lines[2] === EMPTY_ROOT, "The root of an empty log is another.");
    return { origin: lines[0], size, root };
  };

  const readProof = (text) => {
    demandLines(text, "The receipt");
    const blank = text.indexOf("\n\n");
    const lines = text.slice(0, Math.max(blank, 0)).split("\n");
    demand(
      blank >= 0 && lines.shift() === HEADER,
      `It does not begin with ${HEADER}, or it holds no checkpoint.`,
    );
    const hasExtra = lines.length > 0 && lines[0].startsWith("extra ");
    const extra = hasExtra ? bytesOf(lines.shift().slice(6)) : new Uint8Array();
    demand(!hasExtra || extra.length > 0, "The extra line is empty.");
    demand(lines.length > 0 && lines[0].startsWith("index "), "The index line is missing.");
    const index = numberOf(lines.shift().slice(6));
    demand(lines.length <= MAX_HASHES, `The proof has ${lines.length} hashes; no tree needs so many.`);
    const hashes = lines.map((line) => bytesOf(line, 32));
    return { index, hashes, extra, note: readNote(text.slice(blank + 2)) };
  };

  // --- the policy: whose signatures count ----------------------------------------------------------

  const readKey = async (text, type) => {
    const [name, id] = text.split("+", 2);
    const content = bytesOf(text.slice(name.length + (id || "").length + 2), 33);
    const expected = (await sha256(utf8(`${keyName(name)}\n`), content)).slice(0, 4);
    const hex = [...expected].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    demand(hex === id && content[0] === type, `The key of ${name} is not in order.`);
    return { name, type, id: expected, public: content.slice(1) };
  };

  const readPolicy = async (text) => {
    const policy = { logs: [], witnesses: [], groups: new Map(), quorum: null };
    for (const line of text.split("\n")) {
      const words = line.split(/[ \t]+/).filter(Boolean);
      if (words[0] === "log") policy.logs.push(await readKey(words[1], ED25519));
      if (words[0] === "witness") {
        policy.witnesses.push({ name: words[1], key: await readKey(words[2], COSIGNATURE) });
      }
      if (words[0] === "group") {
        const members = words.slice(3);
        const threshold = { any: 1, all: members.length }[words[2]] || Number(words[2]);
        policy.groups.set(words[1], { threshold, members });
      }
      if (words[0] === "quorum") policy.quorum = words[1];
    }
    if (!policy.quorum || !policy.logs.length) throw new Unable("The log has published no keys yet.");
    return policy;
  };

  const hasSigned = (policy, name, times) => {
    const group = policy.groups.get(name);
    if (!group) return times.has(name);
    return group.members.filter((one) => hasSigned(policy, one, times)).length >= group.threshold;
  };

  const required = (policy, name) => {
    const group = policy.groups.get(name);
    if (!group) return name;
    const inner = group.members.filter((one) => policy.groups.has(one)).map((one) => required(policy, one));
    return `${group.threshold} of ${group.members.length}${inner.length ? ` (${inner.join("; ")})` : ""}`;
  };

  // --- signatures ----------------------------------------------------------------------------------

  const CANNOT =
    "It cannot check signatures of the kind that the log uses (Ed25519). All else about the receipt is in" +
    " order. Use a newer browser, or the verifier below.";

  const signedWith = async (key, message, signature) => {
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      throw new Unable(CANNOT);
    }
    return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  };

  // Answers with the time of a cosignature.
  const checkSignature = async (text, signature, key) => {
    const isTimed = key.type === COSIGNATURE;
    const seconds = isTimed ? bigEndian(signature.blob.slice(0, 8)) : 0n;
    const message = isTimed ? `cosignature/v1\ntime ${seconds}\n${text}` : text;
    const blob = signature.blob.slice(isTimed ? 8 : 0);
    const holds = blob.length === 64 && seconds <= MAX_NUMBER && (await signedWith(key, utf8(message), blob));
    demand(holds, `The signature of ${key.name} is false.`);
    return seconds;
  };

  const isOf = (key, signature) => key.name === signature.name && same(key.id, signature.id);

  const checkSignatures = async (policy, note, checkpoint) => {
    const times = new Map();
    let isOfLog = false;
    for (const signature of note.signatures) {
      for (const key of policy.logs.filter((one) => isOf(one, signature))) {
        await checkSignature(note.text, signature, key);
        isOfLog = isOfLog || key.name === checkpoint.origin;
      }
      for (const witness of policy.witnesses.filter((one) => isOf(one.key, signature))) {
        const seconds = await checkSignature(note.text, signature, witness.key);
        const before = times.get(witness.name) || 0n;
        times.set(witness.name, seconds > before ? seconds : before);
      }
    }
    demand(isOfLog, `The log of this register has not signed this checkpoint of ${checkpoint.origin}.`);
    const isEnough = policy.quorum === "none" || hasSigned(policy, policy.quorum, times);
    const signed = [...times.keys()].join(", ") || "none";
    const needed = required(policy, policy.quorum);
    demand(isEnough, `Too few witnesses signed: ${signed}. The policy asks for ${needed}.`);
    return times;
  };

  // --- the entry, and its way up the tree ----------------------------------------------------------

  const parsed = (text, what) => {
    let content;
    try {
      content = JSON.parse(text);
    } catch {
      refuse(`${what} is not JSON.`);
    }
    const isObject = content !== null && typeof content === "object" && !Array.isArray(content);
    return isObject ? content : refuse(`${what} is not a JSON object.`);
  };

  // RFC 8785, for what the register writes: no fractions, no number beyond 2**53.
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const members = Object.keys(value).sort();
      return `{${members.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
    }
    if (typeof value === "string") demand(isWhole(value), "Half a character has no canonical form.");
    if (typeof value === "number") demand(Number.isSafeInteger(value), `${value} has no canonical form.`);
    return JSON.stringify(value);
  };

  const readOpening = (extra) => {
    const text = decoded(extra, "The opening");
    const opening = parsed(text, "The opening");
    const strings = text.match(/"(?:[^"\\]|\\.)*"/gs) || [];
    const isFlat = Object.values(opening).every((value) => typeof value === "string");
    // Each member is two texts: more of them than names means that a name stands twice.
    demand(isFlat && strings.length === 2 * Object.keys(opening).length, "The opening is not in order.");
    return opening;
  };

  const textIn = (opening, name) => (name in opening ? opening[name] : refuse(`The opening has no ${name}.`));

  const openedLeaf = async (opening) => {
    const halves = [];
    const unused = new Set(Object.keys(opening));
    for (const part of ["public", "private"]) {
      if (part in opening) {
        const salt = bytesOf(textIn(opening, `${part}_salt`), 32);
        halves.push(await sha256(salt, utf8(opening[part])));
        [part, `${part}_salt`].forEach((name) => unused.delete(name));
      } else {
        halves.push(bytesOf(textIn(opening, `${part}_commitment`), 32));
        unused.delete(`${part}_commitment`);
      }
    }
    demand(unused.size === 0, `“${[...unused][0]}” has no place in the opening.`);
    return joined(...halves);
  };

  const openedPart = (opening, part) => {
    if (!(part in opening)) return null;
    const content = parsed(opening[part], `The ${part} part`);
    demand(canonical(content) === opening[part], `The ${part} part is not in canonical form.`);
    return content;
  };

  // Which of the turns from the leaf up to the root have their neighbour on the left.
  const turnsTo = (index, size) => {
    demand(index < size, `Entry ${index} is not in a log of ${size} entries.`);
    const turns = [];
    let start = 0n;
    let end = size;
    while (end - start > 1n) {
      let half = 1n;
      while (half * 2n < end - start) half *= 2n;
      const isRight = index >= start + half;
      turns.unshift(isRight);
      if (isRight) start += half;
      else end = start + half;
    }
    return turns;
  };

  const checkInclusion = async (leaf, proof, checkpoint) => {
    const turns = turnsTo(proof.index, checkpoint.size);
    demand(
      turns.length === proof.hashes.length,
      `The proof has ${proof.hashes.length} hashes; it needs ${turns.length}.`,
    );
    let hash = await sha256([0], leaf);
    for (const [step, isRight] of turns.entries()) {
      const beside = proof.hashes[step];
      hash = isRight ? await sha256([1], beside, hash) : await sha256([1], hash, beside);
    }
    const holds = same(hash, checkpoint.root);
    demand(holds, "Its entry is not the one that was sealed: what it says, or its proof, was changed.");
  };

  // Throws Wrong or Unable; the signatures come last, so that a browser without them still finds the rest.
  const check = async (text, policyText) => {
    if (!globalThis.crypto || !crypto.subtle) throw new Unable("Open this page over HTTPS to check a receipt.");
    const proof = readProof(text);
    const checkpoint = readCheckpoint(proof.note.text);
    const opening = readOpening(proof.extra);
    await checkInclusion(await openedLeaf(opening), proof, checkpoint);
    const told = openedPart(opening, "public") || refuse("It does not open the public part of its entry.");
    const kept = openedPart(opening, "private") || {};
    const times = await checkSignatures(await readPolicy(policyText), proof.note, checkpoint);
    return { told, kept, times, index: proof.index, size: checkpoint.size };
  };

  // --- a receipt in a QR code: see requests_app/receipts.py ----------------------------------------

  const LENGTH_OF = { 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6, 17: 7 };

  const bytesOfBlock = (digits) => {
    let number = BigInt(digits);
    const bytes = new Uint8Array(LENGTH_OF[digits.length] || refuse("The code was cut off."));
    for (let place = bytes.length - 1; place >= 0; place -= 1) {
      bytes.set([Number(number % 256n)], place);
      number /= 256n;
    }
    return number === 0n ? bytes : refuse("The code holds a number that is too great.");
  };

  const inflated = async (bytes) => {
    if (!("DecompressionStream" in globalThis)) {
      throw new Unable("This browser cannot open the code. Paste the receipt, or choose its file.");
    }
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    try {
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch {
      return refuse("The code cannot be opened: it was changed.");
    }
  };

  const unpacked = async (digits) => {
    demand(/^[0-9]{10,9000}$/.test(digits), "The address holds no receipt.");
    const content = joined(...digits.match(/.{1,17}/g).map(bytesOfBlock));
    demand(content[0] === 1 && content.length > 3, "The code is of another kind.");
    let at = 3 + 256 * content[1] + content[2];
    const taken = (length) => {
      demand(length > 0 && at + length <= content.length, "The code was cut off.");
      at += length;
      return content.slice(at - length, at);
    };
    const texts = decoded(await inflated(content.slice(3, at)), "The code").split("\n");
    demand(texts.length > 5, "The code was cut off.");
    const [index, open, closed, origin, size, ...names] = texts;
    const [openSalt, closedSalt, root] = [taken(32), taken(32), taken(32)].map(base64Of);
    const opening = { private: closed, private_salt: closedSalt, public: open, public_salt: openSalt };
    const signatures = names.map((name) => `\u2014 ${name} ${base64Of(taken(taken(1)[0]))}\n`);
    const hashes = [];
    while (at < content.length) hashes.push(`${base64Of(taken(32))}\n`);
    const head = `${HEADER}\nextra ${base64Of(utf8(JSON.stringify(opening)))}\nindex ${index}\n`;
    return `${head}${hashes.join("")}\n${origin}\n${size}\n${root}\n\n${signatures.join("")}`;
  };

  // --- the page ------------------------------------------------------------------------------------

  const element = (id) => document.getElementById(id);
  const [text, file, result] = ["receipt", "file", "result"].map(element);

  const inLouisville = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Kentucky/Louisville",
    dateStyle: "medium",
    timeStyle: "long",
    hourCycle: "h23",
  });
  const moment = (milliseconds) => {
    const date = new Date(milliseconds);
    return Number.isNaN(date.getTime()) ? "at an unknown time" : inLouisville.format(date);
  };
  // Whatever a receipt says, it turns no line round.
  const shown = (words) => String(words).replace(/\p{C}/gu, "\ufffd");

  const node = (tag, className, words = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = words;
    return made;
  };

  const say = (kind, heading, lines) => {
    // Without an icon: the browser would fetch it, and so tell the server what was found.
    const alert = node("div", `usa-alert usa-alert--${kind} usa-alert--no-icon`);
    const body = alert.appendChild(node("div", "usa-alert__body"));
    body.append(node("h2", "usa-alert__heading", heading));
    lines.forEach((line) => body.append(node("p", "usa-alert__text", shown(line))));
    result.dataset.kind = kind;
    result.replaceChildren(alert);
    alert.scrollIntoView({ block: "nearest" });
  };

  const sayGenuine = ({ told, kept, times, index, size }) => {
    const isLogged = told.action === "request:log" && told.refusal === "";
    const number = typeof kept.case === "string" ? `request ${kept.case}` : "an entry";
    const entered = typeof kept.entered_at === "string" ? Date.parse(kept.entered_at) : NaN;
    const who = [...times].map(([name, seconds]) => `${name} (${moment(Number(seconds) * 1000)})`);
    say("success", "This receipt is genuine", [
      `${number[0].toUpperCase()}${number.slice(1)} was in the register’s log at place ${index} when the log had ${size} entries.`,
      `${isLogged ? "It was logged" : `The entry is no logging, but “${told.action}”${told.refusal ? ", which was refused" : ""}. It was written`} ${moment(entered)}.`,
      `Signed by the log${who.length ? `, and by ${who.join(", ")}` : ". No witness signed"}.`,
    ]);
  };

  let turn = 0;
  // `given` makes the receipt's text; it may throw as the check does.
  const answer = async (given) => {
    turn += 1;
    const own = turn;
    try {
      const found = await check(await given(), element("policy").textContent);
      if (own === turn) sayGenuine(found);
    } catch (error) {
      if (own !== turn) return;
      if (error instanceof Wrong) say("error", "This receipt is NOT genuine", [error.message]);
      else if (error instanceof Unable) say("warning", "This browser cannot say", [error.message]);
      else {
        say("warning", "This browser cannot say", ["It met an error. Use the verifier below."]);
        throw error;
      }
    }
  };

  const checkText = () => {
    // What is copied often loses the end of its last line, and gains blank lines around.
    answer(() => `${text.value.trim()}\n`);
  };

  const checkFile = (chosen) => {
    if (!chosen) return;
    text.value = "";
    answer(async () => decoded(new Uint8Array(await chosen.arrayBuffer()), "The receipt"));
  };

  const checkAddress = () => {
    const digits = window.location.hash.slice(1);
    if (!digits) return;
    answer(async () => {
      text.value = await unpacked(digits);
      return text.value;
    });
  };

  const clear = () => {
    turn += 1;
    text.value = "";
    file.value = "";
    delete result.dataset.kind;
    result.replaceChildren();
    text.focus();
  };

  const tool = element("tool");
  element("check").addEventListener("click", checkText);
  element("clear").addEventListener("click", clear);
  file.addEventListener("change", () => checkFile(file.files[0]));
  tool.addEventListener("dragover", (event) => {
    event.preventDefault();
    tool.classList.add("receipt-check--over");
  });
  tool.addEventListener("dragleave", () => tool.classList.remove("receipt-check--over"));
  tool.addEventListener("drop", (event) => {
    event.preventDefault();
    tool.classList.remove("receipt-check--over");
    checkFile(event.dataTransfer.files[0]);
  });
  window.addEventListener("hashchange", checkAddress);

  element("without_script").hidden = true;
  tool.hidden = false;
  checkAddress();
})();
