const ALONE = 150; // ms without another key

// A scanner ends with Enter: in a form marked data-enter-next Enter moves on, and sends from the last field.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter-next]");
  if (form && event.key === "Enter" && event.target.matches("input:not([type=submit]), select")) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]")].filter(
      (f) => !f.disabled && (f === event.target || !("enterSkip" in f.dataset)),
    );
    const next = fields
      .slice(fields.indexOf(event.target) + 1)
      .find((f) => !event.target.name || f.name !== event.target.name);
    if (next && next.type !== "submit") {
      event.preventDefault();
      next.focus();
      next.select?.();
    } else if (next && event.target.matches("select")) {
      event.preventDefault();
      next.click();
    }
    return;
  }
  clearTimeout(pause);
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?" || event.key === "؟") {
    event.preventDefault();
    showKeys();
    return;
  }
  if (event.key.length > 1 || help?.open) return;
  // One letter alone is a shortcut, several are a scan, a slow scanner's too (UNPLACED in scanner.js).
  const among = event.timeStamp - last <= ALONE;
  last = event.timeStamp;
  // Nor is a key held while this page loaded (early.js): who pressed it had not seen the page.
  if (among || !event.isTrusted) return;
  const key = event.key;
  const code = event.code.replace(/^(Key|Digit)/, "").toLowerCase(); // the key with n on it, in any script
  const act = () => {
    if (navigator.scheduling?.isInputPending?.()) {
      pause = setTimeout(act, ALONE);
      return;
    }
    const button = !off() && (named(key) ?? named(code));
    if (button) {
      button.focus();
      button.click();
    }
  };
  pause = setTimeout(act, ALONE);
});

// "?" shows the letters of this page; who is disturbed by them switches them off for this browser.
const help = document.getElementById("keys");
const off = () => localStorage.getItem("letters") === "off";
const named = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
let pause,
  last = -Infinity;

function showKeys() {
  const list = help.querySelector("dl");
  list.replaceChildren(
    ...[...document.querySelectorAll("[data-key]")].flatMap((act) => {
      const key = document.createElement("dt"),
        words = document.createElement("dd");
      key.append(Object.assign(document.createElement("kbd"), { textContent: act.dataset.key }));
      words.textContent = [...(act.labels?.[0] ?? act).childNodes]
        .filter((n) => n.nodeName !== "KBD")
        .map((n) => n.textContent)
        .join("")
        .trim();
      return [key, words];
    }),
  );
  help.querySelector("input").checked = !off();
  help.showModal();
}
document.querySelector("[data-shows-keys]")?.addEventListener("click", showKeys);
help
  ?.querySelector("input")
  .addEventListener("change", (event) => localStorage.setItem("letters", event.target.checked ? "on" : "off"));
