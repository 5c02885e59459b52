"""Texts that are hard to count, and cuttings of them."""

from __future__ import annotations

import random

PIECES = [
    "a", "s", "B", "字", "\u0301", "1", "!", "'", "/", " ", " ", "\t", "\n", "\r", "\xa0", "ʰ",
    "🙂", "٣", "ll", "Re", " the", " word", "。", "は", "é", "ß", "İ", "ſ", "\u200d", "\ufe0f",
    "👩", "ก\u0e33", "ก", "한", "ä", "<|endoftext|>", "<|im_start|>",
]  # fmt: skip
RUNS = [
    "a", "A", "aA", "Aa", "字", "哈", "!", "=", "-", ".", "。", "!?", "🙂", "❤️", "👨‍👩‍👧‍👦",
    "\n", " ", "\t", "\r\n", " \n", "\n ", "0", "1234567", "٣", "ก", "กำ", "é", "e\u0301",
    "\u0301", "ab", "ha", "ЯЯ", "ж", "\xa0", "\u200b", "\u2028", "__", "//", "\\", "ＡＢ", "ʰ",
    "ﷺ", '"', "字A", "a字", "한", "かな", "カナ", "'", "'s", "\x00", "\x1c", "\x85", "ǅa",
    "!\u0301", "\ud83d", "\ude42", "\ud83d\ude42", "//\n\n", "\n/", "=|", "\u0301\u300d",
    "=|\u0301",
]  # fmt: skip
PROSE = [
    "The kettle boils. Pour 250 ml of water, wait four minutes, and taste; is it strong enough?\n\n"
    'No. Dr. Smith went "home." And so on.\n',
    "水が沸いたら、四分待ちます。味はどうですか？",
    "水开了。请等四分钟，然后尝一尝：够不够浓？",
    "Вода кипит. Подождите четыре минуты и попробуйте. ",
    "पानी उबल रहा है। चार मिनट रुकिए। ",
    "👩‍👩‍👧‍👦 🧠🫠🏳️‍🌈 naïve 🇩🇪 𝔘𝔫𝔦 한국어 ꧁꧂ 🙂‍↔️ e\u0301e\u0301 ",
    "الماء يغلي. انتظر أربع دقائق؟ نعم، شكرا. ",
    '{"id": 17, "name": "kettle", "tags": ["hot", "new"], "ok": true}\n',
]
PYTHON = '''import os
import sys

LIMIT = 10


@decorated
# The most important one.
def first(x, y):
    """Do it.

    def not_a_definition():
    """
    return {
        "x": [x,
              y],
    }


class Thing:
    """A thing."""

    def one(self):
        if self:
            return 1
        else:
            return 2

    async def two(self):
        pass


'''
JAVASCRIPT = """// Adds } braces {
export function add(a, b) {
  const text = "}{";
  if (a) {
    return `x
${b}`;
  }
  return a + b;
}

/* A class
   of its own */
class Thing {
  one() {
    return 1;
  }

  two() { return 2; }
}

"""
MARKDOWN = """# Title

Intro text. It has two sentences.

## Part A

- item one
- item two
  - nested

```python
# Not a heading
def f():
    return 1


x = 2
```

| a | b |
|---|---|
| 1 | 2 |
| 3 | 4 |

Part B
------

Wrapped text, and so on
over two lines. The end.

---

#### Deep
more
"""


def random_text(rnd: random.Random) -> str:
    pieces = rnd.sample(PIECES, rnd.randint(1, len(PIECES)))
    return "".join(rnd.choice(pieces) for _ in range(rnd.choice((2, 4, 8, 20, 60, 200))))


def run_text(rnd: random.Random, longest: int = 3000) -> str:
    text = ""
    for _ in range(rnd.randint(1, 5)):
        piece = rnd.choice(RUNS)
        text += piece * (rnd.choice((1, 3, longest // 8, longest // 3, longest)) // len(piece) + 1)
    return text


def cut(text: str, rnd: random.Random, longest: int) -> list[str]:
    pieces, start = [], 0
    while start < len(text):
        end = start + rnd.randint(1, longest)
        pieces.append(text[start:end])
        start = end
    return pieces
