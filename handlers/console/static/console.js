// What is nicer with a script; every page works without it.

/** Septets of a text, or null when a letter is in neither table, even without its accent. */
function septets(text, basic, extended) {
  let total = 0;
  for (const letter of text.normalize("NFC")) {
    const plain = letter.normalize("NFD")[0];
    if (basic.includes(letter)) total += 1;
    else if (extended.includes(letter)) total += 2;
    else if (basic.includes(plain)) total += 1;
    else if (/[\p{L}\p{M}]/u.test(letter)) return null;
    else total += 1;
  }
  return total;
}

/** Shows under an answer how many characters and SMS it takes, the frame that is put around it included. */
function countSms(area) {
  const line = document.getElementById(area.dataset.count);
  const show = () => {
    const frame = Number(area.dataset.frame);
    const gsm = septets(area.value, area.dataset.basic, area.dataset.extended);
    const size = (gsm ?? area.value.length) + frame;
    const [single, part] = gsm === null ? [70, 67] : [160, 153];
    const words = gsm === null ? area.dataset.wordsWide : area.dataset.words;
    line.textContent = words.replace("{chars}", size).replace("{parts}", size <= single ? 1 : Math.ceil(size / part));
  };
  area.addEventListener("input", show);
  if (area.value) show();
}

/** Looks every three seconds for new SMS, while the page is looked at. */
function watchInbox(inbox) {
  let seen = inbox.innerHTML;
  inbox.scrollTop = inbox.scrollHeight;
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(inbox.dataset.poll).catch(() => null);
    if (!answer?.ok) return;
    const fresh = await answer.text();
    if (fresh.trim() === seen.trim()) return;
    seen = fresh;
    inbox.innerHTML = fresh;
    inbox.scrollTop = inbox.scrollHeight;
  }, 3000);
}

/** A key of the phone types its digit; the fields work without it. */
function typeKey(event) {
  const field = document.getElementById("keyed");
  if (!field) return;
  field.value += event.currentTarget.dataset.key;
  field.focus();
}

document.querySelectorAll("[data-key]").forEach((key) => key.addEventListener("click", typeKey));
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelectorAll("textarea[data-count]").forEach(countSms);
document.querySelectorAll("[data-poll]").forEach(watchInbox);
