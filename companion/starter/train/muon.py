"""Muon: momentum whose every direction moves a matrix equally far (Jordan et al. 2024; scaled as in arXiv 2502.16982)."""

import torch
from torch import nn

MOMENTUM = 0.95
# How much faster than the rest the matrices learn.
MATRICES = 2.0
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


def optimisers(
    network: nn.Module, parameters: list[nn.Parameter], rate: float, dtype: torch.dtype = torch.float32, **adamw
) -> list[torch.optim.Optimizer]:
    """Muon, which multiplies in `dtype`, for the hidden matrices of a network; AdamW for the other parameters."""
    matrices = hidden(network)
    known = {id(p) for p in matrices}
    others = [p for p in parameters if id(p) not in known]
    return [Muon(matrices, lr=MATRICES * rate, dtype=dtype), torch.optim.AdamW(others, lr=rate, fused=True, **adamw)]


def step(both: list[torch.optim.Optimizer], rate: float) -> None:
    """One step of what `optimisers` gave, at another rate."""
    for optimiser, times in zip(both, (MATRICES, 1)):
        for group in optimiser.param_groups:
            group["lr"] = times * rate
        optimiser.step()


def orthogonal(x: torch.Tensor) -> torch.Tensor:
    """The nearest semi-orthogonal matrices to x [n, rows, columns], nearly.

    The quintic's repetitions multiply x from the left by what only x times itself decides, which is small for the many
    columns of kernels.
    """
    if x.shape[1] > x.shape[2]:
        return orthogonal(x.mT).mT
    a, b, c = QUINTIC
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    square = x @ x.mT
    one = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    factor = one
    for at in range(REPEATED):
        once = a * one + b * square + c * square @ square
        factor = once @ factor if at > 0 else once
        if at < REPEATED - 1:
            square = once @ square @ once
    return factor @ x


def as_matrix(x: torch.Tensor) -> torch.Tensor:
    """Matrices as they are, kernels [out, in, height, width] as [out, height * width * in], where they lie in memory."""
    return x if x.ndim == 2 else x.permute(0, 2, 3, 1).flatten(1)


class Muon(torch.optim.Optimizer):
    """For matrices and kernels, those of one shape at once."""

    def __init__(
        self, parameters: list[nn.Parameter], lr: float, weight_decay: float = 0.01, dtype: torch.dtype = torch.float32
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    alike.setdefault(p.shape, []).append(p)
            for some in alike.values():
                self.move(some, group["lr"], group["weight_decay"])

    def move(self, parameters: list[nn.Parameter], rate: float, decay: float) -> None:
        """One step of parameters of one shape."""
        ahead = []
        for p in parameters:
            momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
            momentum.mul_(MOMENTUM).add_(p.grad)
            ahead.append(as_matrix(p.grad.add(momentum, alpha=MOMENTUM)))
        matrices = torch.stack(ahead).to(self.dtype)
        far = rate * ROOT_MEAN_SQUARE * max(matrices.shape[1:]) ** 0.5
        for p, x in zip(parameters, orthogonal(matrices)):
            p.mul_(1 - rate * decay)
            as_laid = x if p.ndim == 2 else x.unflatten(1, (*p.shape[2:], p.shape[1])).permute(0, 3, 1, 2)
            p.sub_(as_laid, alpha=far)
