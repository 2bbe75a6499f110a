"""A scanner and a typist in a real browser: physical keys, and the characters of each layout.

Each key event carries its own timestamp, so that a slow machine does not change the pace.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

SHIFT, ALT = 8, 1
ROW = ["Backquote", *(f"Digit{n}" for n in "1234567890"), "Minus", "Equal"]
UPPER = [f"Key{c}" for c in "QWERTYUIOP"] + ["BracketLeft", "BracketRight"]
HOME = [f"Key{c}" for c in "ASDFGHJKL"] + ["Semicolon", "Quote", "Backslash"]
LOWER = [f"Key{c}" for c in "ZXCVBNM"] + ["Comma", "Period", "Slash"]
KEYS = ROW + UPPER + HOME + LOWER


@dataclass(frozen=True)
class Layout:
    """The characters of each of ``KEYS``, without Shift and with it; ``~`` marks a dead key."""

    plain: list[str]
    shifted: list[str]
    caps_is_shift: bool = False

    def says(self, code: str, *, shift: bool, caps: bool = False) -> str:
        if code.startswith("Numpad"):
            return code.removeprefix("Numpad")
        if caps and (self.caps_is_shift or code.startswith("Key")):
            shift = not shift
        return (self.shifted if shift else self.plain)[KEYS.index(code)]


US = Layout(
    list("`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./"),
    list('~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?'),
)
AZERTY = Layout(
    [*"²&é\"'(-è_çà)=azertyuiop", "Dead", *"$qsdfghjklmù*wxcvbn,;:!"],
    [*"²1234567890°+AZERTYUIOP", "Dead", *"£QSDFGHJKLM%µWXCVBN?./§"],
    caps_is_shift=True,
)
ARABIC = Layout(
    [*"ذ1234567890-=ضصثقفغعهخحجدشسيبلاتنمكط\\ئءؤر", "لا", *"ىةوزظ"],
    [*"\u0651!@#$%^&*)(_+\u064e\u064b\u064f\u064c", "لإ", *"إ‘÷×؛<>\u0650\u064d][", "لأ",
     *'أـ،/:"|~\u0652}{', "لآ", *"آ’,.؟"],
)  # fmt: skip
LAYOUTS = {"US": US, "AZERTY": AZERTY, "Arabic": ARABIC}


def on_us(text: str) -> Iterator[tuple[str, bool]]:
    """The keys that a scanner presses for a text, and whether with Shift."""
    for character in text:
        shift = character not in US.plain
        yield KEYS[(US.shifted if shift else US.plain).index(character)], shift


class Keyboard:
    """``pace`` and ``gap`` are milliseconds between two keys."""

    def __init__(self, page, layout: Layout, *, caps: bool = False):
        self.page, self.layout, self.caps = page, layout, caps
        self.cdp = page.context.new_cdp_session(page)
        self.now = time.time()

    def scans(self, text: str, *, keypad: bool = False, end: str = "Enter", pace: int = 12) -> None:
        self.now = time.time()
        for line in text.split("\n")[:-1]:
            self.scans(line, keypad=keypad, pace=pace)
        text = text.split("\n")[-1]
        for code, shift in on_us(text):
            pad = keypad and code.startswith("Digit") and not shift
            self.press(code.replace("Digit", "Numpad") if pad else code, shift=shift, gap=pace)
        if end:
            self.press(end, gap=pace)

    def types(self, text: str, *, gap: int = 90) -> None:
        """Type by hand: for each character the key that has it in this layout."""
        self.now = time.time()
        for character in text:
            shift = character not in self.layout.plain
            keys = self.layout.shifted if shift else self.layout.plain
            self.press(KEYS[keys.index(character)], shift=shift, gap=gap)

    def alt(self, text: str, *, pace: int = 5) -> None:
        """A scanner that sends each character as its number on the keypad, with Alt held."""
        self.now = time.time()
        for character in text:
            self._send("rawKeyDown", "AltLeft", "Alt", pace, modifiers=ALT)
            for digit in f"{ord(character):04d}":
                self._send("rawKeyDown", f"Numpad{digit}", digit, pace, modifiers=ALT)
                self._send("keyUp", f"Numpad{digit}", digit, 0, modifiers=ALT)
            self._send("keyUp", "AltLeft", "Alt", 1)
        self.press("Enter", gap=pace)

    def press(self, code: str, *, shift: bool = False, gap: int) -> None:
        if code in ("Enter", "Tab"):
            self._send("keyDown", code, code, gap, text="\r" if code == "Enter" else "")
            self._send("keyUp", code, code, 1)
            return
        modifiers = SHIFT if shift else 0
        if shift:
            self._send("rawKeyDown", "ShiftLeft", "Shift", gap / 2, modifiers=SHIFT)
            gap /= 2
        said = self.layout.says(code, shift=shift, caps=self.caps)
        if said == "Dead":
            self._send("rawKeyDown", code, said, gap, modifiers=modifiers)
        else:
            self._send("keyDown", code, said, gap, modifiers=modifiers, text=said)
        self._send("keyUp", code, said, 1, modifiers=modifiers)
        if shift:
            self._send("keyUp", "ShiftLeft", "Shift", 0)

    def _send(self, kind: str, code: str, key: str, gap: float, **more) -> None:
        self.now += gap / 1000
        number = {"Enter": 13, "Tab": 9, "Shift": 16, "Alt": 18}.get(key, 0)
        said = {"type": kind, "code": code, "key": key, "timestamp": self.now} | more
        said |= {"windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number}
        self.cdp.send("Input.dispatchKeyEvent", {k: v for k, v in said.items() if v != ""})
