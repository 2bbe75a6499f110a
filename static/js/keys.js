// A scanner ends with Enter: in a form marked data-enter-next Enter moves on, and sends from the last field.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter-next]");
  if (form && event.key === "Enter" && event.target.matches("input:not([type=submit]), select")) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]")]
      .filter((f) => !f.disabled && (f === event.target || !("enterSkip" in f.dataset)));
    const next = fields.slice(fields.indexOf(event.target) + 1).find((f) => !event.target.name || f.name !== event.target.name);
    if (next && next.type !== "submit") { event.preventDefault(); next.focus(); next.select?.(); }
    else if (next && event.target.matches("select")) { event.preventDefault(); next.click(); }
    return;
  }
  // A barcode begins with its identifier: wherever the cursor is, what is scanned falls into its own field.
  const scans = event.key.length === 1 && document.querySelector(`[data-scans="${CSS.escape(event.key)}"]`);
  const typing = event.target.matches("input, textarea, select");
  if (scans && scans !== event.target && !(typing && scans.value)) { scans.value = ""; scans.focus(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?" || event.key === "؟") { event.preventDefault(); showKeys(); return; }
  if (event.key.length > 1 || help?.open) return;
  // A scanner types faster than a hand: its letters fall into the field for scans, one alone is a shortcut.
  clearTimeout(pause);
  burst += event.key;
  code = event.code.replace(/^(Key|Digit)/, "").toLowerCase();  // the key that bears n, in whatever script
  const field = burst.length > 1 && document.querySelector("[data-scan-here]");
  if (field) { event.preventDefault(); field.value += burst; burst = ""; field.focus(); return; }
  pause = setTimeout(() => {
    const act = burst.length === 1 && !off() && (named(burst) ?? named(code));
    burst = "";
    if (act) { act.focus(); act.click(); }
  }, 60);
});

// "?" shows the letters of this page; whoever is hindered by them switches them off for this browser.
const help = document.getElementById("keys");
const off = () => localStorage.getItem("letters") === "off";
const named = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
let burst = "", code = "", pause;
// A scan that began before the field had the focus has lost nothing.
document.addEventListener("focusin", (event) => {
  if (!burst || !event.target.matches("[data-scan-here]")) return;
  clearTimeout(pause);
  event.target.value = burst;
  burst = "";
});

function showKeys() {
  const list = help.querySelector("dl");
  list.replaceChildren(...[...document.querySelectorAll("[data-key]")].flatMap((act) => {
    const key = document.createElement("dt"), words = document.createElement("dd");
    key.append(Object.assign(document.createElement("kbd"), { textContent: act.dataset.key }));
    words.textContent = [...act.childNodes].filter((n) => n.nodeName !== "KBD").map((n) => n.textContent).join("").trim();
    return [key, words];
  }));
  help.querySelector("input").checked = !off();
  help.showModal();
}
document.querySelector("[data-shows-keys]")?.addEventListener("click", showKeys);
help?.querySelector("input").addEventListener("change", (event) => localStorage.setItem("letters", event.target.checked ? "on" : "off"));
