"""Recolouring: the same for target and reference is what teaches the palette."""

import math

import torch

YIQ = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
# Colours a caption may name.
NAMED = {
    "white": (1, 1, 1),
    "red": (0.9, 0.35, 0.3),
    "orange": (1, 0.65, 0.3),
    "yellow": (1, 0.9, 0.4),
    "green": (0.45, 0.8, 0.4),
    "teal": (0.35, 0.8, 0.75),
    "blue": (0.4, 0.55, 0.95),
    "purple": (0.65, 0.45, 0.9),
    "pink": (1, 0.6, 0.8),
    "gray": (0.6, 0.6, 0.6),
    "beige": (0.93, 0.87, 0.75),
    "brown": (0.55, 0.4, 0.3),
}


def names_of(colours: torch.Tensor) -> list[str]:
    """The nearest named colour of each of [n, 3] of 0..1."""
    distances = (colours[:, None] - torch.tensor(list(NAMED.values()))[None]).pow(2).sum(-1)
    return [list(NAMED)[at] for at in distances.argmin(1).tolist()]


def palettes(
    n: int, generator: torch.Generator, recoloured: float, grounded: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turns of the hue [n] for a share of `recoloured`, and grounds [n, 3], coloured for a share of `grounded`."""
    turn = (torch.rand(n, generator=generator) * 2 - 1) * math.pi
    turn[torch.rand(n, generator=generator) >= recoloured] = 0
    ground = torch.rand(n, 3, generator=generator) * 0.75 + 0.25
    ground[torch.rand(n, generator=generator) >= grounded] = 1
    return turn, ground


def turns(turn: torch.Tensor, left: torch.Tensor | float = 1.0) -> torch.Tensor:
    """What turns the hue of RGB by [n] radians and leaves that part [n] of its colour: [n, 3, 3]."""
    rotation = torch.zeros(len(turn), 3, 3)
    rotation[:, 1, 1] = rotation[:, 2, 2] = turn.cos()
    rotation[:, 1, 2], rotation[:, 2, 1] = -turn.sin(), turn.sin()
    rotation *= torch.as_tensor(left).reshape(-1, 1, 1)
    rotation[:, 0, 0] = 1
    return torch.linalg.inv(YIQ) @ rotation @ YIQ


def recoloured(rgba: torch.Tensor, turn: torch.Tensor, left: torch.Tensor | float = 1.0) -> torch.Tensor:
    """Icons uint8 [n, h, w, 4], each with its hue turned by [n], and that part [n] of its colour left."""
    colour = torch.einsum("nij,nhwj->nhwi", turns(turn, left), rgba[..., :3].float()).round().clamp(0, 255).byte()
    return torch.cat([colour, rgba[..., 3:]], -1)
