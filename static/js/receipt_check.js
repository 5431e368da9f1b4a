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

  // Every sentence stands in the page, in its language, with %(places)s for what was found.
  const sentence = (name, found = {}) => {
    const words = document.querySelector(`#words [data-word="${name}"]`).textContent;
    return words.replace(/%\(([a-z]+)\)s/g, (_, place) => String(found[place]));
  };

  const refuse = (name, found) => {
    throw new Wrong(sentence(name, found));
  };
  const unable = (name) => {
    throw new Unable(sentence(name));
  };
  const demand = (holds, name, found) => holds || refuse(name, found);

  // --- bytes and texts: each value has one spelling, so that one changed byte cannot pass ----------

  const utf8 = (text) => new TextEncoder().encode(text);

  const decoded = (bytes, what) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return refuse("not_utf8", { what: sentence(what) });
    }
  };

  const isWhole = (text) => !/\p{Surrogate}/u.test(text); // no half characters

  const demandLines = (text, what, controls = /[\u0000-\u0009\u000b-\u001f]/) => {
    demand(isWhole(text), "not_utf8", { what: sentence(what) });
    demand(!controls.test(text), "control_character", { what: sentence(what) });
    demand(text.endsWith("\n"), "last_line", { what: sentence(what) });
  };

  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };

  const base64Of = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));

  const bytesOf = (text, length) => {
    demand(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "not_base64", { text });
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    demand(base64Of(bytes) === text, "other_base64", { text });
    demand(length === undefined || bytes.length === length, "other_length", {
      text,
      count: bytes.length,
      wanted: length,
    });
    return bytes;
  };

  const numberOf = (text) => {
    const isPlain = /^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= MAX_NUMBER;
    return isPlain ? BigInt(text) : refuse("not_number", { text });
  };

  const bigEndian = (bytes) => bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);

  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

  const same = (left, right) => base64Of(left) === base64Of(right);

  // --- notes, checkpoints and proofs ---------------------------------------------------------------

  const SPACE_OR_PLUS = /[+\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

  const keyName = (name) =>
    name && !SPACE_OR_PLUS.test(name) ? name : refuse("key_name", { name });

  const readSignature = (line) => {
    const words = line.split(" ");
    demand(words.length === 3 && words[0] === "\u2014", "signature_line", { line });
    const content = bytesOf(words[2]);
    demand(content.length >= 5, "short_signature", { name: words[1] });
    return { name: keyName(words[1]), id: content.slice(0, 4), blob: content.slice(4) };
  };

  const readNote = (text) => {
    demandLines(text, "the_note");
    const blank = text.lastIndexOf("\n\n");
    demand(blank >= 0, "no_blank_line");
    const lines = text.slice(blank + 2).split("\n").slice(0, -1);
    demand(lines.length >= 1 && lines.length <= MAX_SIGNATURES, "signatures", { count: lines.length });
    return { text: text.slice(0, blank + 1), signatures: lines.map(readSignature) };
  };

  const readCheckpoint = (text) => {
    const lines = text.split("\n");
    demand(
      lines.length === 4 && lines[0],
      "three_lines",
    );
    const size = numberOf(lines[1]);
    const root = bytesOf(lines[2], 32);
    demand(size > 0n || lines[2] === EMPTY_ROOT, "empty_root");
    return { origin: lines[0], size, root };
  };

  const readProof = (text) => {
    demandLines(text, "the_receipt");
    const blank = text.indexOf("\n\n");
    const lines = text.slice(0, Math.max(blank, 0)).split("\n");
    demand(
      blank >= 0 && lines.shift() === HEADER,
      "no_header", { header: HEADER },
    );
    const hasExtra = lines.length > 0 && lines[0].startsWith("extra ");
    const extra = hasExtra ? bytesOf(lines.shift().slice(6)) : new Uint8Array();
    demand(!hasExtra || extra.length > 0, "empty_extra");
    demand(lines.length > 0 && lines[0].startsWith("index "), "no_index");
    const index = numberOf(lines.shift().slice(6));
    demand(lines.length <= MAX_HASHES, "many_hashes", { count: lines.length });
    const hashes = lines.map((line) => bytesOf(line, 32));
    return { index, hashes, extra, note: readNote(text.slice(blank + 2)) };
  };

  // --- the policy: whose signatures count ----------------------------------------------------------

  const readKey = async (text, type) => {
    const [name, id] = text.split("+", 2);
    const content = bytesOf(text.slice(name.length + (id || "").length + 2), 33);
    const expected = (await sha256(utf8(`${keyName(name)}\n`), content)).slice(0, 4);
    const hex = [...expected].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    demand(hex === id && content[0] === type, "key_not_in_order", { name });
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
    if (!policy.quorum || !policy.logs.length) unable("no_keys");
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
    const counted = sentence("some_of", { some: group.threshold, all: group.members.length });
    return `${counted}${inner.length ? ` (${inner.join("; ")})` : ""}`;
  };

  // --- signatures ----------------------------------------------------------------------------------

  const signedWith = async (key, message, signature) => {
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      unable("no_ed25519");
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
    demand(holds, "false_signature", { name: key.name });
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
    demand(isOfLog, "not_signed_by_log", { name: checkpoint.origin });
    const isEnough = policy.quorum === "none" || hasSigned(policy, policy.quorum, times);
    const signed = [...times.keys()].join(", ") || sentence("nobody");
    const needed = required(policy, policy.quorum);
    demand(isEnough, "too_few", { signed, needed });
    return times;
  };

  // --- the entry, and its way up the tree ----------------------------------------------------------

  const parsed = (text, what) => {
    let content;
    try {
      content = JSON.parse(text);
    } catch {
      refuse("not_json", { what: sentence(what) });
    }
    const isObject = content !== null && typeof content === "object" && !Array.isArray(content);
    return isObject ? content : refuse("not_object", { what: sentence(what) });
  };

  // RFC 8785, for what the register writes: no fractions, no number beyond 2**53.
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const members = Object.keys(value).sort();
      return `{${members.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
    }
    if (typeof value === "string") demand(isWhole(value), "half_character");
    if (typeof value === "number") demand(Number.isSafeInteger(value), "not_canonical_number", { value });
    return JSON.stringify(value);
  };

  const readOpening = (extra) => {
    const text = decoded(extra, "the_opening");
    const opening = parsed(text, "the_opening");
    const strings = text.match(/"(?:[^"\\]|\\.)*"/gs) || [];
    const isFlat = Object.values(opening).every((value) => typeof value === "string");
    // Each member is two texts: more of them than names means that a name stands twice.
    demand(isFlat && strings.length === 2 * Object.keys(opening).length, "opening_not_in_order");
    return opening;
  };

  const textIn = (opening, name) => (name in opening ? opening[name] : refuse("opening_lacks", { name }));

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
    demand(unused.size === 0, "no_place", { name: [...unused][0] });
    return joined(...halves);
  };

  const openedPart = (opening, part) => {
    if (!(part in opening)) return null;
    const content = parsed(opening[part], `the_${part}_part`);
    demand(canonical(content) === opening[part], "not_canonical", { what: sentence(`the_${part}_part`) });
    return content;
  };

  // Which of the turns from the leaf up to the root have their neighbour on the left.
  const turnsTo = (index, size) => {
    demand(index < size, "not_in_log", { index, size });
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
      "other_hashes", { count: proof.hashes.length, wanted: turns.length },
    );
    let hash = await sha256([0], leaf);
    for (const [step, isRight] of turns.entries()) {
      const beside = proof.hashes[step];
      hash = isRight ? await sha256([1], beside, hash) : await sha256([1], hash, beside);
    }
    const holds = same(hash, checkpoint.root);
    demand(holds, "other_entry");
  };

  // Throws Wrong or Unable; the signatures come last, so that a browser without them still finds the rest.
  const check = async (text, policyText) => {
    if (!globalThis.crypto || !crypto.subtle) unable("no_https");
    const proof = readProof(text);
    const checkpoint = readCheckpoint(proof.note.text);
    const opening = readOpening(proof.extra);
    await checkInclusion(await openedLeaf(opening), proof, checkpoint);
    const told = openedPart(opening, "public") || refuse("closed_entry");
    const kept = openedPart(opening, "private") || {};
    const times = await checkSignatures(await readPolicy(policyText), proof.note, checkpoint);
    return { told, kept, times, index: proof.index, size: checkpoint.size };
  };

  // --- a receipt in a QR code: see requests_app/receipts.py ----------------------------------------

  const LENGTH_OF = { 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6, 17: 7 };

  const bytesOfBlock = (digits) => {
    let number = BigInt(digits);
    const bytes = new Uint8Array(LENGTH_OF[digits.length] || refuse("cut_off"));
    for (let place = bytes.length - 1; place >= 0; place -= 1) {
      bytes.set([Number(number % 256n)], place);
      number /= 256n;
    }
    return number === 0n ? bytes : refuse("great_number");
  };

  const inflated = async (bytes) => {
    if (!("DecompressionStream" in globalThis)) {
      unable("no_inflating");
    }
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    try {
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch {
      return refuse("changed_code");
    }
  };

  const unpacked = async (digits) => {
    demand(/^[0-9]{10,9000}$/.test(digits), "no_receipt");
    const content = joined(...digits.match(/.{1,17}/g).map(bytesOfBlock));
    demand(content[0] === 1 && content.length > 3, "other_code");
    let at = 3 + 256 * content[1] + content[2];
    const taken = (length) => {
      demand(length > 0 && at + length <= content.length, "cut_off");
      at += length;
      return content.slice(at - length, at);
    };
    const texts = decoded(await inflated(content.slice(3, at)), "the_code").split("\n");
    demand(texts.length > 5, "cut_off");
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

  const inLouisville = new Intl.DateTimeFormat(`${document.documentElement.lang}-US`, {
    timeZone: "America/Kentucky/Louisville",
    dateStyle: "medium",
    timeStyle: "long",
    hourCycle: "h23",
  });
  const moment = (milliseconds) => {
    const date = new Date(milliseconds);
    return Number.isNaN(date.getTime()) ? sentence("unknown_time") : inLouisville.format(date);
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

  const saidOfEntry = (told, at) => {
    if (told.action === "request:log" && told.refusal === "") return sentence("logged", { at });
    return sentence(told.refusal ? "refused_act" : "other_act", { act: told.action, at });
  };

  const sayGenuine = ({ told, kept, times, index, size }) => {
    const isNumbered = typeof kept.case === "string";
    const entered = typeof kept.entered_at === "string" ? Date.parse(kept.entered_at) : NaN;
    const who = [...times].map(([name, seconds]) => `${name} (${moment(Number(seconds) * 1000)})`).join(", ");
    say("success", sentence("genuine"), [
      sentence(isNumbered ? "place_of_request" : "place_of_entry", { number: kept.case, index, size }),
      saidOfEntry(told, moment(entered)),
      who ? sentence("signed_by", { who }) : sentence("no_witness"),
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
      if (error instanceof Wrong) say("error", sentence("not_genuine"), [error.message]);
      else if (error instanceof Unable) say("warning", sentence("cannot_say"), [error.message]);
      else {
        say("warning", sentence("cannot_say"), [sentence("met_error")]);
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
    answer(async () => decoded(new Uint8Array(await chosen.arrayBuffer()), "the_receipt"));
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
