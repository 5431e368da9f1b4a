// Keeps the wall fresh, and says so loudly when it is not.
"use strict";

(() => {
  const EVERY_MS = 4000;
  const ANSWER_WITHIN_MS = 8000;
  const wall = document.querySelector("[data-wall]");
  const status = document.querySelector("[data-wall-status]");
  const clock = document.querySelector("[data-clock]");
  let lastFresh = "";

  const say = (words, isStale) => {
    status.classList.toggle("wall-freshness--stale", isStale);
    if (status.textContent !== words) status.textContent = words;
  };

  // A time that ticks is no news: a screen reader is told when the figures stop being true, and that alone.
  const stale = (why) => {
    status.setAttribute("aria-live", "assertive");
    say(`${why} These figures are old${lastFresh && `: last true at ${lastFresh}`}.`, true);
  };

  const fresh = () => {
    status.setAttribute("aria-live", "off");
    lastFresh = clock ? clock.textContent : "";
    say(`As of ${lastFresh}.`, false);
  };

  const look = async () => {
    const version = wall.querySelector("[data-version]").dataset.version;
    const answer = await fetch(`${wall.dataset.address}?version=${version}`, {
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.status === 200) wall.innerHTML = await answer.text();
    if (answer.status === 200 || answer.status === 204) return fresh();
    if (answer.status === 401) return stale("Signed out. Sign in again.");
    return stale("The server does not answer as it should.");
  };

  const keepLooking = async () => {
    try {
      await look();
    } catch {
      stale("No connection.");
    }
    setTimeout(keepLooking, EVERY_MS);
  };

  setTimeout(keepLooking, EVERY_MS);
})();
