"use strict";
// What a phone keeps of entries that are not sent yet: IndexedDB, encrypted with a key that the page can use and not
// read out. One key a user. docs/saisie.md says what this protects from, and what not.

const EntryStore = (() => {
  const STORES = { keys: "user", entries: "id", references: "reference" };
  let opened;

  /** The database, opened once. Fails where the browser keeps nothing. */
  function open() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("entries", 1);
      asked.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  /** One transaction; resolves once it is on the disk ("strict": a battery may end at any moment). */
  async function within(names, mode, work) {
    const transaction = (await open()).transaction(names, mode, { durability: "strict" });
    let result;
    work(...names.map((name) => transaction.objectStore(name)), (value) => (result = value));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  const get = (name, key) =>
    within([name], "readonly", (store, give) => (store.get(key).onsuccess = (event) => give(event.target.result)));
  const all = (name) =>
    within([name], "readonly", (store, give) => (store.getAll().onsuccess = (event) => give(event.target.result)));
  const put = (name, value) => within([name], "readwrite", (store) => store.put(value));
  const remove = (name, key) => within([name], "readwrite", (store) => store.delete(key));

  /** The key of a user; it is made once, and never leaves the browser. */
  async function keyOf(user) {
    const known = await get("keys", user);
    if (known) return known.key;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another tab may have been faster: its key stays, or what it has written could never be read.
    await within(["keys"], "readwrite", (store) => {
      store.get(user).onsuccess = (event) => event.target.result ?? store.put({ user, key });
    });
    return (await get("keys", user)).key;
  }

  /** Keeps an entry {key, at, state, medium, form, reference, problem}; in clear stand only whose, when and its state. */
  async function save(user, entry) {
    const { key, at, state, ...secret } = entry;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(secret));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(user), plain);
    await put("entries", { id: `${user} ${key}`, user, key, at, state, iv, sealed });
  }

  async function read(user, row) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, await keyOf(user), row.sealed);
    return { key: row.key, at: row.at, state: row.state, ...JSON.parse(new TextDecoder().decode(plain)) };
  }

  /** The entries of this user, the oldest first; never another's. */
  async function list(user) {
    const rows = (await all("entries")).filter((row) => row.user === user);
    rows.sort((a, b) => (a.at < b.at ? -1 : 1));
    return Promise.all(rows.map((row) => read(user, row)));
  }

  const drop = (user, key) => remove("entries", `${user} ${key}`);

  /** How many references this user has in hand. */
  const inHand = async (user) => (await all("references")).filter((each) => each.user === user).length;

  const keepReferences = (user, references) =>
    within(["references"], "readwrite", (store) => references.forEach((reference) => store.put({ reference, user })));

  /** Takes one reference out, so that no second entry can have it; undefined when none is left. */
  const takeReference = (user) =>
    within(["references"], "readwrite", (store, give) => {
      store.openCursor().onsuccess = (event) => {
        const cursor = event.target.result;
        if (!cursor) return;
        if (cursor.value.user !== user) return void cursor.continue();
        give(cursor.value.reference);
        cursor.delete();
      };
    });

  return { open, save, list, drop, inHand, keepReferences, takeReference };
})();
