// A scanner is a keyboard that presses the keys of a US layout; the layout of this computer makes letters of
// them, other ones under AZERTY or Arabic. So what comes at a scanner's pace is read by the keys themselves, and
// what a person types stays as it was typed. docs/decisions/0021-scanners.md has the reasons for the figures.
const GAP = 60; // ms from key to key, by the keyboard's clock: a slow computer does not stretch them
const SLOW = 400; // the same for what began with a barcode's identifier, and must be one whole barcode
const UNPLACED = 150; // the same where no field has the cursor; a shortcut waits as long (keys.js)
const FEWEST = 6; // characters: no hand keeps the pace for so long
const MOST = 400; // characters: the longest square code has fewer
const WAIT = 250; // ms until a card's text that came line by line is taken for whole
const KINDS = "[data-scans], [data-scan-here], [data-scan]";
const TEXT = "textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset])";

const NUMBER = /^=?[A-NP-Z1-9][A-NP-Z0-9]{2}\d{10}(\d\d|[0-9A-Z*])?$/i;
const SIGNED = /^=[A-NP-Z1-9][A-NP-Z0-9]{2}\d{10}(\d\d|[0-9A-Z*])?$/i;
// Letters and digits come after the sign of a number only.
const STRUCTURE = /^(=[^=&\dA-Za-z\s][!-~]{3,}|&[!-~]{4,}|=[A-NP-Z1-9][A-NP-Z0-9]{2}\d{12}[=&][^\dA-Za-z\s][!-~]+)$/i;
const EXACT = /^(=%[\dA-Z]{4}|=<[A-Z][\dA-Z]\d{3}[\dA-Z]{3}|=[>*]\d{6}|&[>*]\d{10}|&\)[\dA-Z]{10}|=\+\d{5}[!-~]+)$/i;
const CARD = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;
const LOT = /^[\dA-Z][\dA-Z ./+-]+$/i;
const DOCUMENT = /^[A-Z]{1,2}\d{4,7}$/i;
// What machines read of a card, in three lines, or of a passport, in two.
const ZONE = /^([ACI][A-Z<][A-Z]{3}[A-Z0-9<]{25}([A-Z0-9<]{60})?|P[A-Z<][A-Z]{3}[A-Z0-9<]{83})$/i;
const MORE_LINES = /^([ACI][A-Z<][A-Z]{3}[A-Z0-9<]{25}([A-Z0-9<]{30})?|P[A-Z<][A-Z]{3}[A-Z0-9<]{39})$/i;
const WHOLE = [SIGNED, EXACT, CARD, ZONE]; // what no words look like, at any pace
const SYMBOLOGY = /^\][a-z][\da-z](?=.{6})/i; // what some scanners say first: which kind of code they read

const SIGNS = {
  Backquote: "`~",
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  Space: "  ",
  NumpadAdd: "++",
  NumpadSubtract: "--",
  NumpadMultiply: "**",
  NumpadDivide: "//",
  NumpadDecimal: "..",
  NumpadEqual: "==",
};
const OVER_DIGITS = ")!@#$%^&*(";

let keys = [], // one object a key; `place` where a scan may begin
  last = -Infinity,
  ownCaps = false,
  code = "",
  pause,
  held = false;

function forget() {
  clearTimeout(pause);
  keys = [];
  last = -Infinity;
  ownCaps = held = false;
  code = "";
}

// One key on a US keyboard; nothing for a key that it does not have.
function onUS({ name, shift, caps, said }) {
  if (said) return said;
  const letter = /^Key([A-Z])$/.exec(name)?.[1];
  // A scanner that presses Caps Lock means it; one that was switched on before makes no difference.
  if (letter) return shift !== (ownCaps && caps) ? letter : letter.toLowerCase();
  const digit = /^(Digit|Numpad)(\d)$/.exec(name);
  if (digit) return shift && digit[1] === "Digit" ? OVER_DIGITS[digit[2]] : digit[2];
  return SIGNS[name]?.[shift ? 1 : 0];
}

function physical(some = keys) {
  const read = some.map(onUS);
  return read.includes(undefined) ? "" : read.join("");
}
const typed = (some = keys) => some.map((key) => key.typed).join("");
const identifies = (key) => ["=", "&"].includes(onUS(key));

// How long the next key may take: what began with a barcode's identifier may be a slow scanner's, and where no
// field has the cursor nobody writes.
function patience() {
  if (keys.some(identifies)) return SLOW;
  return keys.length && !keys[0].place ? UNPLACED : GAP;
}

function quick(some) {
  const gaps = some.slice(1).map((key) => key.gap);
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] <= GAP; // one late key makes no hand
}

// What the keys mean in this field; nothing where they may as well be somebody's words.
function understood(some, field) {
  const read = physical(some);
  const bare = read.replace(SYMBOLOGY, "");
  if (!quick(some)) return [typed(some), bare].find((text) => WHOLE.some((kind) => kind.test(text))) ?? "";
  const unsigned = NUMBER.test(bare) && /^[^=].{14}$/.test(bare) && !field.matches("[data-scan=lot]");
  if (unsigned) return `=${bare}`; // the scanner took its sign away
  const known = [NUMBER, STRUCTURE, CARD, DOCUMENT, ZONE].some((kind) => kind.test(bare));
  if (known) return bare;
  return field.matches("[data-scan=lot]") && LOT.test(read) ? read : "";
}

// The scan among the last keys, and where it began: what was typed just before it is not part of it.
function scanned() {
  for (const [at, { place }] of keys.entries()) {
    if (!place || keys.length - at < FEWEST) continue;
    const text = understood(keys.slice(at), place.field);
    if (text && (place.field.matches(KINDS) || SIGNED.test(text))) return { text, place };
  }
  return null;
}

// A donation number has its own field, wherever the cursor is; every other text stays where it came.
function fieldFor(text, field) {
  if (!SIGNED.test(text) || field.matches("[data-scans], [data-scan-here]")) return field;
  const own = (root) => root?.querySelector('[data-scans="="]') ?? root?.querySelector("[data-scan-here]");
  return own(field.form) ?? own(field.closest("dialog") ?? document) ?? field;
}

function write(field, value, cursor = value.length) {
  if (field.value === value) return;
  field.value = value;
  if (field === document.activeElement) field.setSelectionRange?.(cursor, cursor);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Returns the field that now holds a scan; nothing where the keys were none.
function settle() {
  const found = scanned();
  if (!found) return null;
  const { text, place } = found;
  const { field, before, start, end } = place;
  const own = fieldFor(text, field);
  if (own !== field) {
    write(field, before, start);
    own.focus();
  }
  const whole = [SIGNED, CARD, ZONE].some((kind) => kind.test(text)); // nothing else belongs beside it
  // On the board the volume may be typed before the bag is scanned.
  const volume =
    own.matches("[data-scan-after]") && own === field && /^\d{1,3}$/.test(before.slice(0, start)) ? before : "";
  if (whole && own.matches(KINDS)) write(own, volume.slice(0, start) + text);
  else if (own.matches(KINDS)) write(own, before.slice(0, start) + text + before.slice(end), start + text.length);
  return own;
}

function at(field) {
  if (!field.matches(TEXT)) return null;
  const before = field.value;
  return { field, before, start: field.selectionStart ?? before.length, end: field.selectionEnd ?? before.length };
}

// The scan's first key gets its place before the field gets the cursor, so that no other handler writes the key.
function moveTo(field) {
  keys[0].place = { field, before: "", start: 0, end: 0 };
  field.value = "";
  field.focus();
}

// Where nobody is writing, a scan looks for its field: by its identifier, or the field for all scans.
function lead(event) {
  const chooses = event.target.matches("select");
  if (keys[0].place && !chooses) return;
  const root = document.querySelector("dialog[open]") ?? document;
  const sign = physical(keys.slice(0, 1));
  const here = root.querySelector("[data-scan-here]");
  const field = here ?? root.querySelector(`[data-scans="${CSS.escape(sign)}"]`);
  if (!field) return;
  if (keys.length === 1) {
    // No shortcut is a sign or a digit: such a key need not wait for the pace of the next one.
    if ((chooses ? /^[=&\]]$/ : /^[=&\]\d]$/).test(sign)) moveTo(field);
  } else if (!chooses) {
    event.preventDefault();
    moveTo(field);
    field.value = typed();
  }
}

// The key that ends a scan is meant for the field that holds it now.
function endAt(field, event) {
  event.stopImmediatePropagation();
  if (event.key !== "Enter") return; // Tab goes on from the field that has the cursor
  const enter = new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true });
  if (!field.dispatchEvent(enter)) event.preventDefault();
}

function ends(event) {
  const inTime = event.timeStamp - last <= patience();
  // The lines of a card's text end with Enter each: all of them are one answer.
  held = inTime && event.key === "Enter" && Boolean(keys[0]?.place) && MORE_LINES.test(physical());
  held &&= keys[0].place.field.matches(KINDS);
  if (held) {
    event.preventDefault();
    event.stopImmediatePropagation();
    last = event.timeStamp;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const field = settle();
      forget();
      field?.form?.requestSubmit();
    }, WAIT);
    return;
  }
  const field = inTime ? settle() : null;
  forget();
  if (field && field !== event.target) endAt(field, event);
}

function take(key, event) {
  key.gap = event.timeStamp - last;
  last = event.timeStamp;
  const begins = !keys.length || key.gap > GAP || identifies(key);
  keys.push(begins ? { ...key, place: at(event.target) } : key);
  clearTimeout(pause);
  pause = setTimeout(settle, 2 * GAP); // scanners that end with no key; more keys of the same scan may follow
}

addEventListener(
  "keydown",
  (event) => {
    // Words that are being composed, a key held down, a command of the keyboard: none of them is a scan.
    if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || !event.target.matches) return forget();
    if (event.key === "Enter" || event.key === "Tab") return ends(event);
    if (event.key === "CapsLock") ownCaps = keys.length > 0 && event.timeStamp - last <= GAP;
    if (["Shift", "CapsLock", "NumLock", "Alt", "AltGraph"].includes(event.key)) return;
    if ((event.timeStamp - last > patience() && !held) || keys.length > MOST) forget();
    const pad = /^Numpad(\d)$/.exec(event.code)?.[1];
    if (event.altKey && pad) {
      // a character by its number, layout or not
      last = event.timeStamp;
      code += pad;
      if (event.key.length > 1) event.preventDefault();
      return;
    }
    if (event.altKey) return forget();
    const moves = /^[A-Z][A-Za-z0-9]+$/.test(event.key) && !["Dead", "Process", "Unidentified"].includes(event.key);
    if (moves && !(pad && keys.length)) return forget();
    if (moves) event.preventDefault(); // digits of a keypad whose Num Lock is off
    const caps = event.getModifierState("CapsLock");
    const said = /^[A-Z]\w+$/.test(event.key) ? "" : event.key;
    take({ name: event.code, shift: event.shiftKey, caps, typed: said }, event);
    lead(event);
  },
  true,
);

addEventListener(
  "keyup",
  (event) => {
    if (event.key !== "Alt" || !code) return;
    const said = String.fromCharCode(Number(code));
    code = "";
    take({ said, typed: said }, event);
  },
  true,
);

// A scan that began before the field had the focus has lost nothing.
addEventListener("focusin", (event) => {
  if (!keys.length || keys[0].place || !event.target.matches("[data-scan-here]")) return;
  moveTo(event.target);
  event.target.value = typed();
});
for (const left of ["pagehide", "pointerdown", "click", "paste"]) addEventListener(left, forget, true);
