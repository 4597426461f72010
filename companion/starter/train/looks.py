"""How an icon may look beside its style: which ground it stands on, and which hue leads or what one colour it has."""

import colorsys
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from colours import YIQ, recoloured

# What becomes of the colours: the leading hue is turned to another; they fade; they become shades of one colour.
HUED, FADED, TONED = 0, 1, 2
# What is left of the colours that fade.
LEFT = 0.2
# Steps around the circle of hues in which the leading one is looked for.
HUES = 36
# Colours weaker than this are greys; an icon that has less above it than so much on the mean leads with no hue.
GREY, COLOURFUL = 0.06, 0.03
LUMA = YIQ[0]


@dataclass
class Looks:
    """A look for each of n pictures."""

    # [n], one of HUED, FADED, TONED
    kind: torch.Tensor
    # [n], the hue that leads, in radians around YIQ's circle
    hue: torch.Tensor
    # [n, 3] of 0..1, what black becomes where colours are toned
    dark: torch.Tensor
    # [n, 2, 3] of 0..1, the ground's colour above and below
    ground: torch.Tensor

    def at(self, index) -> "Looks":
        """Those at an index."""
        return Looks(*(part[index] for part in self.__dict__.values()))


def stacked(looks: list[Looks]) -> Looks:
    """Looks of one shape as one, along a new first dimension."""
    return Looks(*(torch.stack(parts) for parts in zip(*(look.__dict__.values() for look in looks))))


def pixels(rgba: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The pixels of icons uint8 [n, h, w, 4] in YIQ, [n, h w, 3], and their alpha, [n, h w]; of 0..1."""
    yiq = torch.einsum("ij,nhwj->nhwi", YIQ, rgba[..., :3].float() / 255)
    return yiq.flatten(1, 2), rgba[..., 3].flatten(1).float() / 255


def leading_hues(rgba: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The hue that most colour of each icon uint8 [n, h, w, 4] is near, in radians [n]; and whether it has any [n]."""
    yiq, alpha = pixels(rgba)
    chroma = yiq[..., 1:]
    strength = (chroma.norm(dim=-1) - GREY).clamp(min=0) * alpha
    step = (torch.atan2(chroma[..., 1], chroma[..., 0]) / (2 * math.pi) * HUES).floor().long() % HUES
    found = torch.zeros(len(rgba), HUES).scatter_add_(1, step, strength)
    near = sum(found.roll(by, 1) for by in (-1, 0, 1))
    hue = (near.argmax(1) + 0.5) / HUES * 2 * math.pi
    return hue, strength.sum(1) / alpha.sum(1).clamp(min=1) > COLOURFUL


def light_and_colour(rgba: torch.Tensor) -> torch.Tensor:
    """How light icons uint8 [n, h, w, 4] are on the mean, how much that varies, and how colourful: [n, 3] of 0..1."""
    yiq, alpha = pixels(rgba)
    share = (alpha / alpha.sum(1, keepdim=True).clamp(min=1))[..., None]
    mean = (yiq[..., :1] * share).sum(1)
    varies = ((yiq[..., :1] - mean[:, None]).pow(2) * share).sum(1).sqrt()
    return torch.cat([mean, varies, (yiq[..., 1:].norm(dim=-1, keepdim=True) * share).sum(1)], 1)


def grounds(looks: Looks, side: int) -> torch.Tensor:
    """What stands behind each icon, from its upper colour to its lower: [n, 3, side, side] of 0..1."""
    down = torch.linspace(0, 1, side)[None, None, :, None]
    above, below = (looks.ground[:, end, :, None, None] for end in (0, 1))
    return (above + (below - above) * down).expand(-1, -1, -1, side)


def coloured(rgba: torch.Tensor, own: torch.Tensor, looks: Looks) -> torch.Tensor:
    """Icons uint8 [n, h, w, 4] that lead with the hues `own` [n], in the looks' colours."""
    turn = torch.where(looks.kind == HUED, looks.hue - own, 0.0)
    chroma = torch.where(looks.kind == FADED, LEFT, 1.0)
    hued = recoloured(rgba, turn, chroma)
    light = (rgba[..., :3].float() / 255 * LUMA).sum(-1, keepdim=True)
    toned = (1 - (1 - light) * (1 - looks.dark[:, None, None])).mul(255).round().byte()
    colour = torch.where((looks.kind == TONED)[:, None, None, None], toned, hued[..., :3])
    return torch.cat([colour, rgba[..., 3:]], -1)


def drawn(rgba: torch.Tensor, own: torch.Tensor, looks: Looks, moves: torch.Tensor | None = None) -> torch.Tensor:
    """Icons uint8 [n, h, w, 4] in their looks, under affine maps [n, 2, 3] where they move: [n, 3, h, w] of -1..1."""
    icon = (coloured(rgba, own, looks).float() / 255).permute(0, 3, 1, 2)
    icon = torch.cat([icon[:, :3] * icon[:, 3:], icon[:, 3:]], 1)
    if moves is not None:
        icon = F.grid_sample(icon, F.affine_grid(moves, list(icon.shape), align_corners=False), align_corners=False)
    return (icon[:, :3] + grounds(looks, icon.shape[-1]) * (1 - icon[:, 3:])) * 2 - 1


def moves(n: int, generator: torch.Generator, reach: float = 1) -> torch.Tensor:
    """Maps [n, 2, 3] that scale by up to 14 % and shift by up to 6 %, each times `reach`, and mirror half of all."""
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0] = matrix[:, 1, 1] = 1 + (torch.rand(n, generator=generator) - 0.3) * 0.2 * reach
    matrix[:, 0, 0] *= torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    matrix[:, :, 2] = (torch.rand(n, 2, generator=generator) - 0.5) * 0.12 * reach
    return matrix


def some_grounds(n: int, white: float, generator: torch.Generator) -> torch.Tensor:
    """Grounds [n, 2, 3] of 0..1: white for a share, of the others one in five runs from one colour to another."""
    ground = torch.rand(n, 2, 3, generator=generator) * 0.65 + 0.35
    even = torch.rand(n, generator=generator) >= 0.2
    ground[even, 1] = ground[even, 0]
    ground[torch.rand(n, generator=generator) < white] = 1
    return ground


def some_tones(n: int, white: float, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Dark colours [n, 3], and grounds [n, 2, 3] of the same hues, white for a share; all of 0..1."""
    hue, much, light = torch.rand(3, n, generator=generator).tolist()
    dark = torch.tensor([colorsys.hsv_to_rgb(h, 0.9, 0.6) for h in hue])
    tint = torch.tensor([colorsys.hsv_to_rgb(h, 0.2 + 0.6 * s, 0.5 + 0.5 * v) for h, s, v in zip(hue, much, light)])
    ground = tint[:, None].repeat(1, 2, 1)
    ground[torch.rand(n, generator=generator) < white] = 1
    return dark, ground
