// The dispatcher's screen: keys for the answers, and saving by itself while the call goes on.
//
// What is typed stays in the page until the server has it. One content is sent under one key, again and again
// until it is answered, so that a lost answer never makes a second request. Nothing is kept in the browser's
// storage.
"use strict";

(() => {
  const form = document.querySelector("form[data-autosave]");
  const TYPING_MS = 1000;
  const ANSWERED_MS = 300;
  const ANSWER_WITHIN_MS = 10000;
  const AGAIN_MS = [1000, 2000, 4000, 8000];
  const CARRIED = ["csrfmiddlewaretoken", "idempotency_key", "revision"];
  const OK = 200;
  const SIGNED_OUT = 401;
  const FORBIDDEN = 403;
  const GONE = 404;
  const CONFLICT = 409;
  const WRONG = 422;
  const SAYING = [OK, CONFLICT, WRONG];

  const MOST_TOKENS = 3;
  const NO_CONNECTION = "Not saved: no connection, trying again. What you typed stays here.";
  const NOT_ALLOWED = "Not saved: your role does not allow it any more. Copy what you typed.";

  const say = (() => {
    const words = document.querySelector("[data-save-status]");
    return (text, kind) => {
      if (words.textContent !== text) words.textContent = text;
      words.className = `save-status__words${kind ? ` save-status__words--${kind}` : ""}`;
    };
  })();
  const signInLink = document.querySelector("[data-sign-in]");
  const saveMine = document.querySelector("[data-save-mine]");

  // --- what the page holds, and what of it the server has ------------------------------------------

  const content = () => {
    const answers = [...new FormData(form)].filter(([name]) => !CARRIED.includes(name));
    return new URLSearchParams(answers).toString();
  };

  const hasErrors = document.getElementById("error_summary") !== null;
  let saved = hasErrors ? null : content(); // as the server has it
  let refused = hasErrors ? content() : null; // what it would not take: not sent again unchanged
  let sending = null; // on its way, until it is answered
  let onTheWay = false;
  let pageWanted = false;
  let halted = false; // saving by itself cannot go on
  let leaving = false;
  let tries = 0;
  let tokens = 0; // fresh ones since the last save
  let timer = 0;
  let token = form.elements.csrfmiddlewaretoken.value;

  const isSaved = () => content() === saved;

  const saveIn = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  };

  function nextToSend() {
    const body = content();
    if (!pageWanted && (body === saved || body === refused)) return null;
    return {
      address: form.dataset.autosave,
      body,
      key: crypto.randomUUID(),
      revision: form.elements.revision.value,
      page: pageWanted,
    };
  }

  async function save() {
    clearTimeout(timer);
    if (onTheWay || halted) return;
    sending = sending || nextToSend();
    if (!sending) return;
    onTheWay = true;
    form.inert = sending.page;
    const answer = await send(sending);
    await take(answer);
    onTheWay = false;
  }

  // The answer with what it says, or nothing when the network did not bring a whole one.
  function send({ address, body, key, revision, page }) {
    const sent = new URLSearchParams(body);
    sent.set("idempotency_key", key);
    sent.set("revision", revision);
    if (page) sent.set("page", "1");
    const asked = { method: "POST", body: sent, headers: { "X-CSRFToken": token } };
    return ask(address, asked);
  }

  async function ask(address, asked) {
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const answer = await fetch(address, { redirect: "manual", cache: "no-store", signal, ...asked });
      const says = SAYING.includes(answer.status) ? await answer.json() : null;
      return { status: answer.status, says };
    } catch {
      return null;
    }
  }

  const tryAgain = (words) => {
    say(words, "unsaved");
    saveIn(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
    tries += 1;
  };

  async function take(answer) {
    signInLink.hidden = true;
    if (!answer) return tryAgain(NO_CONNECTION);
    const { status, says } = answer;
    if (status === OK) return settle(says);
    if (status === WRONG) return markWrong(says);
    if (status === CONFLICT) return stop(says);
    if (status === SIGNED_OUT || status === FORBIDDEN) return askWhoIsThere();
    if (status === GONE) return halt("Not saved: this request cannot be saved any more. Copy what you typed.");
    return tryAgain("Not saved: the server does not answer as it should, trying again. What you typed stays here.");
  }

  // --- what the server answered ---------------------------------------------------------------------

  function settle(stands) {
    const { body, page } = sending;
    [saved, refused, sending, tries, tokens] = [body, null, null, 0, 0];
    form.elements.revision.value = stands.revision;
    showErrors({});
    showWhereItIs(stands);
    if (page && !stands.not_paged) {
      leaving = halted = true;
      location.assign(stands.case_url);
      return;
    }
    if (page) {
      give();
      say(`Saved ${stands.saved_at}, but nobody was paged. ${stands.not_paged}`, "unsaved");
      return;
    }
    say(`Saved ${stands.saved_at} as ${stands.number}.`, "saved");
    if (!isSaved() || pageWanted) saveIn(ANSWERED_MS);
  }

  function showWhereItIs(stands) {
    if (form.dataset.autosave !== stands.autosave_url) {
      const words = `Request ${stands.number}: taking the call`;
      document.querySelector(".page__title").textContent = words;
      document.title = document.title.replace(/^.* · /, `${words} · `);
      history.replaceState(null, "", stands.save_url);
      form.action = stands.save_url;
      form.dataset.autosave = stands.autosave_url;
      document.querySelector("[data-case-link]").href = stands.case_url;
      document.querySelector("[data-abandon-link]").href = stands.abandon_url;
      document.querySelector("[data-when-saved]").hidden = false;
    }
    const duplicates = document.getElementById("duplicates");
    if (duplicates.innerHTML.trim() !== stands.duplicates.trim()) duplicates.innerHTML = stands.duplicates;
  }

  function markWrong({ errors, labels, others }) {
    const wanted = sending.page;
    [refused, sending] = [sending.body, null];
    give();
    showErrors(errors);
    const names = Object.values(labels);
    const fields = names.length ? `check ${names.join(", ")}.` : "";
    say(`Not saved: ${fields} ${others.join(" ")} What you typed stays here.`.replace(/ +/g, " "), "unsaved");
    const first = Object.keys(errors)[0];
    if (wanted && first) groupOf(first).querySelector("input, select, textarea").focus();
    if (content() !== refused) saveIn(TYPING_MS);
  }

  function stop({ codes, others, revision }) {
    if (codes.some((code) => ["busy", "sent_twice"].includes(code))) return tryAgain("Not saved yet, trying again.");
    sending = null;
    give();
    say(`Not saved. ${others.join(" ")}`, "unsaved");
    halted = true;
    saveMine.hidden = !codes.includes("stale");
    saveMine.onclick = () => {
      form.elements.revision.value = revision;
      halted = false;
      saveMine.hidden = true;
      save();
    };
  }

  function halt(words) {
    halted = true;
    give();
    say(words, "unsaved");
  }

  // The page is usable again after paging did not come about.
  function give() {
    pageWanted = false;
    if (!form.inert) return;
    form.inert = false;
    if (lastFocused) lastFocused.focus();
  }

  // After a sign-in in another tab the token is another one; after somebody else's, so is the person.
  async function askWhoIsThere() {
    const answer = await ask(form.dataset.autosave, {});
    if (!answer) return tryAgain(NO_CONNECTION);
    if (answer.status !== OK) return signedOut(answer.status);
    const { badge, csrf_token: fresh } = answer.says;
    if (badge !== form.dataset.badge) {
      signInLink.hidden = false;
      return tryAgain(`Not saved: ${badge} is signed in now. Sign in as ${form.dataset.badge} again, nothing is lost.`);
    }
    token = fresh;
    form.elements.csrfmiddlewaretoken.value = fresh;
    tokens += 1;
    return tokens > MOST_TOKENS ? halt(NOT_ALLOWED) : saveIn(0);
  }

  function signedOut(status) {
    if (status === SIGNED_OUT) {
      signInLink.hidden = false;
      return tryAgain("Signed out: sign in again in another tab, nothing is lost.");
    }
    return halt(NOT_ALLOWED);
  }

  // --- soft marks beside the fields -------------------------------------------------------------------

  const groupOf = (name) => document.getElementById(`div_id_${name}`);

  function showErrors(errors) {
    form.querySelectorAll("[data-soft]").forEach((mark) => mark.remove());
    form.querySelectorAll(".usa-form-group--error").forEach((group) => {
      group.classList.remove("usa-form-group--error");
      group.querySelectorAll(".usa-error-message").forEach((mark) => mark.remove());
      group.querySelectorAll("[aria-invalid]").forEach((field) => {
        field.removeAttribute("aria-invalid");
        describe(field, (id) => !id.endsWith("_error"));
      });
    });
    const summary = document.getElementById("error_summary");
    if (summary) summary.remove();
    Object.entries(errors).forEach(([name, messages]) => markField(groupOf(name), name, messages));
  }

  function describe(field, isKept, ...more) {
    const ids = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && isKept(id));
    field.setAttribute("aria-describedby", [...ids, ...more].join(" "));
  }

  function markField(group, name, messages) {
    if (!group) return;
    const mark = document.createElement("div");
    mark.className = "usa-error-message";
    mark.id = `id_${name}_error`;
    mark.dataset.soft = "";
    mark.textContent = messages.join(" ");
    group.classList.add("usa-form-group--error");
    group.append(mark);
    group.querySelectorAll("input, select, textarea").forEach((field) => {
      field.setAttribute("aria-invalid", "true");
      describe(field, () => true, mark.id);
    });
    const folded = group.closest("details");
    if (folded) folded.open = true;
  }

  // --- typing -------------------------------------------------------------------------------------------

  let lastFocused = null;
  form.addEventListener("focusin", (event) => {
    lastFocused = event.target;
  });
  form.addEventListener("input", () => saveIn(TYPING_MS));
  form.addEventListener("change", () => saveIn(ANSWERED_MS));
  window.addEventListener("blur", save);
  document.addEventListener("visibilitychange", save);
  window.addEventListener("online", save);
  window.addEventListener("focus", () => {
    if (sending) save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && !isSaved()) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saveNow(event.submitter !== null && event.submitter.name === "page");
  });

  function saveNow(withPage) {
    pageWanted = pageWanted || withPage;
    if (!withPage && isSaved() && !halted) say(saveWords(), "saved");
    refused = null;
    save();
  }

  const saveWords = () =>
    form.elements.revision.value ? "Everything is saved." : "Nothing is typed yet; nothing is saved.";

  // --- keys -----------------------------------------------------------------------------------------------

  const phrases = form.querySelector("[data-phrases]");
  const said = form.elements.what_was_said;
  const isThere = (element) => element.checkVisibility();

  // The places where the cursor stops: a group of answers is one, a field another.
  const stops = () =>
    [...form.querySelectorAll("fieldset:has(> .tiles), [data-phrases], input:not(.tiles input), select, textarea, summary")].filter(
      (stop) => stop.type !== "hidden" && isThere(stop),
    );

  const enter = (stop) => {
    if (!stop) return;
    const answers = [...stop.querySelectorAll("input, button")];
    const first = answers.find((answer) => answer.checked || answer.tabIndex === 0) || answers[0] || stop;
    (answers.find((answer) => answer.type === "radio" && answer.checked) || first).focus();
  };

  const nextAfter = (element, isNext) =>
    stops().find((stop) => element.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING && isNext(stop));

  const groupWithKeys = (element) => element.closest("[data-phrases], fieldset:has(> .tiles)");

  function nextQuestion(element) {
    const question = element.closest(".question");
    enter(nextAfter(element, (stop) => stop.closest(".question") !== question || stop === said));
  }

  function choose(group, key) {
    const answer = group.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!answer) return false;
    answer.focus();
    answer.click();
    if (answer.type === "radio") enter(nextAfter(group, (stop) => !group.contains(stop)));
    return true;
  }

  // In a line of text Enter would send the form; here it goes on to the next question.
  const goesOnWithEnter = (element) => element.matches("input, select");

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && goesOnWithEnter(event.target)) {
      event.preventDefault();
      nextQuestion(event.target);
      return;
    }
    const group = groupWithKeys(event.target);
    if (group && event.key.length === 1 && choose(group, event.key.toLowerCase())) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    saveNow(true);
  });

  // --- sentences --------------------------------------------------------------------------------------------

  const sentences = [...phrases.querySelectorAll("[data-phrase]")];

  const showPressed = () =>
    sentences.forEach((button) => button.setAttribute("aria-pressed", said.value.includes(button.dataset.phrase)));

  function toggleSentence(sentence) {
    const before = said.value;
    said.value = before.includes(sentence)
      ? before.replace(sentence, "").replace(/ {2,}/g, " ").trim()
      : `${before.trimEnd()}${before.trim() ? " " : ""}${sentence} `;
    showPressed();
    saveIn(ANSWERED_MS);
  }

  phrases.addEventListener("click", (event) => {
    const button = event.target.closest("[data-phrase]");
    if (!button) return;
    sentences.forEach((one) => (one.tabIndex = one === button ? 0 : -1));
    toggleSentence(button.dataset.phrase);
  });

  phrases.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = sentences.indexOf(document.activeElement);
    const next = sentences[(at + step + sentences.length) % sentences.length];
    sentences.forEach((one) => (one.tabIndex = one === next ? 0 : -1));
    next.focus();
  });
  said.addEventListener("input", showPressed);

  form.classList.add("intake--keys");
  document.querySelectorAll("[data-with-script], [data-phrases]").forEach((element) => (element.hidden = false));
  showPressed();
  if (!hasErrors) enter(stops()[0]);
})();
