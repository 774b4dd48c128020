"use strict";
// Keeps the page of the form and its files for the time without network. It answers for that one address only.

const KEPT = "entry-page";
const SHELL = "/console/enter/shell";
const PAGE = "/console/enter";
const FILES = /(?:href|src)="(\/console\/static\/[^"]+)"/g;
const PATIENCE = 8_000;

/** Fetches the page and all that it names, and puts them in place of what was kept, together or not at all. */
async function keep() {
  const page = await fetch(SHELL, { cache: "no-store" });
  if (!page.ok || !page.headers.has("X-Entry-Shell")) return; // signed out: what was kept stays
  const text = await page.clone().text();
  const files = [...new Set([...text.matchAll(FILES)].map(([, address]) => address.replaceAll("&amp;", "&")))];
  const found = await Promise.all(files.map(async (address) => [address, await fetch(address)]));
  if (found.some(([, answer]) => !answer.ok)) return;
  const cache = await caches.open(KEPT);
  await Promise.all(found.map(([address, answer]) => cache.put(address, answer)));
  await cache.put(SHELL, page);
  const wanted = new Set([SHELL, ...files]);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!wanted.has(pathname + search)) await cache.delete(request);
  }
}

/** The page from the server; what was kept when that is away, in trouble, or takes too long. */
async function openPage(request) {
  const kept = () => caches.match(SHELL, { cacheName: KEPT });
  const asked = fetch(request).then(async (answer) => (answer.status >= 500 ? ((await kept()) ?? answer) : answer));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(kept).then((page) => page ?? asked);
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep().catch(() => undefined));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(keep().catch(() => undefined)));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(openPage(request));
  else if (pathname.startsWith("/console/static/"))
    event.respondWith(caches.match(request, { cacheName: KEPT }).then((kept) => kept ?? fetch(request)));
});
