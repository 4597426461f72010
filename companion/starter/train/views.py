"""What the UNet learns to draw: every icon's latents in several looks, and what the vision tower sees of them."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from looks import FADED, HUED, TONED, Looks, drawn, leading_hues, moves, some_grounds, some_tones, stacked

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
AT_ONCE = 64
# The views: as drawn on white; on another ground; with another hue leading, thrice; in shades of one colour; and moved.
AS_DRAWN, GROUNDED, SHADED, MOVED = 0, 1, 5, 6
VIEWS = 7
# Shares on white of the views that may have a ground.
WHITE, WHITE_SHADED = 0.45, 0.4
# The share of views with another hue that have faded colours instead.
FADING = 0.12


def seen(x: torch.Tensor) -> torch.Tensor:
    """Pictures [n, 3, h, w] of -1..1 as the vision tower takes them, [n, 3, 64, 64]."""
    return ((F.interpolate(x, size=64, mode="area") + 1) / 2 - MEAN) / STD


def quarters(states: torch.Tensor) -> torch.Tensor:
    """The vision tower's states [n, 65, d] without the class token, by quarters of the 8 x 8 patches: [n, 16, d]."""
    grid = states[:, 1:].unflatten(1, (4, 2, 4, 2))
    return grid.mean((2, 4)).flatten(1, 2)


@dataclass
class Views:
    """All views of n icons. What moves is not learned from words: words, style and look then leave nothing open."""

    # [VIEWS, n, 4, 16, 16], divided by their deviation
    latents: torch.Tensor
    # [VIEWS, n, 16, 128], what the vision tower sees of just that
    places: torch.Tensor
    # [VIEWS, n, 128]
    embeds: torch.Tensor
    # each part [VIEWS, n, ...]
    looks: Looks
    # [n], the hue that leads as drawn, in radians; and whether any does
    own: torch.Tensor
    colourful: torch.Tensor
    # 1 / the latents' deviation
    scaling: float

    def look(self, view: int, at: int) -> Looks:
        """How a view of an icon looks."""
        return self.looks.at((view, at))

    def keep(self, path: Path, made: dict) -> None:
        """Write everything beside what it was made from."""
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"made": made, "views": {**self.__dict__, "looks": self.looks.__dict__}}, path)


def kept(path: Path, made: dict) -> Views | None:
    """The views kept at `path`, if they were made from just this."""
    held = torch.load(path, weights_only=True) if path.exists() else None
    if held is None or held["made"] != made:
        return None
    return Views(**{**held["views"], "looks": Looks(**held["views"]["looks"])})


def looks_of(view: int, own: torch.Tensor, colourful: torch.Tensor, generator: torch.Generator) -> Looks:
    """The looks of a view of icons that lead with the hues `own` [n], or with none."""
    n = len(own)
    hue, kind = own.clone(), torch.where(colourful, HUED, FADED)
    if GROUNDED < view < SHADED:
        hue = torch.rand(n, generator=generator) * 2 * math.pi
        kind[torch.rand(n, generator=generator) < FADING] = FADED
    dark, ground = some_tones(n, WHITE_SHADED, generator)
    if view == SHADED:
        kind[:] = TONED
    else:
        ground = some_grounds(n, {AS_DRAWN: 1, GROUNDED: 0}.get(view, WHITE), generator)
    return Looks(kind, hue, dark, ground)


@torch.no_grad()
def make_views(vae, vision, icons: torch.Tensor, scaling: float | None, generator: torch.Generator) -> Views:
    """All views of icons uint8 [n, 128, 128, 4]; `scaling` is that of weights to go on from, or what suits."""
    n = len(icons)
    own, colourful = (torch.cat(parts) for parts in zip(*(leading_hues(part) for part in icons.split(AT_ONCE))))
    looks = [looks_of(view, own, colourful, generator) for view in range(VIEWS)]
    latents = torch.empty(VIEWS, n, 4, 16, 16)
    places = torch.empty(VIEWS, n, 16, 128, dtype=torch.half)
    embeds = torch.empty(VIEWS, n, 128)
    for view in range(VIEWS):
        for at in range(0, n, AT_ONCE):
            part = slice(at, at + AT_ONCE)
            some = icons[part]
            maps = moves(len(some), generator, reach=1.5) if view == MOVED else None
            x = drawn(some, own[part], looks[view].at(part), maps)
            latents[view, part] = vae.encode(x.to(vae.device)).latent_dist.mean
            out = vision(seen(x).to(vision.device), output_hidden_states=True)
            places[view, part] = quarters(out.hidden_states[-2]).half()
            embeds[view, part] = out.image_embeds
    scaling = scaling or 1 / latents.std().item()
    return Views(latents * scaling, places, embeds, stacked(looks), own, colourful, scaling)
