// What is nicer with a script where flows are edited; every page works without it.

/** Asks the server, once the typing pauses, what a text takes: it counts as the line will. */
function measure(area, address, token) {
  const line = document.getElementById(area.dataset.measure);
  let waiting;
  const ask = async () => {
    const body = new URLSearchParams({ csrf_token: token, text: area.value });
    const answer = await fetch(address, { method: "POST", body }).catch(() => null);
    if (answer?.ok) line.textContent = (await answer.json()).line;
  };
  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 300);
  });
}

/** Tells in which line of the flow the caret stands: the check's findings name lines. */
function tellLine(area) {
  const line = document.getElementById("source-line");
  const show = () => {
    const number = area.value.slice(0, area.selectionStart).split("\n").length;
    line.textContent = area.dataset.lines.replace("{line}", number);
  };
  for (const happening of ["click", "keyup", "focus"]) area.addEventListener(happening, show);
}

/** Warns before a page is left whose texts have been changed and not saved. */
function guard(form) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

const measuring = document.querySelector("[data-measure-at]");
if (measuring) {
  const token = measuring.form.elements.csrf_token.value;
  for (const area of document.querySelectorAll("[data-measure]")) measure(area, measuring.dataset.measureAt, token);
}
document.querySelectorAll("[data-lines]").forEach(tellLine);
document.querySelectorAll("form[data-guard]").forEach(guard);
