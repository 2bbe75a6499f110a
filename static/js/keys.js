// A scanner ends with Enter: in a form marked data-enter-next Enter moves on, and sends from the last field.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter-next]");
  if (form && event.key === "Enter" && event.target.matches("input:not([type=submit])")) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]")].filter((f) => !f.disabled);
    const next = fields[fields.indexOf(event.target) + 1];
    if (next && next.type !== "submit") { event.preventDefault(); next.focus(); next.select?.(); }
    return;
  }
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (act) { event.preventDefault(); act.focus(); act.click(); }
});
