"use strict";
// The form keeps what it takes on the phone first and sends it afterwards, so that no network, no battery and no
// session can lose it. Where a browser cannot keep anything safely, the form stays a plain form.

(() => {
  const app = document.getElementById("entry-app");
  const form = document.getElementById("entry-form");
  const words = JSON.parse(app.dataset.words);
  const isShell = document.body.classList.contains("entry-shell");
  const byId = (id) => document.getElementById(id);
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = (reference) => `${reference.slice(0, 3)} ${reference.slice(3, 6)} ${reference.slice(6)}`;
  const DRAFT = "draft";
  const BLANK = "000 000 0000";
  let user;
  let sender;
  let mending; // the entry whose form is open again
  let saving = Promise.resolve();
  let drafting;

  function note(sentence, tone = "info") {
    const line = byId("entry-note");
    line.textContent = sentence;
    line.className = `notice notice-${tone}`;
    line.hidden = !sentence;
  }

  /** Who enters: whoever has signed in; without network, whoever used this page last and has not signed out. */
  function findUser() {
    if (!isShell) localStorage.setItem("entry.user", form.dataset.user);
    return localStorage.getItem("entry.user");
  }

  const values = () => {
    const found = Object.fromEntries(new FormData(form));
    for (const name of ["csrf_token", "entry_key", "reference"]) delete found[name];
    return found;
  };

  function fillForm(found) {
    form.reset();
    for (const field of form.elements) {
      if (!(field.name in found) || field.type === "hidden") continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === found[field.name];
      else field.value = found[field.name];
    }
  }

  // What is wrong

  function showFaults({ faults = {}, places = [] }) {
    for (const line of form.querySelectorAll("[data-fault]")) {
      line.textContent = faults[line.dataset.fault] ?? "";
      line.hidden = !line.textContent;
    }
    byId("entry-faulty").hidden = Object.keys(faults).length === 0;
    byId("entry-proposed").hidden = places.length === 0;
    byId("entry-proposed-list").replaceChildren(...places.map(offerPlace));
  }

  function offerPlace({ code, name }) {
    const row = document.createElement("div");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "place_code", id: `place-${code}`, value: code });
    const label = Object.assign(document.createElement("label"), { htmlFor: input.id, textContent: name });
    row.className = "form-check";
    input.className = "form-check-input";
    label.className = "form-check-label";
    row.append(input, label);
    return row;
  }

  // What waits

  async function showOutbox(trouble) {
    const entries = (await EntryStore.list(user)).filter((entry) => entry.state !== DRAFT);
    const count = (state) => entries.filter((entry) => entry.state === state).length;
    const [waiting, refused, sent] = ["waiting", "refused", "sent"].map(count);
    localStorage.setItem("entry.unsent", JSON.stringify({ user, count: waiting + refused }));
    const parts = [fill(words.waiting, { n: waiting })];
    if (refused) parts.push(fill(words.to_mend, { n: refused }));
    byId("outbox-title").textContent = parts.join(" · ");
    byId("entry-outbox").hidden = entries.length === 0;
    byId("outbox-send").hidden = waiting === 0;
    byId("outbox-clear").hidden = sent === 0;
    byId("outbox-sign-in").hidden = trouble !== "sign_in";
    const known = words[trouble] ?? (trouble ? fill(words.server, { status: trouble }) : "");
    byId("outbox-note").textContent = waiting ? known : "";
    byId("outbox-list").replaceChildren(...entries.map(showRow));
    return entries;
  }

  function showRow(entry) {
    const row = byId("outbox-row").content.cloneNode(true).firstElementChild;
    const at = new Date(entry.at);
    const medium = byId(`medium-${entry.medium}`);
    row.dataset.state = entry.state;
    row.querySelector("time").dateTime = entry.at;
    row.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    row.querySelector("[data-medium]").textContent = medium ? medium.labels[0].textContent : "";
    row.querySelector("[data-reference]").textContent = entry.reference ? show(entry.reference) : "";
    const states = { waiting: "", refused: words.refused, sent: "✓" };
    row.querySelector("[data-state]").textContent = states[entry.state];
    for (const [name, act] of [["mend", mend], ["drop", drop]]) {
      const button = row.querySelector(`[data-${name}]`);
      button.hidden = entry.state !== "refused";
      button.addEventListener("click", () => act(entry));
    }
    return row;
  }

  function mend(entry) {
    mending = entry;
    hideGiven();
    form.hidden = false;
    fillForm(entry.form);
    showFaults(entry.problem);
    byId("entry-text").focus();
  }

  async function drop(entry) {
    if (!confirm(words.drop)) return;
    await EntryStore.drop(user, entry.key);
    await showOutbox();
  }

  async function send() {
    byId("outbox-note").textContent = words.sending;
    const trouble = await sender.send();
    const entries = await showOutbox(trouble);
    showGiven(entries);
  }

  // One entry

  async function keep(event) {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await keepEntry(values());
    } catch {
      note(words.unsafe, "error"); // no room on the disk: what was typed stays in the form
    } finally {
      button.disabled = false;
    }
  }

  async function keepEntry(found) {
    clearTimeout(drafting);
    await saving.catch(() => undefined);
    const stays = mending && !mending.problem?.faults?.reference;
    const entry = {
      key: mending?.key ?? crypto.randomUUID(),
      at: mending?.at ?? new Date().toISOString(),
      state: "waiting",
      medium: found.medium,
      form: found,
      reference: stays && mending.reference ? mending.reference : await EntryStore.takeReference(user),
    };
    await EntryStore.save(user, entry);
    await EntryStore.drop(user, DRAFT);
    mending = undefined;
    note("");
    showFaults({});
    form.reset();
    form.hidden = true;
    const given = byId("entry-given");
    given.dataset.key = entry.key;
    given.dataset.language = found.language;
    showGiven(await showOutbox()); // before it is seen: it still holds the reference of the entry before
    given.hidden = false;
    given.focus();
    await send();
  }

  /** The reference of the entry just made, as soon as there is one, and what becomes of it. */
  function showGiven(entries) {
    const given = byId("entry-given");
    const entry = entries.find(({ key }) => key === given.dataset.key);
    if (!entry) return;
    if (entry.state === "refused") {
      mend(entry);
      return;
    }
    const reference = entry.reference ? show(entry.reference) : "";
    byId("slip").hidden = !reference;
    byId("slip-reference").textContent = reference;
    for (const line of byId("slip").querySelectorAll("[data-words]")) {
      line.textContent = line.dataset.words.replace(BLANK, reference);
      line.hidden = line.lang !== "fr" && line.lang !== given.dataset.language;
    }
    const said = entry.state === "sent" ? words.sent : words.kept;
    byId("given-note").textContent = reference ? said : `${words.later} ${said}`;
  }

  function hideGiven() {
    byId("entry-given").hidden = true;
    delete byId("entry-given").dataset.key;
  }

  function next() {
    hideGiven();
    form.hidden = false;
    form.elements.medium[0].focus();
  }

  // What is being typed

  function draft() {
    clearTimeout(drafting);
    drafting = setTimeout(() => {
      if (mending || form.hidden || !values().text) return;
      saving = EntryStore.save(user, { key: DRAFT, at: new Date().toISOString(), state: DRAFT, form: values() });
    }, 400);
  }

  async function takeUpDraft() {
    const found = (await EntryStore.list(user)).find((entry) => entry.key === DRAFT);
    if (!found || values().text) return;
    fillForm(found.form);
    note(words.draft);
  }

  /** Has the browser keep the page for the time without network. */
  async function installWorker() {
    const worker = await navigator.serviceWorker.register(app.dataset.worker, { scope: form.getAttribute("action") });
    await navigator.serviceWorker.ready;
    if (!isShell && navigator.serviceWorker.controller) worker.active?.postMessage("keep"); // else it has just kept it
    navigator.storage?.persist?.();
  }

  async function start() {
    if (!navigator.serviceWorker || !navigator.locks || !crypto.subtle) return;
    user = findUser();
    if (!user) {
      note(words.nobody, "warn");
      return;
    }
    await EntryStore.open();
    if (isShell) note(words.offline_page, "warn");
    const { session, references, block } = app.dataset;
    sender = new EntrySender(user, { session, references, block, enter: form.getAttribute("action") });
    form.addEventListener("submit", keep);
    form.addEventListener("input", draft);
    byId("outbox-send").addEventListener("click", send);
    byId("given-next").addEventListener("click", next);
    byId("outbox-clear").addEventListener("click", clearSent);
    window.addEventListener("online", send);
    setInterval(() => document.hidden || byId("outbox-send").hidden || send(), 60_000);
    form.hidden = false;
    await takeUpDraft();
    await showOutbox();
    await Promise.allSettled([installWorker(), send()]);
    app.dataset.ready = "1";
  }

  async function clearSent() {
    for (const entry of await EntryStore.list(user)) if (entry.state === "sent") await EntryStore.drop(user, entry.key);
    await showOutbox();
  }

  start().catch(() => note(words.unsafe, "warn"));
})();
