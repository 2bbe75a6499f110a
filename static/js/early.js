// Keys pressed while a page loads belong to the page that comes. From the moment a form is sent or a link followed they
// are held, and typed into the first field of the next page, once its scripts are there. An Enter moves on as it would
// by hand; it sends a search, but no other form: nobody has seen that one yet. After a refusal nothing is typed.
(() => {
  const HELD = "held-keys";
  const LONGEST = 15000; // ms that a page may take; later keys are somebody's next thought
  const STAYS = 8000; // ms after which a page that is still there (a file came) gets its keys itself
  let keys = [],
    leaving = 0,
    ready = false;
  const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  const means = (event) => event.key.length === 1 || event.key === "Enter" || event.key === "Backspace";

  addEventListener(
    "keydown",
    (event) => {
      if (!event.isTrusted || !plain(event) || !means(event)) return;
      const away = leaving && Date.now() - leaving < LONGEST;
      if (!away && ready) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      keys.push({ key: event.key, code: event.code, shiftKey: event.shiftKey });
    },
    true,
  );
  const leave = (event) => {
    const link = event.target.closest?.("a[href]");
    const page = link && link.origin === location.origin && !link.target && !link.hash && !link.pathname.includes(".");
    if (event.type !== "submit" && (!page || event.ctrlKey || event.metaKey || event.shiftKey)) return;
    if (event.defaultPrevented) return;
    leaving = Date.now();
    setTimeout(() => {
      leaving = 0;
      keys.splice(0).forEach(type);
    }, STAYS);
  };
  addEventListener("submit", leave);
  addEventListener("click", leave);
  addEventListener("pageshow", (event) => event.persisted && (leaving = 0));
  addEventListener("pagehide", () => {
    const { reader } = document.body.dataset;
    if (leaving && keys.length) sessionStorage.setItem(HELD, JSON.stringify({ at: leaving, reader, keys }));
  });

  function type({ key, code, shiftKey }) {
    const field = document.activeElement;
    const event = new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true });
    if (!field.dispatchEvent(event)) return;
    const now = document.activeElement; // a scan may have found its field
    if (key === "Enter") {
      if (now.matches("[data-scan-here]")) now.form.requestSubmit();
      else if (now.matches("input")) now.form?.querySelector("button[type=submit]")?.focus();
      return;
    }
    if (!now.matches("textarea, input:not([type=checkbox], [type=radio])")) return;
    const end = now.selectionEnd ?? now.value.length;
    const start = key === "Backspace" ? Math.max(0, end - 1) : (now.selectionStart ?? end);
    now.setRangeText(key === "Backspace" ? "" : key, start, end, "end");
    now.dispatchEvent(new Event("input", { bubbles: true }));
  }

  addEventListener("DOMContentLoaded", () => {
    const held = JSON.parse(sessionStorage.getItem(HELD) ?? "null");
    sessionStorage.removeItem(HELD);
    const mine = held && held.reader === document.body.dataset.reader && Date.now() - held.at < LONGEST;
    const all = [...(mine ? held.keys : []), ...keys];
    keys = [];
    ready = true;
    if (!all.length || document.querySelector("[data-focus], .notice.error")) return;
    if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
    all.forEach(type);
  });
})();
