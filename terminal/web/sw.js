// Makes the terminal start with the server down. One cache per build, complete before the build may run; a page and the
// files it loads always come from the same build. The API and the sync are never touched: their answers must be fresh.
"use strict";

const BUILD = "__BUILD__";
const FILES = __FILES__;
const PREFIX = "scanledger-terminal-";
const CACHE = PREFIX + BUILD;
const PAGE = new URL("./", self.location).href;
const PAGE_TIMEOUT_MS = 2000;

const urlOf = (path) => new URL(path, PAGE).href;

// The hash in the request makes the browser refuse a file of another build that is deployed meanwhile.
const fetchFile = async (cache, path) => {
  const url = urlOf(path);
  const answer = await fetch(url, { integrity: FILES[path], cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  await cache.put(url, answer);
};

// Files that did not change are taken from the last build's cache, so an update costs what it changed.
const copyFromLastBuild = async (cache) => {
  const missing = new Set(Object.keys(FILES));
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const old = await caches.open(name);
    const listed = await old.match(urlOf("build-files.json"));
    if (!listed) continue;
    const hashes = await listed.json();
    for (const path of [...missing]) {
      if (hashes[path] !== FILES[path]) continue;
      const answer = await old.match(urlOf(path));
      if (!answer) continue;
      await cache.put(urlOf(path), answer);
      missing.delete(path);
    }
  }
  return missing;
};

const fill = async () => {
  const cache = await caches.open(CACHE);
  const missing = await copyFromLastBuild(cache);
  for (const path of missing) await fetchFile(cache, path);
  await cache.put(urlOf("build-files.json"), new Response(JSON.stringify(FILES)));
};

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
})()));

// A new build waits until the page says that nothing stands between a scan and its durable commit.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

// Network first, but only for a page of this build: its files come from this build's cache.
const page = async (request) => {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
    const text = await answer.clone().text();
    if (answer.ok && text.includes(`content="${BUILD}"`)) return answer;
  } catch {
    // No server within the time: this build's own page.
  }
  return caches.match(urlOf("index.html"), { cacheName: CACHE });
};

const file = async (request) => {
  const cached = await caches.match(request, { cacheName: CACHE, ignoreSearch: true });
  return cached || fetch(request);
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(PAGE)) return;
  event.respondWith(event.request.mode === "navigate" ? page(event.request) : file(event.request));
});
