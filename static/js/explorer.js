// Hides the rows that matter nothing as the facts stand. Without it all rows are there, and all works.
"use strict";

(() => {
  const form = document.querySelector(".explorer-form");

  const chosen = (name) => {
    const control = form.elements[name];
    return control ? control.value : "";
  };

  const show = () => {
    form.querySelectorAll("[data-needs]").forEach((row) => {
      row.hidden = chosen(row.dataset.needs) === "none";
    });
  };

  form.addEventListener("change", show);
  show();
})();
