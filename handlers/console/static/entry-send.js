"use strict";
// Sends what a phone has kept. An entry leaves the phone only when the server has answered with its reference; its key
// makes one case of it however often it is sent.

class EntrySender {
  constructor(user, addresses) {
    this.user = user;
    this.addresses = addresses;
  }

  static async ask(address, options = {}) {
    const limit = AbortSignal.timeout(60_000);
    return fetch(address, { headers: { Accept: "application/json", ...options.headers }, cache: "no-store", signal: limit, ...options.more });
  }

  /** A fresh token, or why there is none: "offline", "sign_in", "other_user" or the status of a server in trouble. */
  async token() {
    let answer;
    try {
      answer = await EntrySender.ask(this.addresses.session);
    } catch {
      return { trouble: "offline" };
    }
    if (answer.status === 401) return { trouble: "sign_in" };
    const known = answer.ok ? await answer.json().catch(() => null) : null;
    if (!known) return { trouble: answer.status };
    return String(known.user) === this.user ? { token: known.token } : { trouble: "other_user" };
  }

  async post(address, form, token) {
    const body = new URLSearchParams(form);
    return EntrySender.ask(address, { headers: { "X-CSRFToken": token }, more: { method: "POST", body } });
  }

  /** Sends all that waits, one after the other; returns what stands in the way, if anything does.
   *  Two pages of one phone do not send at once: the second finds nothing to do. */
  send() {
    return navigator.locks.request("entry-send", { ifAvailable: true }, (lock) => (lock ? this.sendAll() : undefined));
  }

  async sendAll() {
    const waiting = (await EntryStore.list(this.user)).filter((entry) => entry.state === "waiting");
    if (waiting.length === 0) return this.fetchReferences();
    const { token, trouble } = await this.token();
    if (trouble) return trouble;
    let last;
    for (const entry of waiting) {
      const found = await this.sendOne(entry, token);
      if (["offline", "sign_in", "other_user"].includes(found)) return found;
      last = found ?? last;
    }
    return last ?? this.fetchReferences();
  }

  async sendOne(entry, token) {
    const form = { ...entry.form, entry_key: entry.key, user: this.user, typed_at: entry.at, reference: entry.reference ?? "" };
    let answer;
    try {
      answer = await this.post(this.addresses.enter, form, token);
    } catch {
      return "offline";
    }
    if (answer.status === 401) return "sign_in";
    if (answer.status === 409) return "other_user";
    const said = await answer.json().catch(() => null);
    if (answer.ok && said?.reference) return void (await this.settle(entry, said.reference));
    if (answer.status === 422 && said?.faults) {
      await EntryStore.save(this.user, { ...entry, state: "refused", problem: said });
      return undefined;
    }
    return answer.status;
  }

  /** The words leave the phone; the reference stays to be looked up until its user clears it. */
  async settle(entry, reference) {
    const { key, at, medium } = entry;
    await EntryStore.save(this.user, { key, at, medium, reference, state: "sent" });
  }

  /** Fills the references in hand up again, for the next time without network. */
  async fetchReferences() {
    const have = await EntryStore.inHand(this.user);
    const want = Number(this.addresses.block) - have;
    if (want < this.addresses.block / 2) return undefined;
    const { token, trouble } = await this.token();
    if (trouble) return undefined;
    try {
      const answer = await this.post(this.addresses.references, { want }, token);
      const said = answer.ok ? await answer.json() : null;
      if (said && String(said.user) === this.user) await EntryStore.keepReferences(this.user, said.references);
    } catch {
      // without them the reference is given at the sending
    }
    return undefined;
  }
}
