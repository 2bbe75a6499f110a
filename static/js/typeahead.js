// While somebody types in a field marked data-finds, the rows that fit are shown below it; without script the form
// finds them when it is sent. A scan is sent by its own Enter before anything is asked for.
const PAUSE = 300; // ms without a key
for (const field of document.querySelectorAll("[data-finds]")) {
  const place = document.getElementById(field.getAttribute("aria-controls"));
  let pause,
    asking = new AbortController();
  async function ask() {
    asking = new AbortController();
    try {
      const body = new FormData(field.form);
      const answer = await fetch(field.dataset.finds, { method: "POST", body, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...found.body.childNodes);
    } catch {
      // Without a network, or too late: what is typed is still there and can be sent.
    }
  }
  const stop = () => {
    clearTimeout(pause);
    asking.abort();
  };
  field.addEventListener("input", () => {
    stop();
    pause = setTimeout(ask, PAUSE);
  });
  field.form.addEventListener("submit", stop);
  addEventListener("pagehide", stop);
}
