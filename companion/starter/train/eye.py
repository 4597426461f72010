"""A better eye for looks: the vision tower learns to tell styles and grounds, and goes on saying what it said of things."""

import argparse
import colorsys
import math
import time
from pathlib import Path

import muon
import numpy as np
import torch
import torch.nn.functional as F
from clip import turned
from device import add_device
from icons import STYLES, compose, load, read
from judge import smaller
from looks import LUMA
from torch import nn
from transformers import CLIPVisionModelWithProjection
from views import seen

# The shares of pictures on a coloured ground, and in shades of one colour.
GROUNDED, TONED = 0.4, 0.1
TONES = 12
# The share that is turned and scaled, which blurs what styles are told by; the others are moved by whole pixels.
TURNED = 0.25
MOVED = 4
# The share of pictures that are of the grid's things, of each of which a reference may be.
GRID = 0.5
# The part of a batch that is held near what the tower said before.
HELD = 0.25
# One in so many things is kept out, to tell whether styles are known of things never seen.
KEPT_OUT = 8


class Heads(nn.Module):
    """Only to learn by: what is read off the states that adapters see, and off the embedding."""

    def __init__(self, concepts: int) -> None:
        super().__init__()
        self.states = nn.Linear(3 * 128, len(STYLES) + 3)
        self.embeds = nn.Linear(128, len(STYLES) + 3)
        self.concept = nn.Linear(128, concepts)

    def forward(self, states: torch.Tensor, embeds: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """States [n, 65, 128] and embeddings [n, 128] -> twice style and colour [n, 7 + 3], and the thing [n, concepts]."""
        patches = states[:, 1:]
        pooled = torch.cat([states[:, 0], patches.mean(1), patches.std(1)], 1)
        near = F.normalize(embeds, dim=-1) * 11
        return self.states(pooled), self.embeds(near), self.concept(near)


def mirrored(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Half of the pictures [n, 3, h, w], left for right."""
    return torch.where(torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5, x.flip(3), x)


def toned(x: torch.Tensor, dark: torch.Tensor) -> torch.Tensor:
    """Pictures [n, 3, h, w] of -1..1 in shades of one colour each [n, 3] of 0..1: that for black, white for white."""
    return 1 - (1 - (x * LUMA[:, None, None]).sum(1, keepdim=True)) * (1 - dark)[:, :, None, None]


def tones() -> torch.Tensor:
    """Dark colours around the circle of hues, [TONES, 3] of 0..1."""
    return torch.tensor([colorsys.hsv_to_rgb(hue / TONES, 0.9, 0.6) for hue in range(TONES)])


def stepped(x: torch.Tensor, ground: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Pictures [n, 3, h, w] of -1..1 moved by whole pixels, all by as many, over their grounds [n, 3] of 0..1."""
    base = (ground * 2 - 1)[:, :, None, None]
    left, up = torch.randint(2 * MOVED + 1, (2,), generator=generator).tolist()
    h, w = x.shape[2:]
    return F.pad(x - base, [MOVED] * 4)[:, :, up : up + h, left : left + w] + base


class Icons:
    """Every icon of the trained styles at 64 pixels: its style, its thing where that is one of the grid, and whether it is kept out."""

    def __init__(self, folder: Path) -> None:
        pictures, meta = read(folder)
        _, concepts = load(folder)
        number = {name: at for at, (name, _) in enumerate(concepts)}
        names = sorted({name for _, name in meta})
        out = set(names[::KEPT_OUT])
        kept = [at for at, (style, _) in enumerate(meta) if style in STYLES]
        parts = [smaller(torch.from_numpy(np.array(pictures[kept[at : at + 256]]))) for at in range(0, len(kept), 256)]
        self.pictures = torch.cat(parts)
        self.style = torch.tensor([STYLES.index(meta[at][0]) for at in kept])
        self.concept = torch.tensor([number.get(meta[at][1], -1) for at in kept])
        self.out = torch.tensor([meta[at][1] in out for at in kept])
        self.concepts = len(concepts)

    def batch(self, at: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """These icons, moved and turned, some on a ground, some toned: as the tower takes them [n, 3, 64, 64], and their colours."""
        n = len(at)
        ground = torch.rand(n, 3, generator=generator)
        ground[torch.rand(n, generator=generator) >= GROUNDED] = 1
        is_toned = torch.rand(n, generator=generator) < TONED
        ground[is_toned] = 1
        x = compose(self.pictures[at], ground)
        dark = tones()[torch.randint(len(tones()), (n,), generator=generator)]
        x[is_toned] = toned(x[is_toned], dark[is_toned])
        some = int(n * TURNED)
        x[:some] = turned(x[:some], ground[:some], generator)
        x[some:] = stepped(mirrored(x[some:], generator), ground[some:], generator)
        return seen(x), torch.where(is_toned[:, None], dark, ground)


def train(args: argparse.Namespace) -> None:
    """Train for `--seconds` from the tower in `--start`, print what it knows of things kept out, and write it."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    icons = Icons(Path(args.data))
    start = Path(args.start) / "image_encoder"
    tower, before = (CLIPVisionModelWithProjection.from_pretrained(start).float().to(args.device) for _ in range(2))
    before.eval()
    heads = Heads(icons.concepts).to(args.device)
    parameters = [*tower.parameters(), *heads.parameters()]
    both = muon.optimisers(tower, parameters, args.rate, weight_decay=0.05, betas=(0.9, 0.98))
    among = torch.where(~icons.out)[0]
    grid = among[icons.concept[among] >= 0]
    print(f"{len(among)} icons to learn from, {len(grid)} of them of the grid", flush=True)
    held = int(args.batch * HELD)
    began, step = time.time(), 0
    while (done := (time.time() - began) / args.seconds) < 1:
        rate = args.rate * min(1, (step + 1) / 50) * (0.5 * (1 + math.cos(math.pi * done)) + 0.01)
        many = int(args.batch * GRID)
        at = torch.cat([drawn(grid, many, generator), drawn(among, args.batch - many, generator)])
        at = at[torch.randperm(len(at), generator=generator)]
        x, colour = icons.batch(at, generator)
        x, colour, concept, style = (part.to(args.device) for part in (x, colour, icons.concept[at], icons.style[at]))
        out = tower(x, output_hidden_states=True)
        with torch.no_grad():
            said = before(x[:held]).image_embeds
        stays = 1 - F.cosine_similarity(out.image_embeds[:held], said, dim=-1).mean()
        *looks, thing = heads(out.hidden_states[-2], out.image_embeds)
        of_grid = concept >= 0
        named = F.cross_entropy(thing[of_grid], concept[of_grid])
        told = [F.cross_entropy(look[:, :-3], style, label_smoothing=0.05) for look in looks]
        mixed = [F.mse_loss(look[:, -3:], colour) for look in looks]
        loss = told[0] + 0.5 * told[1] + 4 * sum(mixed) + 0.5 * named + args.stay * stays
        for parameter in parameters:
            parameter.grad = None
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        muon.step(both, rate)
        step += 1
        if step % 50 == 0:
            parts = " ".join(f"{value.item():.3f}" for value in (*told, *mixed, named, stays))
            print(f"step {step} seconds {time.time() - began:.0f} {parts}", flush=True)
    tower.eval()
    print(told_of_kept_out(icons, tower, heads, generator), flush=True)
    tower.save_pretrained(Path(args.out) / "image_encoder")


def drawn(among: torch.Tensor, n: int, generator: torch.Generator) -> torch.Tensor:
    """Some of these, at random."""
    return among[torch.randint(len(among), (n,), generator=generator)]


@torch.no_grad()
def told_of_kept_out(icons: Icons, tower, heads: Heads, generator: torch.Generator) -> str:
    """How often the style of things never seen is told rightly, from the states and from the embedding."""
    at = torch.where(icons.out)[0]
    right = torch.zeros(2)
    for part in at.split(256):
        x, _ = icons.batch(part, generator)
        out = tower(x.to(tower.device), output_hidden_states=True)
        looks = heads(out.hidden_states[-2], out.image_embeds)[:2]
        right += torch.tensor([(look[:, :-3].argmax(1).cpu() == icons.style[part]).sum().item() for look in looks])
    states, embeds = (right / len(at)).tolist()
    return f"style of {len(at)} icons kept out: {states:.3f} by the states, {embeds:.3f} by the embedding"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--start", default="towers", help="folder whose image_encoder to go on from")
    parser.add_argument("--out", default="towers")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--stay", type=float, default=2.0, help="weight of saying what the tower said before")
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
