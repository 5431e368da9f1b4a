// Ticks what a page already says in words: the server's clock, and how long things have waited.
// Everything is readable without this script.
"use strict";

(() => {
  const MINUTE_MS = 60000;
  const louisvilleTime = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Kentucky/Louisville",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const clock = document.querySelector("[data-clock]");
  // The desk's own clock may be wrong: what counts is the server's, as it was when the page was made.
  const ahead = clock ? Date.parse(clock.dateTime) - Date.now() : 0;
  const now = () => Date.now() + ahead;

  const words = (span) => {
    const minutes = Math.floor(span / MINUTE_MS);
    if (minutes < 1) return "under a minute";
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  };

  const band = (since, due) => {
    if (now() > due) return "late";
    return now() - since > due - now() ? "soon" : "on_time";
  };

  const write = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };

  const tickWaiting = (element) => {
    const since = Date.parse(element.dataset.since);
    const due = Date.parse(element.dataset.due);
    write(element.querySelector(".waiting-clock__time"), words(now() - since));
    if (Number.isNaN(due)) return;
    const late = now() > due;
    const remark = late ? `late by ${words(now() - due)}` : `${words(due - now())} left`;
    write(element.querySelector(".waiting-clock__remark"), remark);
    element.className = `waiting-clock waiting-clock--${band(since, due)}`;
  };

  const tick = () => {
    if (clock) write(clock, louisvilleTime.format(now()));
    // Looked up every time: a refreshed list brings new ones.
    document.querySelectorAll("[data-since]").forEach(tickWaiting);
  };

  tick();
  setInterval(tick, 1000);

  // An open menu closes when the person goes on elsewhere.
  const menu = document.querySelector(".person-menu");
  const closeMenu = (event) => {
    if (menu && menu.open && !menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", closeMenu);
  document.addEventListener("focusin", closeMenu);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
