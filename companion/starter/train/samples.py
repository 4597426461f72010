"""What the UNet learns from: batches of words, references and pictures; other mixes teach other things."""

import argparse
import random
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from colours import YIQ
from diffusers import AutoencoderKL
from icons import SIZE, STYLES, load
from looks import HUED, Looks, drawn, light_and_colour, moves, stacked
from transformers import CLIPTokenizer, CLIPVisionModelWithProjection
from views import AS_DRAWN, AT_ONCE, GROUNDED, MOVED, SHADED, kept, make_views, seen

# Shares of samples that see a reference through Plus and through base; the others see none, so that words must carry.
PLUS, BASE = 0.65, 0.15
# Without a reference there is a default look, with words and without, so that guidance changes the thing alone: the
# first set that has the thing, mostly as drawn on white.
DEFAULT, UNGROUNDED = 0.85, 0.9
# How often each view that does not move is learned beside a reference.
LEARNT = [0.3, 0.24, 0.12, 0.12, 0.12, 0.1]
OTHER_HUES = range(GROUNDED + 1, SHADED)
# The share of references with words that are a patch of one colour, or nothing but a ground, which the thing, in its
# default style, then has the hues of.
PATCHED, PATCHES = 0.1, 4
# Shares without words: of the samples without a reference, and of those with a blank one (what guidance compares with).
WORDLESS_ALONE, WORDLESS_BLANK = 0.1, 0.5
# The share of references with words that are the picture itself, beside those chosen so, and of references that are
# left blank.
SAME, BLANK = 0.1, 0.1
# The share of references that have the whole weight; the others have at least so much, so that little of it tells much.
FULLY, LEAST = 0.85, 0.3
# References are about as light and as colourful as what is learned: so many of a style are near enough. The share of
# them that are of its hue as drawn: of sets' own colours their styles are told more easily.
NEAR, DRAWN_SO = 16, 0.8
# How much more hues count than lightness where both are to be near.
HUES_COUNT = 3


class Wordless(NamedTuple):
    """What is learned without words beside a reference that shows the thing; what makes seeds differ."""

    # of all samples with a reference
    share: float
    # the share of these whose reference is any set's drawing of the thing; that of the others is the picture itself
    redrawn: float
    # views to learn, of which one is drawn; those that move leave something open
    views: list[int]


USUAL = Wordless(0.3, 0.5, [AS_DRAWN, GROUNDED, *OTHER_HUES, *[MOVED] * 5])
# For a short while at the end: seeds differ more, and words and styles are not forgotten yet.
MORE = Wordless(0.5, 0.8, [*OTHER_HUES, *[MOVED] * 12])


class Icons:
    """What there is to learn: icons, their views and words; and what to show as a reference."""

    def __init__(self, args: argparse.Namespace, folder: Path) -> None:
        towers, self.device = Path(args.towers), args.device
        pictures, concepts = load(Path(args.data))
        self.names = [name for name, _ in concepts]
        self.row = {name: at for at, name in enumerate(self.names)}
        self.pairs = [(name, style, ways[style]) for name, ways in concepts for style in STYLES if style in ways]
        self.vae = AutoencoderKL.from_pretrained(towers / "vae").eval().to(self.device)
        vision = CLIPVisionModelWithProjection.from_pretrained(towers / "image_encoder")
        self.vision = vision.eval().to(self.device)
        made = {"seed": args.seed, "pairs": self.pairs}
        icons = torch.from_numpy(np.array(pictures[[index for _, _, index in self.pairs]]))
        views = kept(folder / "views.pt", made)
        if views is None:
            generator = torch.Generator().manual_seed(args.seed)
            views = make_views(self.vae, self.vision, icons, scaling_of(args.start), generator)
            views.keep(folder / "views.pt", made)
        self.views = views
        self.bfloat16 = args.bfloat16
        self.mix = MORE if args.variations else USUAL
        self.generator = torch.Generator().manual_seed(args.seed)
        self.patches = range(len(icons), len(icons) + PATCHES)
        # Whole: what is moved at half the size is blurred, and styles are told by how edges are.
        self.icons = torch.cat([icons, patches()])
        self.own = F.pad(views.own, [0, PATCHES])
        self.light_and_colour = torch.cat([light_and_colour(part) for part in icons.split(AT_ONCE)])
        # As points: the distance from 0 is how colourful an icon is, the direction is the hue that leads.
        self.colours = torch.polar(self.light_and_colour[:, 2], views.own)
        tokenizer = CLIPTokenizer.from_pretrained(towers / "tokenizer")
        captions = [*self.names, ""]
        padded = tokenizer(captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        self.ids = padded.input_ids.to(self.device)
        self.default = [self.pairs.index(next(pair for pair in self.pairs if pair[0] == name)) for name in self.names]
        every = views.places.flatten(0, 1).float()
        self.usual = every.mean((0, 1)).to(self.device), every.std((0, 1)).to(self.device)
        self.drawn: dict[str, list[int]] = {}
        styled: dict[tuple[str, bool], list[int]] = {}
        for at, (name, style, _) in enumerate(self.pairs):
            self.drawn.setdefault(name, []).append(at)
            for colourful in {False, views.colourful[at].item()}:
                styled.setdefault((style, colourful), []).append(at)
        self.styled = {key: torch.tensor(some) for key, some in styled.items()}

    def alone(self) -> tuple[int, int]:
        """Which view of which icon to learn without a reference."""
        at = random.choice(self.default) if random.random() < DEFAULT else random.randrange(len(self.pairs))
        return (AS_DRAWN if random.random() < UNGROUNDED else GROUNDED), at

    def worded(self) -> tuple[int, int, int]:
        """A view of an icon to learn from its words beside a reference, and which icon is that, in the same look."""
        if random.random() < PATCHED:
            nothing = random.random() < 0.5
            view, at = (SHADED if nothing else random.choice(OTHER_HUES)), random.choice(self.default)
            return view, at, self.patches[0] if nothing else random.choice(self.patches[1:])
        (view,) = random.choices(range(MOVED), LEARNT)
        at = random.randrange(len(self.pairs))
        if random.random() < SAME:
            return view, at, at
        look, style = self.views.look(view, at), self.pairs[at][1]
        colourful = look.kind.item() == HUED
        among = self.styled[style, colourful]
        own = self.light_and_colour[at]
        apart = (self.light_and_colour[among] - own)[:, : 3 if colourful else 2].pow(2).sum(1)
        if colourful and random.random() < DRAWN_SO:
            apart += HUES_COUNT * (self.colours[among] - torch.polar(own[2], look.hue)).abs().pow(2)
        return view, at, random.choice(among[apart.argsort()[:NEAR]].tolist())

    def wordless(self) -> tuple[int, int, int]:
        """The same without words: another picture of the reference."""
        at = random.randrange(len(self.pairs))
        again = random.choice(self.drawn[self.pairs[at][0]]) if random.random() < self.mix.redrawn else at
        return random.choice(self.mix.views), at, again

    @torch.no_grad()
    def shown(self, references: list[int | None], looks: Looks, moves: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
        """What the vision tower says of icons in looks, or of none: states [n, 65, 128], embeddings [n, 128]."""
        at = torch.tensor([-1 if reference is None else reference for reference in references])
        there = (at >= 0).float().to(self.device)
        x = seen(drawn(self.icons[at], self.own[at], looks, moves)).to(self.device) * there[:, None, None, None]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            out = self.vision(x, output_hidden_states=True)
        return out.hidden_states[-2].float(), out.image_embeds.float() * there[:, None]

    def batch(self, size: int) -> tuple[torch.Tensor, ...]:
        """Latents, rows of words, own places and embeddings, and states, embeddings, weights of Plus and of base."""
        views, picked, references, rows, plus, base = self.views, [], [], [], [], []
        for _ in range(size):
            kind = random.random()
            use = "plus" if kind < PLUS else "base" if kind < PLUS + BASE else ""
            blank = not use or random.random() < BLANK
            worded = random.random() >= (WORDLESS_ALONE if not use else WORDLESS_BLANK if blank else self.mix.share)
            view, at, reference = (*self.alone(), None) if blank else self.worded() if worded else self.wordless()
            weight = 1 if random.random() < FULLY else random.uniform(LEAST, 1)
            picked.append((view, at))
            references.append(reference)
            rows.append(self.row[self.pairs[at][0]] if worded else len(self.names))
            plus.append(weight * (use == "plus"))
            base.append(weight * (use == "base"))
        z, own, embeds = (torch.stack([x[at] for at in picked]) for x in (views.latents, views.places, views.embeds))
        looks = stacked([views.look(*at) for at in picked])
        states, told = self.shown(references, looks, moves(size, self.generator))
        rows, plus, base = (torch.tensor(values) for values in (rows, plus, base))
        return tuple(part.to(self.device) for part in (z, rows, own.float(), embeds, states, told, plus, base))


def scaling_of(start: str | None) -> float | None:
    """By what latents are multiplied for the weights of an earlier --out, or of a folder that ships."""
    if start is None:
        return None
    ran = Path(start) / "scaling_factor"
    return float(ran.read_text()) if ran.exists() else AutoencoderKL.load_config(Path(start) / "vae")["scaling_factor"]


def patches() -> torch.Tensor:
    """Nothing, a disc, a square and a bar of one colour of hue 0: uint8 [PATCHES, 128, 128, 4]."""
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, SIZE)] * 2, indexing="ij")
    inside = torch.stack([x > 2, x.hypot(y) < 0.5, x.abs().maximum(y.abs()) < 0.6, y.abs() < 0.4])
    colour = torch.linalg.inv(YIQ) @ torch.tensor([0.55, 0.35, 0.0])
    rgba = torch.cat([colour.clamp(0, 1).expand(PATCHES, SIZE, SIZE, 3), inside[..., None].float()], -1)
    return (rgba * 255).byte()
