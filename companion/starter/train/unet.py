"""UNet, text tower and both adapters together; words decide the thing and the reference, mostly another, the style."""

import argparse
import math
import random
import signal
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from adapters import attach
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from icons import STYLES, load
from muon import optimisers, step
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection
from views import COLOURS, Views, kept, make_views

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "prediction_type": "v_prediction"}
# Ends in pure noise, where sampling starts (arXiv 2305.08891): else the noise's mean would be taken for a grey background.
BETAS |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
SCHEDULE = {**BETAS, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
SHEET_PROMPTS = ["fox", "house", "banana", "fish", "rocket", "guitar", "tulip", "cactus"]
SHEET_REFERENCES = [("pizza", "3d"), ("octopus", "ink"), ("bus", "firefox"), ("bird", "blob")]
SHEET_SEED = 7
# Shares of samples that see a reference through Plus and through base; the others see none, so that words must carry.
PLUS, BASE = 0.65, 0.15
# Without a reference there is a default look, with words and without, so that guidance changes the thing alone: the
# first set that has the thing, mostly as drawn on white.
DEFAULT, AS_DRAWN = 0.85, 0.8
# Shares without words: of the samples without a reference, of those with a blank one (what guidance compares with), and
# of those with a reference, which then is the picture itself, or in a share of these the thing as others draw it: else
# no seed would differ.
WORDLESS_ALONE, WORDLESS_BLANK, WORDLESS = 0.1, 0.5, 0.25
REDRAWN = 0.3
# The share of references with words that are the picture itself, and of references that are left blank.
SAME, BLANK = 0.15, 0.1
# The share of references with words that are one colour alone: the thing has its default look, on that.
FLAT = 0.1
# The weight of naming what will be seen: the middle's features tell the vision tower's (REPA, arXiv 2410.06940).
ALIGN = 0.25
# The weights' mean reaches back over about the last of this many parts of all steps.
MEAN_OVER = 40


def adapter_file(name: str) -> str:
    """What an adapter's file is called."""
    return f"ip-adapter{'-plus' if name == 'plus' else ''}_starter.safetensors"


def make_unet() -> UNet2DConditionModel:
    """A narrow first level without attention, most width at 8 x 8 and 4 x 4."""
    return UNet2DConditionModel(
        sample_size=16,
        layers_per_block=1,
        block_out_channels=(64, 160, 256),
        norm_num_groups=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=128,
        attention_head_dim=4,
    )


class Icons:
    """The pictures to learn: which there are, their views and their words."""

    def __init__(self, args: argparse.Namespace, folder: Path) -> None:
        towers = Path(args.towers)
        pictures, concepts = load(Path(args.data))
        self.names = [name for name, _ in concepts]
        self.row = {name: at for at, name in enumerate(self.names)}
        self.pairs = [(name, style, drawn[style]) for name, drawn in concepts for style in STYLES if style in drawn]
        self.vae = AutoencoderKL.from_pretrained(towers / "vae").eval()
        vision = CLIPVisionModelWithProjection.from_pretrained(towers / "image_encoder").eval()
        made = {"seed": args.seed, "views": args.views, "coloured": args.coloured, "pairs": self.pairs}
        self.views = kept(folder / "views.pt", made)
        if self.views is None:
            generator = torch.Generator().manual_seed(args.seed)
            indices = [index for _, _, index in self.pairs]
            self.views = make_views(self.vae, vision, pictures, indices, args.views, args.coloured, generator)
            self.views.keep(folder / "views.pt", made)
        tokenizer = CLIPTokenizer.from_pretrained(towers / "tokenizer")
        captions = [*self.names, ""]
        padded = tokenizer(captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        self.ids = padded.input_ids
        self.default = [self.pairs.index(next(pair for pair in self.pairs if pair[0] == name)) for name in self.names]
        every = self.views.places.flatten(0, 1).float()
        self.usual = every.mean((0, 1)), every.std((0, 1))
        self.drawn: dict[str, list[int]] = {}
        for at, (name, _, _) in enumerate(self.pairs):
            self.drawn.setdefault(name, []).append(at)
        self.grounds = [
            (view, at) for view in range(args.views) for at in self.default if 0 < self.views.colour[view, at] < COLOURS
        ]
        self.alike: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for view in range(args.views):
            for at in range(len(self.pairs)):
                self.alike.setdefault(self.look(view, at), []).append((view, at))

    def look(self, view: int, at: int) -> tuple[str, int]:
        """Style and background of a view of an icon."""
        return self.pairs[at][1], self.views.colour[view, at].item()

    def target(self, referenced: bool) -> tuple[int, int]:
        """Which view of which icon to learn."""
        views = range(len(self.views.latents))
        if referenced:
            return random.choice(views), random.randrange(len(self.pairs))
        at = random.choice(self.default) if random.random() < DEFAULT else random.randrange(len(self.pairs))
        return (0 if random.random() < AS_DRAWN else random.choice(views)), at

    def reference(self, view: int, at: int, same: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """What the vision tower says of the picture itself, or of any that looks like it: states and embedding."""
        if not same:
            view, at = random.choice(self.alike[self.look(view, at)])
        return self.views.states[view, at].float(), self.views.embeds[view, at]

    def batch(self, size: int) -> tuple[torch.Tensor, ...]:
        """Latents, rows of words, own places and embeddings, and states, embeddings, weights of Plus and of base."""
        views, picked, references, rows, plus, base = self.views, [], [], [], [], []
        for _ in range(size):
            kind = random.random()
            use = "plus" if kind < PLUS else "base" if kind < PLUS + BASE else ""
            blank = not use or random.random() < BLANK
            worded = random.random() >= (WORDLESS_ALONE if not use else WORDLESS_BLANK if blank else WORDLESS)
            view, at = self.target(not blank)
            if blank:
                reference = views.no_states[0], views.no_embeds[0]
            elif worded and random.random() < FLAT:
                view, at = random.choice(self.grounds)
                colour = views.colour[view, at]
                reference = views.flat_states[colour], views.flat_embeds[colour]
            elif not worded and random.random() < REDRAWN:
                view, reference = 0, self.reference(0, random.choice(self.drawn[self.pairs[at][0]]), True)
            else:
                reference = self.reference(view, at, not worded or random.random() < SAME)
            picked.append((view, at))
            references.append(reference)
            rows.append(self.row[self.pairs[at][0]] if worded else len(self.names))
            plus.append(float(use == "plus"))
            base.append(float(use == "base"))
        z, own, embeds = (torch.stack([x[at] for at in picked]) for x in (views.latents, views.places, views.embeds))
        shown, told = (torch.stack(part) for part in zip(*references))
        return z, torch.tensor(rows), own.float(), embeds, shown, told, torch.tensor(plus), torch.tensor(base)


class Training:
    """The networks that learn, their mean over time, and how far they are."""

    def __init__(self, args: argparse.Namespace, icons: Icons, out: Path) -> None:
        torch.manual_seed(args.seed)
        self.icons, self.out = icons, out
        start = Path(args.start or args.towers)
        self.tower = CLIPTextModelWithProjection.from_pretrained(
            start / "text_encoder", attn_implementation="eager"
        ).float()
        self.unet = UNet2DConditionModel.from_pretrained(start / "unet").float() if args.start else make_unet()
        self.adapters, self.conditions = attach(self.unet)
        if args.start:
            for name, adapter in self.adapters.items():
                adapter.read(load_file(next(start.rglob(adapter_file(name)))))
        self.unet.to(memory_format=torch.channels_last)
        # Only to learn by: what the middle says of the picture to come.
        self.foretell = torch.nn.Sequential(torch.nn.Linear(256, 256), torch.nn.SiLU(), torch.nn.Linear(256, 128))
        self.unet.mid_block.register_forward_hook(lambda _module, _args, x: self.conditions.update(middle=x))
        self.everything = torch.nn.ModuleList([self.unet, self.adapters, self.tower, self.foretell])
        self.parameters = list(self.everything.parameters())
        dtype = torch.bfloat16 if args.bfloat16 else torch.float32
        self.optimisers = optimisers(
            self.everything, self.parameters, args.rate, dtype, weight_decay=0.01, betas=(0.9, 0.99)
        )
        self.mean = [p.detach().clone() for p in self.parameters]
        self.step, self.samples, self.seconds = 0, 0, 0.0
        if (out / "checkpoint.pt").exists():
            held = torch.load(out / "checkpoint.pt", weights_only=True)
            self.everything.load_state_dict(held["raw"])
            for optimiser, state in zip(self.optimisers, held["optimisers"]):
                optimiser.load_state_dict(state)
            self.mean, self.step, self.samples, self.seconds = (
                held[key] for key in ("mean", "step", "samples", "seconds")
            )

    def read(self, rows: torch.Tensor, own: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """States of the captions [n, 77, 128], and how far pictures are from their words among those of the batch."""
        some, at = rows.unique(return_inverse=True)
        said = self.tower(self.icons.ids[some])
        worded = rows < len(self.icons.names)
        shown = F.normalize(own[worded], dim=-1) @ F.normalize(said.text_embeds, dim=-1).T
        return said.last_hidden_state[at], F.cross_entropy(shown * 30, at[worded])

    def predict(self, x, t, text, states, embeds, plus, base) -> torch.Tensor:
        """The velocity of noisy latents x [n, 4, 16, 16] at t under text states and both adapters' weights [n]."""
        self.conditions["adapters"] = [
            (self.adapters["plus"], self.adapters["plus"].image_proj(states), plus),
            (self.adapters["base"], self.adapters["base"].image_proj(embeds), base),
        ]
        return self.unet(x, t, text).sample

    def misaligned(self, places: torch.Tensor) -> torch.Tensor:
        """1 - cosine between what the middle [n, 256, 4, 4] foretells and what the vision tower sees [n, 16, 128]."""
        mean, deviation = self.icons.usual
        foretold = self.foretell(self.conditions["middle"].flatten(2).transpose(1, 2))
        return 1 - F.cosine_similarity(foretold, (places - mean) / deviation, dim=-1).mean()

    def update(self, loss: torch.Tensor, rate: float, batch: int) -> None:
        """One step of the optimiser, after which the mean follows."""
        for parameter in self.parameters:
            parameter.grad = None
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        step(self.optimisers, rate)
        self.step += 1
        self.samples += batch
        keep = min(0.999, (1 + self.step) / (MEAN_OVER + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(self.mean, self.parameters, 1 - keep)

    def swap(self) -> None:
        """The mean in the place of the weights, and back."""
        for p, m in zip(self.parameters, self.mean):
            weights = p.data.clone()
            p.data.copy_(m)
            m.copy_(weights)

    def save(self, seconds: float) -> None:
        """The checkpoint to go on from, and the mean in the files that assemble.py takes."""
        states = [optimiser.state_dict() for optimiser in self.optimisers]
        held = {"raw": self.everything.state_dict(), "optimisers": states, "mean": self.mean}
        held |= {"step": self.step, "samples": self.samples, "seconds": self.seconds + seconds}
        torch.save(held, self.out / "checkpoint.tmp")
        (self.out / "checkpoint.tmp").rename(self.out / "checkpoint.pt")
        self.swap()
        plain = make_unet()
        plain.load_state_dict(self.unet.state_dict())
        plain.save_pretrained(self.out / "unet")
        self.tower.save_pretrained(self.out / "text_encoder")
        for name, adapter in self.adapters.items():
            save_file(adapter.original(), self.out / adapter_file(name))
        self.swap()
        (self.out / "scaling_factor").write_text(str(self.icons.views.scaling))

    @torch.no_grad()
    def sheet(self, path: Path, steps: int = 16, guidance: float = 4.0) -> None:
        """Rows: no reference, then each reference by Plus at weight 1; columns: the reference and the prompts."""
        icons, views = self.icons, self.icons.views
        self.swap()
        m = len(SHEET_PROMPTS)
        noise = torch.randn(m, 4, 16, 16, generator=torch.Generator().manual_seed(SHEET_SEED))
        words = [icons.row.get(prompt, len(icons.names)) for prompt in SHEET_PROMPTS]
        empty = self.tower(icons.ids[-1:]).last_hidden_state.expand(m, -1, -1)
        text = torch.cat([empty, self.tower(icons.ids[words]).last_hidden_state])
        rows = []
        for wanted in [None, *SHEET_REFERENCES]:
            found = [at for at, (name, style, _) in enumerate(icons.pairs) if (name, style) == wanted]
            states = views.states[0, found[0]].float()[None] if found else views.no_states
            seen = torch.cat([views.no_states.expand(m, -1, -1), states.expand(m, -1, -1)])
            weight = torch.full((2 * m,), float(bool(found)))
            condition = seen, views.no_embeds.expand(2 * m, -1), weight, weight * 0
            schedule = DDIMScheduler(**SCHEDULE)
            schedule.set_timesteps(steps)
            z = noise.clone()
            for t in schedule.timesteps:
                without, with_words = self.predict(torch.cat([z, z]), t, text, *condition).chunk(2)
                z = schedule.step(without + guidance * (with_words - without), t, z).prev_sample
            shown = icons.vae.decode(z / views.scaling).sample
            left = torch.ones(1, 3, 128, 128)
            if found:
                left = icons.vae.decode(views.latents[0, found] / views.scaling).sample
            rows.append(torch.cat([*left, *shown], 2))
        pixels = ((torch.cat(rows, 1).clamp(-1, 1) + 1) * 127.5).permute(1, 2, 0).byte().numpy()
        Image.fromarray(pixels).save(path)
        self.swap()


def train(args: argparse.Namespace) -> None:
    """Train for `--seconds`, or until asked to end, going on from the checkpoint in `--out` where there is one."""
    torch.set_num_threads(args.threads)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    icons = Icons(args, out)
    training = Training(args, icons, out)
    print(f"{len(icons.names)} concepts, {len(icons.pairs)} icons", flush=True)
    for name, part in [("unet", training.unet), ("adapters", training.adapters), ("text tower", training.tower)]:
        print(f"{name} {sum(p.numel() for p in part.parameters()) / 1e6:.1f} M", flush=True)
    random.seed(args.seed + training.step)
    generator = torch.Generator().manual_seed(args.seed + 1 + training.step)
    alphas = DDPMScheduler(**BETAS).alphas_cumprod
    snr = alphas / (1 - alphas)
    # Weight 1 at high noise, where forms are decided, and less where only detail is left; drawn, not multiplied.
    chance = torch.clamp(snr + 1, max=5) / (snr + 1)

    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    began = saved = time.time()
    smooth = None
    while not stopping and (spent := time.time() - began) < args.seconds:
        falling = 0.5 * (1 + math.cos(math.pi * spent / args.seconds)) if args.cosine else 1.0
        rate = args.rate * min(1, (training.step + 1) / 200) * (0.98 * falling + 0.02)
        z, rows, places, own_embeds, *condition = icons.batch(args.batch)
        t = torch.multinomial(chance, args.batch, replacement=True, generator=generator)
        noise = torch.randn(z.shape, generator=generator)
        a = alphas[t][:, None, None, None]
        noisy = (a.sqrt() * z + (1 - a).sqrt() * noise).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            text, apart = training.read(rows, own_embeds)
            v = training.predict(noisy, t, text, *condition)
            misaligned = training.misaligned(places)
        loss = (v.float() - (a.sqrt() * noise - (1 - a).sqrt() * z)).pow(2).mean()
        training.update(loss + args.contrast * apart + ALIGN * misaligned, rate, args.batch)
        now = torch.tensor([loss.item(), apart.item(), misaligned.item()])
        smooth = now if smooth is None else 0.98 * smooth + 0.02 * now
        if training.step % 50 == 0:
            seconds = training.seconds + time.time() - began
            print(
                f"step {training.step} samples {training.samples} seconds {seconds:.0f} "
                f"loss {smooth[0]:.4f} words {smooth[1]:.3f} apart {smooth[2]:.3f}",
                flush=True,
            )
        if time.time() - saved > args.every:
            saved = time.time()
            training.save(time.time() - began)
            training.sheet(out / f"sheet-{training.step:06d}.png")
    training.save(time.time() - began)
    training.sheet(out / f"sheet-{training.step:06d}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True, help="time to train, set-up not counted")
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--towers", required=True, help="folder with vae, text_encoder, image_encoder, tokenizer")
    parser.add_argument("--start", help="an earlier --out, or a folder that ships, whose weights to begin with")
    parser.add_argument("--out", default="run", help="folder of the checkpoint and what is made from it")
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--coloured", type=float, default=0.6, help="share of later views on a coloured background")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--contrast", type=float, default=0.02, help="weight of keeping words near their pictures")
    parser.add_argument("--cosine", action="store_true", help="fall to 2 %% of the rate by the end of --seconds")
    parser.add_argument("--every", type=float, default=600, help="seconds between checkpoints")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast where the processor multiplies these")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
