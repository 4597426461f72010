"""The rasterised icons as concept -> style -> index, and what is done to them before a network sees them."""

import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SIZE = 128
UNSEEN = "emojione"
STYLES = ["3d", "flat", "ink", "noto", "blob", "twemoji", "firefox"]
# Names left out: what is abstract, ambiguous or drawn as different things under one name.
DROP = re.compile(
    r"face|smil|book$|diamond|heart|moon|banknote|grin|paper|chart|cloud|calendar|mail|box|speaker|bust|room|water$|"
    r"^om$|star$|sun$|cat$|crying|restroom|passport|customs|baggage|luggage|construction|oncoming|label|page|envelope|"
    r"memo|receipt|ticket|church|night|sunrise|sunset|foggy|cross$|cinema|bank|post|hotel|hospital|school|office|store|"
    r"factory|castle|map|santa|police|dizzy|anger|speech|thought|musical|notes|game|dash|hundred|zzz|man$|woman$|men$|"
    r"women$|person|people|boy|girl|baby|child|family|hand|finger|kiss|couple|sign|mark|button|badminton|biohazard|"
    r"bowling|cancer|clamp|collision|dvd|fog|link|locked|moai|oden|radioactive|ribbon|rosette|shower|skier|skis|"
    r"station|sake|houses|ferry|metro|warning|wedding|mouth|pick$|pill|eyes|ewe|flat|snowflake|sparkles|aquarius|"
    r"aries|capricorn|gemini|leo$|libra|pisces|sagittarius|scorpio$|taurus|virgo|ophiuchus|cooking|cyclone|divide|"
    r"hole$|information|kaaba|ledger|minus|multiply|plus$|prohibited|motorway|desert|detective|goblin|ogre|mosque|"
    r"synagogue|monorail|package|prince|seat$|selfie|cake|snowboarder|sparkle$|stadium|cassette|window|herb$|custard|"
    r"trackball|tram$|trolleybus|minibus|canoe|clipboard|guard"
)


def read(folder: Path) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Every picture [n, 128, 128, 4] of a folder that raster.mjs wrote, and its style and name."""
    meta = json.loads((folder / "icons.json").read_text())
    pictures = np.memmap(folder / "icons.u8", dtype=np.uint8, mode="r").reshape(-1, SIZE, SIZE, 4)
    return pictures, [(style, name) for style, name in meta]


def load(folder: Path, least: int = 6) -> tuple[np.ndarray, list[tuple[str, dict[str, int]]]]:
    """All pictures, and the one-word things drawn in at least `least` of the trained styles: name, style -> index."""
    pictures, meta = read(folder)
    found: dict[str, dict[str, int]] = {}
    for index, (style, name) in enumerate(meta):
        if "-" not in name:
            found.setdefault(name, {}).setdefault(style, index)

    def kept(name: str, styles: dict[str, int]) -> bool:
        return sum(style in styles for style in STYLES) >= least and not DROP.search(name)

    return pictures, [(name, styles) for name, styles in sorted(found.items()) if kept(name, styles)]


def compose(rgba: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
    """Icons uint8 [n, h, w, 4] over colours [n, 3] of 0..1 -> [n, 3, h, w] of -1..1."""
    x = rgba.float() / 255
    alpha = x[..., 3:]
    y = x[..., :3] * alpha + background[:, None, None] * (1 - alpha)
    return (y * 2 - 1).permute(0, 3, 1, 2).contiguous()


def moved(x: torch.Tensor, background: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Pictures [n, 3, h, w] of -1..1 under affine maps [n, 2, 3], over their backgrounds [n, 3] of 0..1."""
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    base = (background * 2 - 1)[:, :, None, None]
    return F.grid_sample(x - base, grid, align_corners=False) + base
