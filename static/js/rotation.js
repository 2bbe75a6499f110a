// Moving a campaign by arrow keys or a pointer posts the new day; without this its page has a form.
const form = document.querySelector("form#move");
const DAY = 86_400_000;
const later = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
const sooner = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
let dragged = null;

function shifted(day, days) {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

function move(chip, days) {
  if (!days || form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  form.action = chip.href;
  form.elements.day.value = shifted(chip.dataset.day, days);
  form.submit();
}

for (const chip of document.querySelectorAll("a[data-move]")) {
  chip.draggable = true;
  chip.addEventListener("keydown", (event) => {
    const days = { [later]: 7, [sooner]: -7 }[event.key];
    if (!days || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(chip, days);
  });
  chip.addEventListener("dragstart", (event) => {
    dragged = chip;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", chip.dataset.day);
  });
  chip.addEventListener("dragend", () => (dragged = null));
}

for (const cell of document.querySelectorAll("td[data-week]")) {
  const own = () => dragged && dragged.closest("tr") === cell.closest("tr");
  cell.addEventListener("dragover", (event) => {
    if (own()) event.preventDefault();
  });
  cell.addEventListener("drop", (event) => {
    if (!own()) return;
    event.preventDefault();
    const from = dragged.closest("td").dataset.week;
    move(dragged, Math.round((Date.parse(cell.dataset.week) - Date.parse(from)) / DAY));
  });
}

// After a move the campaign keeps the focus, so that the next arrow key moves it on.
if (location.hash.startsWith("#c-")) document.getElementById(location.hash.slice(1))?.focus();
