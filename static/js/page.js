const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  button.setAttribute("aria-busy", "true");
  setTimeout(() => {
    button.disabled = true;
  }, 0);
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  });
});

document.querySelector("[data-print]")?.addEventListener("click", () => print());

document.body.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

// A part of the page that asks for itself again: unchanged it stays, so that a reader's focus and an
// open table stay too; while somebody types in it, it waits.
const seen = new Map();
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (requestConfig.verb !== "get" || !target.id) return;
  const typing = target.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  if (typing || seen.get(target.id) === xhr.responseText) {
    event.detail.shouldSwap = false;
    return;
  }
  seen.set(target.id, xhr.responseText);
  const open = [...target.querySelectorAll("details[id][open]")].map((part) => part.id);
  document.body.addEventListener(
    "htmx:afterSwap",
    () => open.forEach((id) => document.getElementById(id)?.setAttribute("open", "")),
    { once: true },
  );
});
