// Sorting by a column's button and filtering by typed words. The page is whole without it.
"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const key = (row, index) => row.cells[index].dataset.order ?? row.cells[index].textContent.trim();
  const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
  Array.from(table.tHead.rows[0].cells).forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows.slice().sort((a, b) => compare(key(a, index), key(b, index)));
      body.append(...(down ? sorted.reverse() : sorted));
    });
  });
  if (rows.length > 19) addFilter(table.parentElement, rows);
}
for (const list of document.querySelectorAll("[data-filterable]")) addFilter(list, Array.from(list.children));

function addFilter(element, items) {
  const line = document.createElement("p");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const shown = document.createElement("span");
  line.className = "filter";
  input.type = "search";
  input.id = "filter-" + element.closest("section").id;
  label.htmlFor = input.id;
  label.textContent = "Filter";
  shown.className = "size";
  shown.setAttribute("role", "status");
  line.append(label, input, shown);
  element.before(line);
  const texts = items.map((item) => item.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    items.forEach((item, index) => {
      item.hidden = !words.every((word) => texts[index].includes(word));
      if (!item.hidden) count += 1;
    });
    shown.textContent = words.length ? `${count} of ${items.length}` : "";
  });
}
