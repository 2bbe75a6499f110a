// What was typed in a form survives a reload, a cut network and a lost session: in this tab only, sealed, and only for
// the person who typed it. The key comes with a signed-in page (config/drafts.py); signing out makes it useless. A page
// without a reader leaves the drafts where they are. Anonymous forms marked data-draft keep theirs open, in this tab.
const { reader, draftKey } = document.body.dataset;
const OF = `draft:${reader}:`;
const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"));
for (const key of stored()) if (reader && !key.startsWith(OF)) sessionStorage.removeItem(key);
// A page that says the form went through clears its draft; so does the answer of the server that took it.
for (const done of document.querySelectorAll("[data-draft-done]")) {
  for (const key of stored()) if (key.endsWith(`:${done.dataset.draftDone}`)) sessionStorage.removeItem(key);
}
const [, cookie, taken] = /(?:^|; )((?:__Host-)?drafts_done)=([^;]*)/.exec(document.cookie) ?? [];
if (cookie) {
  const gone = stored().filter((key) => taken === "*" || sessionStorage.getItem(key).startsWith(`${taken}.`));
  gone.forEach((key) => sessionStorage.removeItem(key));
  const where = cookie.startsWith("__Host-") ? "Path=/; Secure" : "Path=/";
  if (gone.length || taken === "*") document.cookie = `${cookie}=; Max-Age=0; ${where}`;
}

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const UNTYPED = ["hidden", "password", "submit", "button", "reset"];
const isKept = (f) => f.name && !UNTYPED.includes(f.type) && !("private" in f.dataset);
const fieldsOf = (form) => [...form.elements].filter(isKept);
const SECRET = "[type=password], [autocomplete=one-time-code], [data-scan-here]";
const isOfStaff = (form) =>
  form.method === "post" && !("noDraft" in form.dataset) && !form.querySelector(SECRET) && fieldsOf(form).length > 0;
// Two forms of one page may go to one address: what they hide (a marker, a prefix) tells them apart.
const FLEETING = ["csrfmiddlewaretoken", "submission_id", "draft", "looked_for"];
const hides = (f) => f.type === "hidden" && f.value && !FLEETING.includes(f.name);
function nameOf(form) {
  const hidden = [...form.elements].filter(hides).map((f) => `${f.name}=${f.value}`);
  const address = (form.getAttribute("action") || location.pathname).replace(/^\/(ar|fr|en)\//, "/");
  return [form.dataset.draftOf ?? "", address, ...hidden].join();
}
const ofPage = (form) => `${form.dataset.draftOf ?? location.pathname}:${form.dataset.draft}`;

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (some) => btoa(Array.from(new Uint8Array(some), (b) => String.fromCharCode(b)).join(""));
const sealing =
  draftKey && globalThis.crypto?.subtle
    ? crypto.subtle.importKey("raw", bytes(draftKey), "AES-GCM", false, ["encrypt", "decrypt"])
    : null;
async function seal(words) {
  if (!sealing) return words;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealing, new TextEncoder().encode(words));
  return `${text(iv)}.${text(sealed)}`;
}
// Nothing for what another key sealed.
async function unseal(words) {
  if (!sealing) return words;
  const [iv, sealed] = words.split(".");
  try {
    const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await sealing, bytes(sealed));
    return new TextDecoder().decode(open);
  } catch {
    return "{}";
  }
}

function typed(form) {
  const now = {};
  for (const field of fieldsOf(form)) {
    if (isTicked(field)) {
      now[field.name] ??= [];
      if (field.checked) now[field.name].push(field.value);
    } else if (field.type !== "file") now[field.name] = field.value;
  }
  return now;
}
function fill(form, kept, touched, forget) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    if (!(field.name in kept) || field.type === "file" || touched.has(field)) continue;
    const before = [field.checked, field.value].join();
    if (isTicked(field)) field.checked = kept[field.name].includes(field.value);
    else field.value = kept[field.name];
    changed ||= before !== [field.checked, field.value].join();
  }
  if (!changed) return null;
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  const note = document.querySelector("#draft-note").content.firstElementChild.cloneNode(true);
  form.before(note);
  note.querySelector("button").addEventListener("click", () => {
    forget();
    form.reset();
    note.remove();
    fieldsOf(form)[0]?.focus();
  });
  return note;
}

async function keep(form, key) {
  const touched = new Set();
  const fresh = () => text(crypto.getRandomValues(new Uint8Array(12))).replace(/\W/g, "0");
  let token = sessionStorage.getItem(key)?.split(".")[0];
  let turn = 0,
    sealed = null; // while the last keys are being sealed
  async function store(mine) {
    const words = await seal(JSON.stringify(typed(form)));
    if (mine !== turn) return;
    sessionStorage.setItem(key, `${token}.${words}`);
    sealed = null;
  }
  form.addEventListener("input", (event) => {
    touched.add(event.target);
    token ??= fresh();
    sealed = store(++turn);
  });
  form.addEventListener("submit", (event) => {
    // What is sent is kept first: the way to the server may be cut, or lead to a sign-in.
    if (sealed) {
      event.preventDefault();
      sealed.then(() => form.requestSubmit(event.submitter));
      return;
    }
    const said = form.querySelector("[name=draft]") ?? document.createElement("input");
    Object.assign(said, { type: "hidden", name: "draft", value: token ?? "" });
    if (draftKey) form.append(said);
  });
  const kept = sessionStorage.getItem(key);
  if (!kept) return null;
  const open = JSON.parse(await unseal(kept.slice(kept.indexOf(".") + 1)));
  return fill(form, open, touched, () => sessionStorage.removeItem(key));
}

const asked = sessionStorage.getItem("asked-first");
if (!reader || document.querySelector("[data-reauthentication]")) sessionStorage.setItem("asked-first", "1");
else sessionStorage.removeItem("asked-first");
for (const form of document.forms) {
  const staff = sealing && isOfStaff(form);
  if (!staff && (reader || !("draft" in form.dataset))) continue;
  const key = staff ? OF + nameOf(form) : OF + ofPage(form);
  keep(form, key).then((note) => {
    // After a sign-in the reader does not look for the form that was sent.
    if (note && asked && reader) note.scrollIntoView({ block: "center", behavior: "instant" });
  });
}
document.querySelector("form[action$='/logout/']")?.addEventListener("submit", () => {
  for (const key of stored()) sessionStorage.removeItem(key);
});
