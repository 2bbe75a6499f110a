// The button that asks for notifications. Nothing is asked before it is pressed.
const form = document.querySelector("form[data-push]");
const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscribed(key) {
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await registration.pushManager.subscribe(options);
  } catch (error) {
    const old = error.name === "InvalidStateError" && (await registration.pushManager.getSubscription());
    if (!old) throw error; // made for another key of ours
    await old.unsubscribe();
    return registration.pushManager.subscribe(options);
  }
}

async function ask(event) {
  event.preventDefault();
  const refused = document.querySelector("[data-push-refused]");
  refused.hidden = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
    const { endpoint, keys } = (await subscribed(form.dataset.push)).toJSON();
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    refused.hidden = false;
    const button = form.querySelector("button");
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

if (form && can) {
  form.hidden = false;
  form.addEventListener("submit", ask);
} else if (form) {
  document.querySelector("[data-push-none]").hidden = false;
}
