// Puts a chosen answer into the text at once, as handlers/console/contacting.py does after a reload.

/** The text with the answer in it: around what was typed where it has a place for it, else after it. */
export function putIn(typed, answer) {
  const words = typed.trim();
  if (words && answer.includes("{answer}")) return answer.replaceAll("{answer}", () => words);
  return `${words}\n${answer}`.trim();
}

document.querySelectorAll("select[data-into]").forEach((list) => {
  const button = list.form.querySelector("button[name=insert]");
  const area = document.getElementById(list.dataset.into);
  button.addEventListener("click", (event) => {
    const chosen = list.selectedOptions[0];
    event.preventDefault();
    if (!chosen || !chosen.value) return;
    area.value = putIn(area.value, chosen.dataset.text);
    list.form.querySelector("input[name=used]").value = chosen.value;
    area.dispatchEvent(new Event("input"));
    area.focus();
  });
});
