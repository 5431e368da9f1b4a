// Keeps the queue fresh: rows change in place, and nothing moves under the pointer or the focus.
// Without this script the link "Refresh" does the same by hand.
"use strict";

(() => {
  // Read by htmx when the page is complete, which is after this script: the content policy allows neither.
  window.htmx.config.includeIndicatorStyles = false;
  window.htmx.config.allowEval = false;

  const holder = document.querySelector("[data-queue]");
  const held = document.querySelector("[data-queue-held]");
  const show = document.querySelector("[data-queue-show]");
  const news = document.querySelector("[data-queue-news]");
  const stopped = document.querySelector("[data-queue-stopped]");
  const live = document.querySelector("[data-queue-live]");
  const sound = document.querySelector(".queue-sound");
  const heading = document.querySelector("h1");
  // A finger leaves no pointer behind; for a moment after a touch nothing moves either.
  const AFTER_TOUCH_MS = 3000;
  const hasPointer = window.matchMedia("(hover: hover)");
  let lastTouch = 0;
  let waitingFresh = null;
  let told = "";

  const shown = () => holder.querySelector(".queue-rows");
  const rowsOf = (section) => [...section.querySelectorAll("tbody > tr")];
  const counted = (count, one, many) => (count === 1 ? `1 ${one}` : `${count} ${many}`);
  const say = (text) => {
    if (told === text) return;
    told = text;
    news.textContent = text;
  };

  // The rows that must stay where they are, because somebody is at them.
  const inUse = () => {
    const focused = document.activeElement && document.activeElement.closest("tbody > tr");
    const pointed = hasPointer.matches ? holder.querySelector("tbody > tr:hover") : null;
    return [focused, pointed].filter((row) => row && holder.contains(row));
  };

  const same = (row, other) =>
    row && other && row.id === other.id && row.dataset.revision === other.dataset.revision;

  const differences = (fresh) => {
    const before = new Map(rowsOf(shown()).map((row) => [row.id, row]));
    const after = rowsOf(fresh);
    const kept = after.filter((row) => before.has(row.id));
    const changed = kept.filter((row) => !same(row, before.get(row.id))).length;
    return { added: after.length - kept.length, changed, gone: before.size - kept.length };
  };

  // True when everything down to the last row in use is the same in both.
  const movesNothing = (fresh) => {
    if (Date.now() - lastTouch < AFTER_TOUCH_MS) return false;
    const before = rowsOf(shown());
    const after = rowsOf(fresh);
    const last = Math.max(-1, ...inUse().map((row) => before.indexOf(row)));
    return before.slice(0, last + 1).every((row, place) => same(row, after[place]));
  };

  // Rows in use are left alone as elements: a press on a button in them is not lost, nor is the focus.
  const put = (fresh) => {
    const before = rowsOf(shown());
    const last = Math.max(-1, ...inUse().map((row) => before.indexOf(row)));
    if (last < 0) {
      shown().replaceWith(fresh);
    } else {
      before.slice(last + 1).forEach((row) => row.remove());
      before[last].after(...rowsOf(fresh).slice(last + 1));
      Object.assign(shown().dataset, fresh.dataset);
    }
    waitingFresh = null;
    held.hidden = true;
  };

  const hold = (fresh, { added, changed, gone }) => {
    waitingFresh = fresh;
    show.textContent = `${counted(added + changed + gone, "change", "changes")}: show`;
    held.hidden = false;
  };

  const writeCounts = (fresh) => {
    const counts = fresh.dataset.counts.trim().split(" ");
    document.querySelectorAll(".tabs__count").forEach((element, place) => {
      element.textContent = counts[place];
    });
    heading.textContent = `Queue: ${fresh.dataset.waiting} waiting`;
    document.title = document.title.replace(/^Queue: \d+ waiting/, heading.textContent);
  };

  const announce = (fresh, { added, changed, gone }) => {
    const words = [];
    if (added) words.push(counted(added, "request appeared", "requests appeared"));
    if (changed) words.push(counted(changed, "request changed", "requests changed"));
    if (gone) words.push(counted(gone, "request left this list", "requests left this list"));
    words.push(`${fresh.dataset.waiting} waiting`);
    say(`${words.join(", ")}.`);
  };

  let newest = Number(shown().dataset.newest || 0);
  const receive = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".queue-rows");
    if (!fresh) return;
    const found = differences(fresh);
    writeCounts(fresh);
    announce(fresh, found);
    if (Number(fresh.dataset.newest || 0) > newest) beep();
    newest = Math.max(newest, Number(fresh.dataset.newest || 0));
    if (movesNothing(fresh)) put(document.importNode(fresh, true));
    else hold(document.importNode(fresh, true), found);
  };

  // --- a sound, made here ---------------------------------------------------------------------

  let audio = null;
  const isOn = () => sound.getAttribute("aria-pressed") === "true";
  const tone = (start, pitch) => {
    const voice = audio.createOscillator();
    const volume = audio.createGain();
    voice.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.3, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
    voice.connect(volume).connect(audio.destination);
    voice.start(start);
    voice.stop(start + 0.32);
  };
  const beep = () => {
    sound.dataset.lastPlayed = isOn() ? String(Date.now()) : "";
    if (!isOn()) return;
    tone(audio.currentTime, 660);
    tone(audio.currentTime + 0.35, 880);
  };
  sound.hidden = false;
  sound.addEventListener("click", () => {
    const on = !isOn();
    sound.setAttribute("aria-pressed", String(on));
    sound.textContent = on ? "Sound: on" : "Sound: off";
    // Browsers let a page sound only after a press: this one.
    audio = audio || new AudioContext();
    if (on) beep();
  });

  // --- asking -----------------------------------------------------------------------------------

  const stop = (text, link) => {
    stopped.replaceChildren(document.createTextNode(text));
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    stopped.append(" ", anchor);
  };

  holder.addEventListener("htmx:configRequest", (event) => {
    event.detail.parameters.version = shown().dataset.version;
  });
  holder.addEventListener("htmx:beforeRequest", (event) => {
    // Nobody is signed in any more: asking again would change nothing.
    if (stopped.dataset.signedOut) event.preventDefault();
  });
  holder.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that is told to the person below is no fault of the script.
    event.detail.isError = false;
  });
  holder.addEventListener("htmx:afterRequest", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status === 200 || status === 204) stop("");
    if (status === 200) receive(responseText);
    if (status === 401) {
      stopped.dataset.signedOut = "true";
      const back = encodeURIComponent(location.pathname + location.search);
      stop("Signed out: this list no longer refreshes.", {
        href: `/account/login/?next=${back}`,
        text: "Sign in",
      });
    } else if (status >= 400) {
      stop("This list could not be refreshed. It is tried again.");
    }
  });
  holder.addEventListener("htmx:sendError", () => {
    stop("No connection: this list may be old. It is tried again.");
  });

  show.addEventListener("click", () => {
    if (waitingFresh) put(waitingFresh);
  });
  const putWhenFree = () => {
    if (waitingFresh && movesNothing(waitingFresh)) put(waitingFresh);
  };
  holder.addEventListener("pointerleave", putWhenFree);
  holder.addEventListener("focusout", () => setTimeout(putWhenFree));
  ["touchstart", "touchmove", "scroll"].forEach((kind) => {
    window.addEventListener(kind, () => (lastTouch = hasPointer.matches ? 0 : Date.now()), { passive: true });
  });
  live.textContent = "Emergencies first, then the oldest. The list refreshes itself every five seconds.";
})();
