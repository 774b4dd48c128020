// One key a choice, where a page offers choices; every page works without it.

const FIELDS = "input, select, textarea, [contenteditable]";

/** Opens the part of the page that a link or a summary leads to, in place of asking the server for it open. */
function openPart(opener, event) {
  const field = document.getElementById(opener.dataset.opens);
  const part = field?.closest("details");
  if (!part || (part.open && part.contains(opener))) return; // what is open closes as it would without a script
  event.preventDefault();
  part.open = true;
  field.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest(FIELDS)) return;
  const choice = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.click();
});

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", (event) => openPart(opener, event));
}
