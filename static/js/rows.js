// Rows of a quarter: a click on a heading sorts, words in a box filter. Without it the page has all rows.
"use strict";

(() => {
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const rows = () => [...body.rows];
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const sortBy = (place, direction) => {
    const said = (row) => row.cells[place].textContent.trim();
    const sorted = rows().sort(
      (one, other) =>
        direction * words.compare(said(one), said(other)) ||
        Number(one.cells[0].textContent) - Number(other.cells[0].textContent),
    );
    body.append(...sorted);
    headings.forEach((heading, other) => {
      if (other === place) heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else heading.removeAttribute("aria-sort");
    });
  };

  headings.forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rows-table__sort";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => {
      sortBy(place, heading.getAttribute("aria-sort") === "ascending" ? -1 : 1);
    });
    heading.replaceChildren(button);
  });

  const filter = document.querySelector("[data-rows-filter]");
  if (!filter) return;
  const count = filter.querySelector("[data-rows-count]");
  const input = filter.querySelector("input");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const said = new Map(rows().map((row) => [row, plain(row.textContent)]));

  input.addEventListener("input", () => {
    const wanted = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    said.forEach((text, row) => {
      row.hidden = !wanted.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    });
    count.textContent = `${count.dataset.words} ${shown}`;
  });
  filter.hidden = false;
})();
