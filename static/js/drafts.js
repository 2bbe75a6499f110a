// What was typed in a form marked data-draft survives a reload and a lost session, in this tab only.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft:${form.dataset.draftOf ?? location.pathname}:${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((f) => f.name && f.type !== "hidden" && f.type !== "password" && !("private" in f.dataset));
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  for (const field of fields()) {
    if (!(field.name in kept)) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
    else if (!field.value) field.value = kept[field.name];
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
// A page that says the form went through clears its draft.
for (const done of document.querySelectorAll("[data-draft-done]")) {
  for (const key of Object.keys(sessionStorage)) if (key.endsWith(`:${done.dataset.draftDone}`)) sessionStorage.removeItem(key);
}
