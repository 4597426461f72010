"""A small vocabulary in CLIP's format, learned from the words of the captions."""

import json
from collections import Counter
from pathlib import Path

from transformers import CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"


def byte_symbols() -> list[str]:
    """The character that stands for each byte: itself where it can be seen, one from 256 on where it cannot."""
    seen = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [byte for byte in range(256) if byte not in seen]
    return [chr(byte) if byte in seen else chr(256 + hidden.index(byte)) for byte in range(256)]


def joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """A word's parts with every occurrence of a pair made one."""
    out: list[str] = []
    for part in parts:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


def make_tokenizer(words: list[str], size: int, folder: Path) -> CLIPTokenizer:
    """At most `size` tokens: all bytes inside and at the end of words, the commonest pairs, start and end."""
    symbols = byte_symbols()
    split = {}
    for word in set(words):
        *inner, last = (symbols[byte] for byte in word.encode())
        split[word] = [*inner, f"{last}</w>"]
    merges: list[tuple[str, str]] = []
    while len(merges) < size - 2 * len(symbols) - 2:
        pairs = Counter(pair for parts in split.values() for pair in zip(parts, parts[1:]))
        if not pairs:
            break
        pair = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(pair)
        split = {word: joined(parts, pair) for word, parts in split.items()}
    vocabulary = [*symbols, *(f"{s}</w>" for s in symbols), *(a + b for a, b in merges), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(vocabulary)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True, "errors": "replace"}
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "add_prefix_space": False, **special}))
    return CLIPTokenizer.from_pretrained(folder)
