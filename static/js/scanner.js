// A scanner is a keyboard that presses the keys of a US layout; the layout of this computer makes letters of
// them, other ones under AZERTY or Arabic. So what comes at a scanner's pace is read by the keys themselves, and
// what a hand types stays as it was typed. docs/decisions/0021-scanners.md has the reasons for the figures.
const GAP = 60; // ms from key to key, by the keyboard's clock: a slow computer does not stretch them
const FEWEST = 6; // characters: no hand keeps the pace for so long
const WAIT = 250; // ms until a card's text that came line by line is taken for whole
const KINDS = "[data-scans], [data-scan-here], [data-scan]";
const TEXT = "textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset])";

const NUMBER = /^=?[A-NP-Z1-9][A-NP-Z0-9]{2}\d{10}(\d\d|[0-9A-Z*])?$/i;
const STRUCTURE = /^[=&][!-~]{4,}$/;
const CARD = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;
const LOT = /^[\dA-Z][\dA-Z ./+-]+$/i;
const DOCUMENT = /^[A-Z]{1,2}\d{4,7}$/i;
// What machines read of a card, in three lines, or of a passport, in two.
const ZONE = /^([ACI][A-Z<][A-Z]{3}[A-Z0-9<]{25}([A-Z0-9<]{60})?|P[A-Z<][A-Z]{3}[A-Z0-9<]{83})$/i;
const MORE_LINES = /^([ACI][A-Z<][A-Z]{3}[A-Z0-9<]{25}([A-Z0-9<]{30})?|P[A-Z<][A-Z]{3}[A-Z0-9<]{39})$/i;
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

let keys = [],
  last = -Infinity,
  ownCaps = false,
  code = "",
  place = null,
  pause,
  held = false;

function forget() {
  clearTimeout(pause);
  keys = [];
  last = -Infinity;
  ownCaps = held = false;
  code = "";
  place = null;
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

const physical = () => {
  const read = keys.map(onUS);
  return read.includes(undefined) ? "" : read.join("");
};
const typed = () => keys.map((key) => key.typed).join("");

// What the keys mean in this field; nothing where they may as well be somebody's words.
function understood(read, field) {
  const bare = read.replace(SYMBOLOGY, "");
  const unsigned = NUMBER.test(bare) && /^[^=].{14}$/.test(bare) && !field.matches("[data-scan=lot]");
  if (unsigned) return `=${bare}`; // the scanner took its sign away
  const known = [NUMBER, STRUCTURE, CARD, DOCUMENT, ZONE].some((kind) => kind.test(bare));
  if (known) return bare;
  return field.matches("[data-scan=lot]") && LOT.test(read) ? read : "";
}

function settle() {
  if (!place || keys.length < FEWEST) return;
  const { field, before, start, end } = place;
  const meant = understood(physical(), field);
  const value = before.slice(0, start) + meant + before.slice(end);
  if (!meant || field.value === value) return;
  field.value = value;
  field.setSelectionRange?.(start + meant.length, start + meant.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function at(field) {
  if (!field.matches(KINDS)) return null;
  const before = field.value;
  return { field, before, start: field.selectionStart ?? 0, end: field.selectionEnd ?? before.length };
}

const empty = (field) => {
  field.value = "";
  field.focus();
  return { field, before: "", start: 0, end: 0 };
};

// A barcode begins with its identifier: wherever the cursor is, what is scanned falls into its own field. What
// begins otherwise goes to the field for all scans, where no field has the cursor.
function lead(event) {
  const typing = event.target.matches(TEXT) || event.target.isContentEditable;
  if (keys.length === 1) {
    const scans = document.querySelector(`[data-scans="${CSS.escape(event.key)}"]`);
    if (scans && scans !== event.target && !(typing && scans.value)) place = empty(scans);
    // No shortcut is a sign or a digit: such a key need not wait for the pace of the next one.
    const here = /^[=&\]\d]$/.test(physical()) && document.querySelector("[data-scan-here]");
    if (here && !typing && !place && !document.querySelector("dialog[open]")) place = empty(here);
  } else if (!typing && !place && !document.querySelector("dialog[open]")) {
    const sign = CSS.escape(physical().charAt(0));
    const field = document.querySelector("[data-scan-here]") ?? document.querySelector(`[data-scans="${sign}"]`);
    if (!field) return;
    event.preventDefault();
    place = empty(field);
    field.value = typed();
  }
}

function ends(event) {
  // The lines of a card's text end with Enter each: all of them are one answer.
  const more = place && event.key === "Enter" && MORE_LINES.test(physical());
  held = Boolean(more && event.timeStamp - last <= GAP);
  if (held) {
    event.preventDefault();
    event.stopImmediatePropagation();
    last = event.timeStamp;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const form = place?.field.form;
      settle();
      forget();
      form?.requestSubmit();
    }, WAIT);
    return;
  }
  if (event.timeStamp - last <= GAP) settle();
  forget();
}

addEventListener(
  "keydown",
  (event) => {
    // Words that are being composed, a key held down, a command of the keyboard: none of them is a scan.
    if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey || !event.target.matches) return forget();
    if (event.key === "Enter" || event.key === "Tab") return ends(event);
    if (event.key === "CapsLock") ownCaps = keys.length > 0 && event.timeStamp - last <= GAP;
    if (["Shift", "CapsLock", "NumLock", "Alt", "AltGraph"].includes(event.key)) return;
    if (event.timeStamp - last > GAP && !held) {
      forget();
      place = at(event.target);
    }
    last = event.timeStamp;
    const pad = /^Numpad(\d)$/.exec(event.code)?.[1];
    if (event.altKey && pad) {
      // a character by its number, layout or not
      code += pad;
      if (event.key.length > 1) event.preventDefault();
      return;
    }
    if (event.altKey) return forget();
    const moves = /^[A-Z][A-Za-z0-9]+$/.test(event.key) && !["Dead", "Process", "Unidentified"].includes(event.key);
    if (moves && !(pad && keys.length)) return forget();
    if (moves) event.preventDefault(); // digits of a keypad whose Num Lock is off
    const caps = event.getModifierState("CapsLock");
    keys.push({ name: event.code, shift: event.shiftKey, caps, typed: /^[A-Z]\w+$/.test(event.key) ? "" : event.key });
    lead(event);
    clearTimeout(pause);
    pause = setTimeout(settle, 2 * GAP); // scanners that end with no key; more keys of the same scan may follow
  },
  true,
);

addEventListener(
  "keyup",
  (event) => {
    if (event.key !== "Alt" || !code) return;
    const said = String.fromCharCode(Number(code));
    code = "";
    last = event.timeStamp;
    keys.push({ said, typed: said });
    clearTimeout(pause);
    pause = setTimeout(settle, 2 * GAP);
  },
  true,
);

// A scan that began before the field had the focus has lost nothing.
addEventListener("focusin", (event) => {
  if (!keys.length || place || !event.target.matches("[data-scan-here]")) return;
  place = empty(event.target);
  event.target.value = typed();
});
for (const left of ["pagehide", "pointerdown", "paste"]) addEventListener(left, forget, true);
