"""The pictures that measuring refers to: seven icons of each trained style, some of the set kept out, photographs."""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from icons import SIZE, STYLES, UNSEEN, load
from PIL import Image, ImageOps
from skimage import data

EACH = 7
UNSEEN_COUNT = 6
# Dark, light and warm; all in the public domain.
PHOTOGRAPHS = {"rocket": data.rocket, "cat": data.cat, "coffee": data.coffee}


def sheet(pictures: np.ndarray, chosen: list[int], columns: int) -> Image.Image:
    """Pictures row by row, with their transparency."""
    rows = -(-len(chosen) // columns)
    pixels = np.zeros((rows * SIZE, columns * SIZE, 4), dtype=np.uint8)
    for place, at in enumerate(chosen):
        y, x = divmod(place, columns)
        pixels[y * SIZE : (y + 1) * SIZE, x * SIZE : (x + 1) * SIZE] = pictures[at]
    return Image.fromarray(pixels)


def photographs() -> Image.Image:
    """The middle squares of the photographs, side by side."""
    row = Image.new("RGB", (len(PHOTOGRAPHS) * SIZE, SIZE))
    for place, photograph in enumerate(PHOTOGRAPHS.values()):
        square = ImageOps.fit(Image.fromarray(photograph()), (SIZE, SIZE), Image.Resampling.LANCZOS)
        row.paste(square, (place * SIZE, 0))
    return row


def choose(args: argparse.Namespace) -> None:
    """Write trained.png (a row for each style), unseen.png, photographs.png, and references.json: what stands where."""
    pictures, concepts = load(Path(args.data))
    shuffled = random.Random(args.seed)
    free = dict(concepts)
    trained = []
    # The style drawn least often chooses first, so that every thing appears once.
    for style in sorted(STYLES, key=lambda s: sum(s in drawn for drawn in free.values())):
        some = shuffled.sample(sorted(name for name, drawn in free.items() if style in drawn), EACH)
        trained += [(name, style, free.pop(name)[style]) for name in some]
    trained.sort(key=lambda choice: STYLES.index(choice[1]))
    unseen = [
        (name, UNSEEN, free[name][UNSEEN])
        for name in shuffled.sample(sorted(name for name, drawn in free.items() if UNSEEN in drawn), UNSEEN_COUNT)
    ]
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    held = {}
    for name, chosen, columns in [("trained", trained, EACH), ("unseen", unseen, UNSEEN_COUNT)]:
        sheet(pictures, [at for _, _, at in chosen], columns).save(out / f"{name}.png", optimize=True)
        held[name] = [{"concept": concept, "style": style} for concept, style, _ in chosen]
    photographs().save(out / "photographs.png", optimize=True)
    held["photographs"] = [{"concept": name} for name in PHOTOGRAPHS]
    (out / "references.json").write_text(json.dumps(held, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--out", default="../evaluate/references")
    parser.add_argument("--seed", type=int, default=1)
    choose(parser.parse_args())
