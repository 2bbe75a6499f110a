// Keeps the public pages that were read, for a telephone without a network. Of pages that belong to
// one reader only a visit and the donor's card are kept, apart, until the reader signs out.
const PAGES = "pages-1";
const OWN = "own-1";
const MOST_OWN = 8;
const ENDS_OWN = /\/(logout|erase)\/$/;
// Addresses answered with a kept copy, with the moment of the copy: the page asks for it.
const served = new Map();
const PARTS = "parts-1";
const MOST = 40;
const PATIENCE = 5000;

self.addEventListener("install", (event) => {
  const home = new URL(self.location.href).searchParams.get("home") || "/ar/";
  event.waitUntil(
    Promise.all([home, `${home}saved/`].map((path) => read(new Request(path)).catch(() => null))).then(() =>
      self.skipWaiting(),
    ),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => ![PAGES, PARTS, OWN].includes(name);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : { title: self.location.host, body: "", url: "/" };
  const { title, body, url, tag, lang, dir } = said;
  const shown = { body, lang, dir, icon: "/icon-192.png", badge: "/icon-192.png", data: { url } };
  // A tag replaces the notification about the same thing; the reader hears of it again.
  if (tag) Object.assign(shown, { tag, renotify: true });
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(self.clients.openWindow(url.href));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method === "POST" && ENDS_OWN.test(url.pathname)) event.waitUntil(caches.delete(OWN));
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.endsWith("/me/card.svg")) event.respondWith(image(request));
});

self.addEventListener("message", (event) => {
  const at = served.get(event.data.asks);
  if (at) event.source.postMessage({ kept: event.data.asks, at });
});

async function image(request) {
  try {
    return await read(request);
  } catch {
    return (await caches.match(request, { ignoreVary: true })) || Response.error();
  }
}

async function part(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(PARTS)).put(request, answer.clone());
  return answer;
}

async function page(request, url) {
  const kept = caches.match(request, { ignoreVary: true });
  const fresh = read(request);
  try {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    served.delete(request.url);
    const first = await Promise.race([fresh, late]);
    return first || copy(request, await kept) || (await fresh);
  } catch {
    const language = url.pathname.split("/")[1] || "ar";
    const list = caches.match(`/${language}/saved/`, { ignoreVary: true });
    return copy(request, await kept) || (await list) || Response.error();
  }
}

function copy(request, kept) {
  if (kept) served.set(request.url, kept.headers.get("Date"));
  return kept;
}

async function read(request) {
  const answer = await fetch(request);
  const open = (answer.headers.get("Cache-Control") || "").includes("public");
  const own = answer.headers.get("X-Keep") === "own";
  if (answer.ok && !answer.redirected && (open || own)) {
    await keep(await caches.open(own ? OWN : PAGES), own ? MOST_OWN : MOST, request, answer.clone());
  } else if (answer.type === "opaqueredirect" || answer.status === 404 || answer.status === 410) {
    // Moved, gone, or of somebody who is signed out now.
    await Promise.all([PAGES, OWN].map(async (name) => (await caches.open(name)).delete(request)));
  }
  return answer;
}

async function keep(pages, most, request, answer) {
  await pages.put(request, answer);
  const all = await pages.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((one) => pages.delete(one)));
}
