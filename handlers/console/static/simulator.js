// The phones of the simulator. Every phone works without this file, one at a time; with it they stand side by side,
// answer in place, feel the network, and look for SMS by themselves.

const LOOK_EVERY = 3000;
const NEXT_LETTER_WITHIN = 900;
const SLOWEST = [1000, 3000]; // each way: 2 to 6 seconds there and back
const OVER_THE_AIR = new Set(["dial", "press", "sms", "again"]);
const STORE = "phones";
const LETTERS = { 1: ".,?!'-1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: " 0", "*": "+*" };

const phones = document.querySelector("[data-phones]");
const said = document.querySelector("[data-said]");
const flights = new WeakMap(); // slot -> the request that is under way
const looked = new WeakMap(); // slot -> what its SMS and cases were, as they came
let tapped = null; // the letter key that was pressed last: pressed again at once it gives its next letter

const slots = () => [...phones.querySelectorAll("[data-slot]")];
const tokenOf = (slot) => slot.querySelector("input[name=phone]").value;
const fieldOf = (slot) => slot.querySelector(".lcd [name=text]");

// --- What a text takes on the wire ---

/** {size, gsm}: septets if every character is in the GSM alphabet, else UCS-2 units. */
function measure(text) {
  const { basic, extended } = phones.dataset;
  let size = 0;
  for (const character of text) {
    if (basic.includes(character)) size += 1;
    else if (extended.includes(character)) size += 2;
    else return { size: text.length, gsm: false };
  }
  return { size, gsm: true };
}

/** Writes under a field what is left of an answer, or how many SMS a text is. */
function count(field) {
  const line = field.form.querySelector("[data-room]");
  if (!line) return;
  const { size, gsm } = measure(field.value);
  if (field.dataset.septets) {
    const left = Number(gsm ? field.dataset.septets : field.dataset.units) - size;
    line.textContent = field.dataset.words.replace("{left}", left);
  } else {
    const [single, part] = gsm ? [160, 153] : [70, 67];
    const parts = size <= single ? 1 : Math.ceil(size / part);
    const left = (parts === 1 ? single : parts * part) - size;
    line.textContent = field.dataset.sms.replace("{left}", left).replace("{parts}", parts);
  }
}

// --- The keys ---

/** Types a key: a digit or, where the field takes letters, the next letter of the key. `#` changes between the two. */
function typeKey(slot, key) {
  const field = fieldOf(slot);
  if (!field) return;
  if (key === "#" && !field.classList.contains("lcd-code")) {
    field.dataset.keys = field.dataset.keys === "abc" ? "123" : "abc";
    showMode(slot);
    return;
  }
  const letters = field.dataset.keys === "abc" ? LETTERS[key] : key;
  const now = Date.now();
  const again = letters.length > 1 && tapped?.field === field && tapped.key === key && now - tapped.at < NEXT_LETTER_WITHIN;
  const place = again ? (tapped.place + 1) % letters.length : 0;
  if (again) field.value = field.value.slice(0, -1);
  field.value += letters[place];
  tapped = { field, key, place, at: now };
  count(field);
}

/** Clears the last character, as the key C does. */
function clearLast(slot) {
  const field = fieldOf(slot);
  if (!field) return;
  field.value = field.value.slice(0, -1);
  tapped = null;
  count(field);
}

function showMode(slot) {
  const mark = slot.querySelector("[data-mode]");
  const mode = fieldOf(slot)?.dataset.keys;
  mark.hidden = !mode;
  mark.textContent = mode ?? "";
}

// --- One request, over the network as it is ---

// A control that is called `action` hides form.action, so the attribute is read.
async function post(address, data) {
  const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Fragment": "1" } }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

/** Waits as a slow network does; a drop ends the wait. */
function linger(flight) {
  const [least, most] = SLOWEST;
  return new Promise((done) => {
    flight.wake = done;
    setTimeout(done, least + Math.random() * (most - least));
  });
}

/** Sends what a form says. A drop on the way loses the answer: the line has heard, or not, and the phone cannot know. */
async function send(slot, form, action) {
  const data = new FormData(form);
  data.set("action", action);
  const slow = slot.dataset.slow === "1" && OVER_THE_AIR.has(action);
  const flight = { dropped: false, wake: () => {} };
  flights.set(slot, flight);
  cover(slot, slow ? "slow" : "running", slow ? 0 : 250);
  if (slow) await linger(flight);
  let html = flight.dropped ? null : await post(form.getAttribute("action"), data);
  const reached = html !== null;
  if (slow && reached && !flight.dropped) await linger(flight);
  if (flight.dropped) html = await post(form.getAttribute("action"), dropped(form, html, action));
  flights.delete(slot);
  clearTimeout(flight.cover);
  if (html === null) cover(slot, "down");
  else swap(slot, html);
}

/** The form of a drop, from the phone as the line left it if the request had reached it. */
function dropped(form, html, action) {
  const data = new FormData();
  const after = html && new DOMParser().parseFromString(html, "text/html").querySelector("input[name=phone]").value;
  data.set("csrf_token", form.elements.csrf_token.value);
  data.set("phone", after || form.elements.phone.value);
  data.set("action", action === "dial" || action === "press" ? "drop" : "show");
  return data;
}

/** Covers the screen while it waits: `running`, `slow`, `lost` or `down`. */
function cover(slot, why, after = 0) {
  const sheet = slot.querySelector("[data-wait]");
  const words = slot.querySelector("[data-wait-words]");
  const show = () => {
    words.textContent = words.dataset[why];
    sheet.classList.toggle("is-still", why === "lost" || why === "down");
    sheet.hidden = false;
    if (why !== "running") said.textContent = words.textContent;
  };
  const flight = flights.get(slot);
  if (flight) slot.querySelector("[data-drop]").disabled = false;
  if (after && flight) flight.cover = setTimeout(show, after);
  else show();
}

/** Cuts the request that is under way; true if there was one. */
function cut(slot) {
  const flight = flights.get(slot);
  if (!flight) return false;
  clearTimeout(flight.cover);
  flight.dropped = true;
  cover(slot, "lost");
  flight.wake();
  return true;
}

// --- The phones on the page ---

function swap(slot, html, focus = true) {
  const open = [...slot.querySelectorAll("details[open]")].map((part) => part.dataset.keep);
  slot.innerHTML = html;
  looked.delete(slot);
  for (const name of open) slot.querySelector(`[data-keep="${name}"]`)?.setAttribute("open", "");
  dress(slot);
  const lines = slot.querySelectorAll(".bubble");
  const words = slot.querySelector("[data-say]") ?? lines[lines.length - 1];
  said.textContent = [slot.querySelector(".lcd-notice"), words].map((part) => part?.textContent.trim() ?? "").join(" ").trim();
  if (focus) slot.querySelector("[data-first]")?.focus({ preventScroll: true });
  keep();
}

/** What a fresh phone needs of this file. */
function dress(slot) {
  for (const part of slot.querySelectorAll("[data-remove], [data-brake]")) part.hidden = false;
  slot.querySelector("[data-remove]").hidden = slots().length < 2;
  slot.querySelector("[data-brake]").setAttribute("aria-pressed", String(slot.dataset.slow === "1"));
  const field = fieldOf(slot);
  if (field?.tagName === "INPUT") field.setSelectionRange?.(field.value.length, field.value.length);
  if (field) count(field);
  showMode(slot);
  const end = slot.querySelector("[data-end]");
  if (end) end.scrollTop = end.scrollHeight;
}

/** The phones of this tab come back when the page is opened again. */
function keep() {
  sessionStorage.setItem(STORE, JSON.stringify(slots().map((slot) => ({ token: tokenOf(slot), slow: slot.dataset.slow }))));
}

async function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  const isNew = location.search || !location.pathname.endsWith("/simulator");
  if (isNew) history.replaceState(null, "", document.querySelector("form[data-add]").action); // or a reload begins anew
  if (isNew || !kept.length) return keep();
  const first = slots()[0];
  const form = first.querySelector("form[data-act]");
  for (const [at, { token, slow }] of kept.entries()) {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("phone", token);
    data.set("action", "show");
    const html = await post(form.getAttribute("action"), data);
    if (html === null) continue;
    const slot = at ? newSlot() : first;
    if (slow) slot.dataset.slow = slow;
    swap(slot, html, false);
  }
  slots().forEach(dress);
}

function newSlot() {
  const slot = document.createElement("div");
  slot.className = "slot";
  slot.dataset.slot = "";
  phones.append(slot);
  return slot;
}

async function add(form, submitter) {
  const wanted = new URL(form.action);
  if (submitter?.name) wanted.searchParams.set(submitter.name, submitter.value);
  const answer = await fetch(wanted, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer?.ok) return form.submit();
  const html = await answer.text();
  const slot = newSlot();
  swap(slot, html);
  slots().forEach(dress);
  slot.scrollIntoView({ block: "nearest" });
}

function remove(slot) {
  slot.remove();
  slots().forEach(dress);
  slots()[0].querySelector("[data-first]")?.focus();
  keep();
}

/** Looks for SMS and cases of the phones on the line, while the page is looked at. */
async function look() {
  if (document.hidden) return;
  for (const slot of slots()) {
    if (!slot.querySelector("[data-live]") || flights.has(slot)) continue;
    const token = tokenOf(slot);
    const html = await post(phones.dataset.look, new FormData(slot.querySelector("form[data-act]")));
    if (html === null || html === looked.get(slot) || !slot.isConnected || token !== tokenOf(slot)) continue;
    looked.set(slot, html);
    for (const fresh of new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]")) {
      const part = slot.querySelector(`[data-part="${fresh.dataset.part}"]`);
      if (!part || part.innerHTML.trim() === fresh.innerHTML.trim()) continue;
      part.innerHTML = fresh.innerHTML;
      if ("end" in part.dataset) part.scrollTop = part.scrollHeight;
    }
  }
}

// --- Hands ---

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const slot = form.closest("[data-slot]");
  if ("add" in form.dataset) {
    event.preventDefault();
    add(form, submitter);
  } else if (slot && "act" in form.dataset) {
    event.preventDefault();
    const action = submitter?.value ?? form.querySelector("[name=action]").value;
    if (flights.has(slot)) {
      if (action === "drop") cut(slot);
    } else send(slot, form, action);
  }
});

phones.addEventListener("click", (event) => {
  const slot = event.target.closest("[data-slot]");
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.key) typeKey(slot, button.dataset.key);
  else if ("clear" in button.dataset) clearLast(slot);
  else if ("remove" in button.dataset) remove(slot);
  else if ("brake" in button.dataset) {
    slot.dataset.slow = slot.dataset.slow === "1" ? "" : "1";
    button.setAttribute("aria-pressed", String(slot.dataset.slow === "1"));
    keep();
  }
});

phones.addEventListener("input", (event) => {
  if (event.target.closest(".lcd")) count(event.target);
});

slots().forEach(dress);
await comeBack();
setInterval(look, LOOK_EVERY);
