"""A small network that names the thing and the style of a picture, trained apart from the model it judges."""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from colours import turns
from device import add_device
from diffusers import AutoencoderKL
from icons import STYLES, UNSEEN, compose, load, moved
from safetensors.torch import load_file, save_file
from torch import nn

SIDE = 64
WIDTHS = [32, 64, 128, 160]
SIGMA = 0.25
# The share of pictures whose hue is turned.
RECOLOURED = 0.5


def norm_conv(cin: int, cout: int, stride: int) -> nn.Sequential:
    """A 3 x 3 convolution and its normalisation, which `folded` makes one."""
    return nn.Sequential(nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout))


class Judge(nn.Module):
    """Pictures [n, 3, 64, 64] of -1..1 -> logits of concepts [n, concepts] and of styles [n, 7]."""

    def __init__(self, concepts: int, widths: list[int]) -> None:
        super().__init__()
        self.stem = norm_conv(3, widths[0], 2)
        self.down = nn.ModuleList(norm_conv(cin, cout, 2) for cin, cout in zip(widths, widths[1:]))
        self.beside = nn.ModuleList(norm_conv(width, width, 1) for width in widths[1:])
        self.concept = nn.Linear(widths[-1], concepts)
        self.style = nn.Linear(sum(widths), len(STYLES))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        h = F.relu(self.stem(x))
        pooled = [h.mean((2, 3))]
        for down, beside in zip(self.down, self.beside):
            h = F.relu(down(h))
            h = h + F.relu(beside(h))
            pooled.append(h.mean((2, 3)))
        # A thing is known by the whole, a style by how lines and areas are made.
        whole, every = (F.dropout(part, 0.1, self.training) for part in (pooled[-1], torch.cat(pooled, 1)))
        return self.concept(whole), self.style(every)


def folded(judge: Judge) -> dict[str, torch.Tensor]:
    """The weights to ship: each normalisation inside its convolution, in half precision."""
    tensors = {}
    for name, module in judge.named_modules():
        if isinstance(module, nn.Linear):
            tensors |= {f"{name}.weight": module.weight, f"{name}.bias": module.bias}
        if isinstance(module, nn.Sequential):
            conv, norm = module
            gain = norm.weight / (norm.running_var + norm.eps).sqrt()
            tensors[f"{name}.weight"] = conv.weight * gain[:, None, None, None]
            tensors[f"{name}.bias"] = norm.bias - norm.running_mean * gain
    return {name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}


def judged(tensors: dict[str, torch.Tensor], x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What the shipped weights say of pictures [n, 3, 64, 64]."""
    w = {name: tensor.float() for name, tensor in tensors.items()}

    def conv(h: torch.Tensor, name: str, stride: int) -> torch.Tensor:
        return F.relu(F.conv2d(h, w[f"{name}.weight"], w[f"{name}.bias"], stride, 1))

    h = conv(x, "stem", 2)
    pooled = [h.mean((2, 3))]
    for stage in range(sum(name.startswith("down.") for name in w) // 2):
        h = conv(h, f"down.{stage}", 2)
        h = h + conv(h, f"beside.{stage}", 1)
        pooled.append(h.mean((2, 3)))
    return (
        F.linear(pooled[-1], w["concept.weight"], w["concept.bias"]),
        F.linear(torch.cat(pooled, 1), w["style.weight"], w["style.bias"]),
    )


def smaller(rgba: torch.Tensor) -> torch.Tensor:
    """Icons [n, 128, 128, 4] -> [n, 64, 64, 4], colours weighed by their alpha."""
    x = rgba.float() / 255
    weighed = torch.cat([x[..., :3] * x[..., 3:], x[..., 3:]], -1).permute(0, 3, 1, 2)
    mean = F.avg_pool2d(weighed, 2).permute(0, 2, 3, 1)
    colour = mean[..., :3] / mean[..., 3:].clamp(min=1e-3)
    return (torch.cat([colour, mean[..., 3:]], -1).clamp(0, 1) * 255).byte()


def backgrounds(n: int, generator: torch.Generator) -> torch.Tensor:
    """White for half, for the others any colour that is not dark.  [n, 3] of 0..1"""
    colours = torch.rand(n, 3, generator=generator) * 0.75 + 0.25
    colours[torch.rand(n, generator=generator) < 0.5] = 1
    return colours


class RoundTrips:
    """Every icon through the autoencoder that draws what is judged, some latents disturbed: [views, n, 64, 64, 3]."""

    def __init__(self, vae: AutoencoderKL, icons: torch.Tensor, views: int, generator: torch.Generator) -> None:
        self.pictures = torch.empty(views, len(icons), SIDE, SIDE, 3, dtype=torch.uint8)
        self.colours = torch.empty(views, len(icons), 3)
        for view in range(views):
            for at in range(0, len(icons), 32):
                part = slice(at, at + 32)
                colour = backgrounds(len(icons[part]), generator)
                with torch.no_grad(), torch.autocast(vae.device.type, torch.bfloat16):
                    z = vae.encode(compose(icons[part], colour).to(vae.device)).latent_dist.mean.float()
                    disturbance = torch.rand(len(z), 1, 1, 1, generator=generator) * SIGMA
                    disturbance = torch.randn(z.shape, generator=generator) * disturbance
                    z = z + disturbance.to(z.device) * z.std()
                    x = F.avg_pool2d(vae.decode(z).sample.float().clamp(-1, 1), 2)
                self.pictures[view, part] = ((x + 1) * 127.5).round().byte().permute(0, 2, 3, 1)
                self.colours[view, part] = colour


def augmented(x: torch.Tensor, background: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Pictures [n, 3, 64, 64] of -1..1 turned, moved, mirrored, recoloured, blurred and made noisy."""
    n = len(x)

    def spread(by: float, *shape: int) -> torch.Tensor:
        return (torch.rand(n, *shape, generator=generator) * 2 - 1) * by

    turn, scale = spread(0.2), 1 + spread(0.15)
    mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = mirror * scale * turn.cos(), -scale * turn.sin()
    matrix[:, 1, 0], matrix[:, 1, 1] = mirror * scale * turn.sin(), scale * turn.cos()
    matrix[:, :, 2] = spread(0.1, 2)
    x = moved(x, background, matrix)
    # A thing is the same in other colours, and so is how it is drawn.
    hue = spread(math.pi)
    hue[torch.rand(n, generator=generator) >= RECOLOURED] = 0
    x = torch.einsum("nij,njhw->nihw", turns(hue), (x + 1) / 2).clamp(0, 1) * 2 - 1
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (1 + spread(0.3, 1, 1, 1))
    x = x * (1 + spread(0.2, 1, 1, 1)) + spread(0.1, 3, 1, 1)
    blur = torch.rand(n, 1, 1, 1, generator=generator) < 0.3
    x = torch.where(blur, F.avg_pool2d(x, 3, 1, 1, count_include_pad=False), x)
    noise = torch.rand(n, 1, 1, 1, generator=generator) * 0.06
    return (x + torch.randn(x.shape, generator=generator) * noise).clamp(-1, 1)


def train(args: argparse.Namespace) -> None:
    """Train for `--seconds`, then print what the shipped weights name rightly and write them."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    pictures, concepts = load(Path(args.data))
    names = [name for name, _ in concepts]
    grid = [(c, STYLES.index(s), at) for c, (_, drawn) in enumerate(concepts) for s, at in drawn.items() if s in STYLES]
    unseen = [(c, drawn[UNSEEN]) for c, (_, drawn) in enumerate(concepts) if UNSEEN in drawn]
    concept_of = torch.tensor([c for c, _, _ in grid])
    style_of = torch.tensor([s for _, s, _ in grid])
    whole = torch.from_numpy(np.array(pictures[[at for _, _, at in grid]]))
    small = smaller(whole)

    kept = Path(args.trips)
    if kept.exists():
        trips = torch.load(kept, weights_only=True)
    else:
        vae = AutoencoderKL.from_pretrained(args.vae).eval().to(args.device)
        trips = RoundTrips(vae, whole, args.views + 1, torch.Generator().manual_seed(args.seed + 1)).__dict__
        torch.save(trips, kept)
    through, colours = trips["pictures"], trips["colours"]
    print(f"{len(names)} concepts, {len(grid)} icons, {len(through)} views through the autoencoder", flush=True)

    def from_icons(at: torch.Tensor, g: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        colour = backgrounds(len(at), g)
        return compose(small[at], colour), colour

    def from_trips(view: torch.Tensor, at: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return through[view, at].float().permute(0, 3, 1, 2) / 127.5 - 1, colours[view, at]

    judge = Judge(len(names), WIDTHS).to(args.device, memory_format=torch.channels_last)
    refined = load_file(args.refine, device=str(args.device)) if args.refine else None
    held = {name: t.float().requires_grad_() for name, t in refined.items()} if refined else None
    parameters = list(judge.parameters()) if held is None else list(held.values())
    print(f"{sum(p.numel() for p in parameters) / 1e6:.2f} M parameters", flush=True)
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.02)
    began, step, smooth = time.time(), 0, None
    while (spent := time.time() - began) < args.seconds:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * spent / args.seconds))
        at = torch.randint(len(grid), (args.batch,), generator=generator)
        drawn, drawn_on = from_icons(at, generator)
        trip, trip_on = from_trips(torch.randint(args.views, (args.batch,), generator=generator), at)
        chosen = torch.rand(args.batch, generator=generator) < 0.5
        x = torch.where(chosen[:, None, None, None], drawn, trip)
        x = augmented(x, torch.where(chosen[:, None], drawn_on, trip_on), generator)
        labels = [every[at].to(args.device) for every in (concept_of, style_of)]
        with torch.autocast(args.device.type, torch.bfloat16):
            x = x.to(args.device, memory_format=torch.channels_last)
            concept, style = judge(x) if held is None else judged(held, x)
        named = list(zip((concept, style), labels))
        loss = sum(F.cross_entropy(logits.float(), label, label_smoothing=0.05) for logits, label in named)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        right = torch.stack([(logits.argmax(1) == label).float().mean() for logits, label in named])
        smooth = right if smooth is None else 0.98 * smooth + 0.02 * right
        if step % 50 == 0:
            print(
                f"step {step} samples {step * args.batch} seconds {spent:.0f} "
                f"concept {smooth[0]:.3f} style {smooth[1]:.3f}",
                flush=True,
            )

    tensors = folded(judge.eval()) if held is None else {name: t.detach().half() for name, t in held.items()}
    tensors = {name: t.cpu() for name, t in tensors.items()}
    report = measure(tensors, args.seed + 2, grid, from_icons, from_trips, len(through) - 1)
    report |= measure_unseen(tensors, pictures, unseen, args.seed + 3)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "judge.safetensors", metadata={"format": "pt"})
    written = {"concepts": names, "styles": STYLES, "side": SIDE, "widths": WIDTHS, "measured": report}
    written["example"] = example(tensors)
    (out / "judge.json").write_text(json.dumps(written, indent=2) + "\n")
    print(json.dumps(report, indent=2))


def shares(tensors: dict, x: torch.Tensor, concept_of: torch.Tensor) -> tuple[torch.Tensor, list[float]]:
    """The style logits, and how often the thing is named rightly first and among the first five."""
    with torch.no_grad():
        outs = [judged(tensors, part) for part in x.split(128)]
    first = torch.cat([concept for concept, _ in outs]).topk(5).indices == concept_of[:, None]
    rates = [first[:, 0].float().mean().item(), first.any(1).float().mean().item()]
    return torch.cat([style for _, style in outs]), rates


def example(tensors: dict[str, torch.Tensor]) -> dict[str, list[float]]:
    """The logits of a picture that a formula makes, for whoever writes this network again."""
    c, y, x = torch.meshgrid(torch.arange(3), torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    concept, style = judged(tensors, (2 * c + 0.3 * y + 0.2 * x).sin()[None])
    rounded = [[round(value, 5) for value in logits[0].tolist()] for logits in (concept, style)]
    return dict(zip(("concept", "style"), rounded))


def measure(tensors: dict, seed: int, grid: list, from_icons, from_trips, view: int) -> dict[str, float]:
    """Shares named rightly on augmentations never trained on: of icons as drawn, and of a view kept out of training."""
    generator = torch.Generator().manual_seed(seed)
    every = torch.arange(len(grid))
    concept_of = torch.tensor([c for c, _, _ in grid])
    style_of = torch.tensor([s for _, s, _ in grid])
    report = {}
    for name, (x, colour) in {
        "drawn": from_icons(every, generator),
        "autoencoded": from_trips(torch.full_like(every, view), every),
    }.items():
        style, (first, five) = shares(tensors, augmented(x, colour, generator), concept_of)
        right = (style.argmax(1) == style_of).float().mean().item()
        report |= {f"{name} concept": round(first, 4), f"{name} concept top 5": round(five, 4)}
        report |= {f"{name} style": round(right, 4)}
    return report


def measure_unseen(tensors: dict, pictures: np.ndarray, unseen: list, seed: int) -> dict[str, float]:
    """The share of things named rightly in the set that neither judge nor model was trained on."""
    icons = torch.from_numpy(np.array(pictures[[at for _, at in unseen]]))
    x = compose(smaller(icons), backgrounds(len(icons), torch.Generator().manual_seed(seed)))
    _, (first, five) = shares(tensors, x, torch.tensor([c for c, _ in unseen]))
    return {"unseen style concept": round(first, 4), "unseen style concept top 5": round(five, 4)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True, help="time to train, set-up not counted")
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--vae", required=True, help="folder of the autoencoder whose pictures will be judged")
    parser.add_argument("--trips", default="trips.pt", help="where the icons that went through it are kept")
    parser.add_argument("--out", default="../judge", help="folder of judge.safetensors and judge.json")
    parser.add_argument("--refine", help="a judge.safetensors to go on from, without its normalisations")
    parser.add_argument("--views", type=int, default=2, help="times each icon goes through the autoencoder to train")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=3e-3)
    add_device(parser)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
