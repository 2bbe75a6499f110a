// Registers the keeper of read pages, and says when the reader sees a kept one.
const home = `/${document.documentElement.lang}/`;
if ("serviceWorker" in navigator) navigator.serviceWorker.register(`/worker.js?home=${home}`);

async function tell() {
  const notice = document.getElementById("offline");
  notice.hidden = navigator.onLine;
  if (navigator.onLine || !("caches" in window)) return;
  const kept = await caches.match(location.href, { ignoreVary: true });
  say(notice, kept && new Date(kept.headers.get("Date")));
}

function say(notice, at) {
  const time = notice.querySelector("time");
  const style = { dateStyle: "short", timeStyle: "short", numberingSystem: "latn", timeZone: "UTC" };
  // Moroccan time by the difference that the site gave: the browser's own zone data may be old.
  const there = at && new Date(at.getTime() + (time.dataset.utcMinutes || 0) * 60000);
  time.textContent = there ? there.toLocaleString(`${document.documentElement.lang}-MA`, style) : "";
}

// A copy is also shown where the network is there and the site does not answer: the worker knows.
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data.kept !== location.href) return;
  const notice = document.getElementById("offline");
  notice.hidden = false;
  say(notice, new Date(data.at));
});
navigator.serviceWorker?.startMessages();
navigator.serviceWorker?.controller?.postMessage({ asks: location.href });

addEventListener("online", tell);
addEventListener("offline", tell);
tell();

// The page that lists what is kept.
async function fill(list) {
  const names = "caches" in window ? ["pages-1", "own-1"] : [];
  const pages = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  for (const request of pages.flat().reverse()) {
    const kept = await caches.match(request, { ignoreVary: true });
    const type = kept.headers.get("Content-Type") || "";
    if (!type.startsWith("text/html") || request.url.endsWith("/saved/")) continue;
    const page = new DOMParser().parseFromString(await kept.text(), "text/html");
    const link = document.createElement("a");
    link.href = request.url;
    link.lang = page.documentElement.lang;
    link.textContent = page.querySelector("h1")?.textContent || page.title;
    list.append(document.createElement("li"));
    list.lastChild.append(link);
  }
  document.getElementById("none").hidden = list.children.length > 0;
}

const list = document.getElementById("saved");
if (list) fill(list);
