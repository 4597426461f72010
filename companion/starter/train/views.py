"""What the UNet learns from: every icon's latents and what the vision tower sees, in several views, computed once."""

import colorsys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from icons import compose, shifted

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
COLOURS = 64
TONES = 12
AT_ONCE = 64
# The share of later views that are toned.
TONED = 0.2
LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]


def seen(x: torch.Tensor) -> torch.Tensor:
    """Pictures [n, 3, 128, 128] of -1..1 as the vision tower takes them, [n, 3, 64, 64]."""
    return ((F.interpolate(x, size=64, mode="area") + 1) / 2 - MEAN) / STD


def mirrored(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Half of the pictures [n, 3, h, w], left for right."""
    return torch.where(torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5, x.flip(3), x)


def toned(x: torch.Tensor, dark: torch.Tensor) -> torch.Tensor:
    """Pictures [n, 3, h, w] of -1..1 in shades of one colour each [n, 3] of 0..1: that for black, white for white."""
    return 1 - (1 - (x * LUMA).sum(1, keepdim=True)) * (1 - dark)[:, :, None, None]


def tones() -> torch.Tensor:
    """Dark colours around the circle of hues, [TONES, 3] of 0..1."""
    return torch.tensor([colorsys.hsv_to_rgb(hue / TONES, 0.9, 0.6) for hue in range(TONES)])


def quarters(states: torch.Tensor) -> torch.Tensor:
    """The vision tower's states [n, 65, d] without the class token, by quarters of the 8 x 8 patches: [n, 16, d]."""
    grid = states[:, 1:].unflatten(1, (4, 2, 4, 2))
    return grid.mean((2, 4)).flatten(1, 2)


@dataclass
class Views:
    """The first view of each icon is as drawn, on white; of the others a share is on a colour, and a share is toned.

    What is learned stays as it was drawn, so that words, style and ground leave nothing open; what the vision tower is
    shown as a reference is moved, as references are, and mirrored.
    """

    # [views, n, 4, 16, 16], divided by their deviation
    latents: torch.Tensor
    # [views, n, 16, 128], what the vision tower sees of just that
    places: torch.Tensor
    # [views, n, 65, 128], the vision tower's states before the last layer
    states: torch.Tensor
    # [views, n, 128]
    embeds: torch.Tensor
    # [views, n], the number of the background's colour, 0 is white; or from COLOURS on of the tone, on white
    colour: torch.Tensor
    # [COLOURS, 65, 128] and [COLOURS, 128]: what the vision tower says of the backgrounds' colours alone
    flat_states: torch.Tensor
    flat_embeds: torch.Tensor
    # [1, 65, 128] and [1, 128]: no picture
    no_states: torch.Tensor
    no_embeds: torch.Tensor
    # 1 / the latents' deviation
    scaling: float

    def keep(self, path: Path, made: dict) -> None:
        """Write everything beside what it was made from."""
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"made": made, "views": self.__dict__}, path)


def kept(path: Path, made: dict) -> Views | None:
    """The views kept at `path`, if they were made from just this."""
    held = torch.load(path, weights_only=True) if path.exists() else None
    return Views(**held["views"]) if held is not None and held["made"] == made else None


@torch.no_grad()
def make_views(vae, vision, pictures: np.ndarray, indices: list[int], views: int, coloured: float, generator) -> Views:
    """All views of the icons at `indices`, a share of `coloured` of the later ones on one of some colours."""
    n = len(indices)
    icons = torch.from_numpy(np.array(pictures[indices]))
    latents = torch.empty(views, n, 4, 16, 16)
    places = torch.empty(views, n, 16, 128, dtype=torch.half)
    states = torch.empty(views, n, 65, 128, dtype=torch.half)
    embeds = torch.empty(views, n, 128)
    palette = torch.rand(COLOURS, 3, generator=generator) * 0.75 + 0.25
    palette[0] = 1
    dark = tones()
    colour = torch.randint(1, COLOURS, (views, n), generator=generator)
    kind = torch.rand(views, n, generator=generator)
    colour[kind >= coloured] = 0
    tone = torch.randint(COLOURS, COLOURS + TONES, (views, n), generator=generator)
    colour = torch.where(kind > 1 - TONED, tone, colour)
    colour[0] = 0
    for view in range(views):
        for at in range(0, n, AT_ONCE):
            part = slice(at, at + AT_ONCE)
            number = colour[view, part]
            is_toned = number >= COLOURS
            background = palette[torch.where(is_toned, 0, number)]
            x = compose(icons[part], background)
            x[is_toned] = toned(x[is_toned], dark[number[is_toned] - COLOURS])
            latents[view, part] = vae.encode(x).latent_dist.mean
            places[view, part] = quarters(vision(seen(x), output_hidden_states=True).hidden_states[-2]).half()
            if view > 0:
                x = shifted(mirrored(x, generator), background, generator)
            out = vision(seen(x), output_hidden_states=True)
            states[view, part] = out.hidden_states[-2].half()
            embeds[view, part] = out.image_embeds
    flat = vision(seen(palette[:, :, None, None].expand(-1, -1, 64, 64) * 2 - 1), output_hidden_states=True)
    nothing = vision(torch.zeros(1, 3, 64, 64), output_hidden_states=True).hidden_states[-2]
    scaling = 1 / latents.std().item()
    drawn = latents * scaling, places, states, embeds, colour
    return Views(*drawn, flat.hidden_states[-2], flat.image_embeds, nothing, torch.zeros(1, 128), scaling)
