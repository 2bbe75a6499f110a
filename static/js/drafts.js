// What was typed in a form marked data-draft survives a reload and a lost session: in this tab only, and
// for whoever typed it only. The page of a sign-in bears no reader and leaves the drafts where they are.
const reader = document.body.dataset.reader;
const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"));
for (const key of stored()) if (reader && !key.startsWith(`draft:${reader}:`)) sessionStorage.removeItem(key);
// A page that says the form went through clears its draft.
for (const done of document.querySelectorAll("[data-draft-done]")) {
  for (const key of stored()) if (key.endsWith(`:${done.dataset.draftDone}`)) sessionStorage.removeItem(key);
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft:${reader}:${form.dataset.draftOf ?? location.pathname}:${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((f) => f.name && f.type !== "hidden" && f.type !== "password" && !("private" in f.dataset));
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  let changed = false;
  for (const field of fields()) {
    if (!(field.name in kept) || field.type === "file") continue;
    const before = [field.checked, field.value].join();
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
    else field.value = kept[field.name];
    changed ||= before !== [field.checked, field.value].join();
  }
  if (changed) {
    const note = document.querySelector("#draft-note").content.firstElementChild.cloneNode(true);
    form.before(note);
    note.querySelector("button").addEventListener("click", () => {
      sessionStorage.removeItem(key);
      form.reset();
      note.remove();
      fields().find((field) => field.type !== "submit")?.focus();
    });
  }
  form.addEventListener("input", () => {
    const now = {};
    for (const field of fields()) {
      if (field.type === "checkbox" || field.type === "radio") {
        now[field.name] ??= [];
        if (field.checked) now[field.name].push(field.value);
      } else now[field.name] = field.value;
    }
    sessionStorage.setItem(key, JSON.stringify(now));
  });
}
