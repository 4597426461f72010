"""Muon: momentum whose every direction moves a matrix equally far (Jordan et al. 2024; scaled as in arXiv 2502.16982)."""

import torch
from torch import nn

MOMENTUM = 0.95
# A quintic that draws every singular value of 0..1 close to 1 when repeated; it need not reach it.
QUINTIC = (3.4445, -4.7750, 2.0315)
REPEATED = 4
# What an update's root mean square is then, as large as AdamW's usually are.
ROOT_MEAN_SQUARE = 0.2


def hidden(everything: nn.Module) -> list[nn.Parameter]:
    """The matrices and kernels between the ends of the networks: all but embeddings, first and last convolutions."""
    ends = ("embed", "conv_in", "conv_out", "latents")
    named = everything.named_parameters()
    return [p for name, p in named if p.ndim >= 2 and not any(end in name for end in ends)]


def orthogonal(x: torch.Tensor) -> torch.Tensor:
    """The nearest semi-orthogonal matrix to x [rows, columns], nearly."""
    if x.shape[0] > x.shape[1]:
        return orthogonal(x.T).T
    a, b, c = QUINTIC
    x = x / (x.norm() + 1e-7)
    for _ in range(REPEATED):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x


class Muon(torch.optim.Optimizer):
    """For matrices, and for kernels [out, in, height, width] as matrices [out, in * height * width]."""

    def __init__(self, parameters: list[nn.Parameter], lr: float, weight_decay: float = 0.01) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.mul_(MOMENTUM).add_(p.grad)
                ahead = p.grad.add(momentum, alpha=MOMENTUM).flatten(1)
                far = group["lr"] * ROOT_MEAN_SQUARE * max(ahead.shape) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(orthogonal(ahead).view_as(p), alpha=far)
