// What was typed in a form marked data-draft survives a reload and a lost session: in this tab only, and
// only for the person who typed it. The page of a sign-in names no reader and leaves the drafts where they are.
// What was sent in a form marked data-comes-back does so with its page when the server first asked for a
// second factor; any other page forgets it.
const reader = document.body.dataset.reader;
const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"));
for (const key of stored()) if (reader && !key.startsWith(`draft:${reader}:`)) sessionStorage.removeItem(key);
// A page that says the form went through clears its draft.
for (const done of document.querySelectorAll("[data-draft-done]")) {
  for (const key of stored()) if (key.endsWith(`:${done.dataset.draftDone}`)) sessionStorage.removeItem(key);
}
const isKept = (f) => f.name && f.type !== "hidden" && f.type !== "password" && !("private" in f.dataset);
const fieldsOf = (form) => [...form.elements].filter(isKept);
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
function typed(form) {
  const now = {};
  for (const field of fieldsOf(form)) {
    if (isTicked(field)) {
      now[field.name] ??= [];
      if (field.checked) now[field.name].push(field.value);
    } else now[field.name] = field.value;
  }
  return now;
}
function fill(form, kept, forget) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    if (!(field.name in kept) || field.type === "file") continue;
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
    fieldsOf(form)
      .find((field) => field.type !== "submit")
      ?.focus();
  });
  return note;
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft:${reader}:${form.dataset.draftOf ?? location.pathname}:${form.dataset.draft}`;
  fill(form, JSON.parse(sessionStorage.getItem(key) || "{}"), () => sessionStorage.removeItem(key));
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(typed(form))));
}
const sentKey = `draft:${reader}:sent`;
const sent = JSON.parse(sessionStorage.getItem(sentKey) || "null");
// Two forms of one page may go to one address: what they hide (a marker, a prefix) tells them apart.
const hides = (f) => f.type === "hidden" && f.name !== "csrfmiddlewaretoken";
const hidden = (form) => [...form.elements].filter(hides).map((f) => `${f.name}=${f.value}`);
const nameOf = (form) => [form.getAttribute("action"), ...hidden(form)].join();
if (document.querySelector("[data-reauthentication]")) {
  if (sent) sessionStorage.setItem(sentKey, JSON.stringify({ ...sent, asked: true }));
} else if (sent) {
  sessionStorage.removeItem(sentKey);
  const forms = sent.asked ? [...document.querySelectorAll("form[data-comes-back]")] : [];
  const form = forms.find((one) => nameOf(one) === sent.form);
  if (form) fill(form, sent.typed, () => {})?.scrollIntoView({ block: "center", behavior: "instant" });
}
for (const form of document.querySelectorAll("form[data-comes-back]")) {
  form.addEventListener("submit", () => {
    sessionStorage.setItem(sentKey, JSON.stringify({ form: nameOf(form), typed: typed(form) }));
  });
}
