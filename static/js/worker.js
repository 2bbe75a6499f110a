// Keeps the public pages that were read, for a telephone without a network. Pages that belong to
// one reader have no "public" and are never kept.
const PAGES = "pages-1";
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
  const old = (name) => name !== PAGES && name !== PARTS;
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
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

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
    const first = await Promise.race([fresh, late]);
    return first || (await kept) || (await fresh);
  } catch {
    const language = url.pathname.split("/")[1] || "ar";
    const list = caches.match(`/${language}/saved/`, { ignoreVary: true });
    return (await kept) || (await list) || Response.error();
  }
}

async function read(request) {
  const answer = await fetch(request);
  const open = (answer.headers.get("Cache-Control") || "").includes("public");
  const pages = await caches.open(PAGES);
  if (answer.ok && open && !answer.redirected) {
    await pages.put(request, answer.clone());
    const all = await pages.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => pages.delete(one)));
  } else if (answer.status === 404 || answer.status === 410) {
    await pages.delete(request);
  }
  return answer;
}
