// The place leaves the telephone rounded, in the body of a POST, and only after a press.
for (const form of document.querySelectorAll("form[data-near]")) {
  if (!("geolocation" in navigator)) continue;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(2);
        form.elements.longitude.value = coords.longitude.toFixed(2);
        form.submit();
      },
      () => {
        button.removeAttribute("aria-busy");
        button.disabled = false;
        form.querySelector("[role=status]").hidden = false;
      },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}
