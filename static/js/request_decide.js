// Shows the part of the form that belongs to the chosen outcome. Without this script all parts are there,
// each under its heading.
"use strict";

(() => {
  const parts = [...document.querySelectorAll(".decide-part")];
  const choices = [...document.querySelectorAll('input[name="outcome"]')];

  const holdsProblem = (part) => part.querySelector(".usa-error-message") !== null;
  const show = () => {
    const chosen = choices.find((choice) => choice.checked);
    parts.forEach((part) => {
      const belongs = chosen && part.classList.contains(`decide-part--${chosen.value}`);
      part.hidden = !belongs && !holdsProblem(part);
    });
  };

  choices.forEach((choice) => choice.addEventListener("change", show));
  // A browser that goes back fills in what was chosen before, after this script ran.
  window.addEventListener("pageshow", show);
  show();

  // On a wide screen the policy stands beside the decision; on a phone it is folded away.
  const policy = document.querySelector(".decide-policy");
  if (policy && !window.matchMedia("(min-width: 64rem)").matches) policy.open = false;
})();
