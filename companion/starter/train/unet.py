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
from device import add_device
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from looks import stacked
from muon import optimisers, step
from PIL import Image
from safetensors.torch import load_file, save_file
from samples import Icons
from transformers import CLIPTextModelWithProjection
from views import AS_DRAWN

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "prediction_type": "v_prediction"}
# Ends in pure noise, where sampling starts (arXiv 2305.08891): else the noise's mean would be taken for a grey background.
BETAS |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
SCHEDULE = {**BETAS, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
SHEET_PROMPTS = ["fox", "house", "banana", "fish", "rocket", "guitar", "tulip", "cactus"]
SHEET_REFERENCES = [("pizza", "3d"), ("octopus", "ink"), ("bus", "firefox"), ("bird", "blob")]
SHEET_SEED = 7
# The weight of naming what will be seen: the middle's features tell the vision tower's (REPA, arXiv 2410.06940).
ALIGN = 0.25
# Steps over which the rate rises in every new --out: few, since one that goes on from weights may have but a hundred.
WARMING = 60
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
        self.everything = torch.nn.ModuleList([self.unet, self.adapters, self.tower, self.foretell]).to(args.device)
        self.parameters = list(self.everything.parameters())
        dtype = torch.bfloat16 if args.bfloat16 else torch.float32
        self.optimisers = optimisers(
            self.everything, self.parameters, args.rate, dtype, weight_decay=0.01, betas=(0.9, 0.99)
        )
        self.mean = [p.detach().clone() for p in self.parameters]
        self.step, self.samples, self.seconds = 0, 0, 0.0
        if (out / "checkpoint.pt").exists():
            held = torch.load(out / "checkpoint.pt", weights_only=True, map_location=args.device)
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
        noise = torch.randn(m, 4, 16, 16, generator=torch.Generator().manual_seed(SHEET_SEED)).to(icons.device)
        words = [icons.row.get(prompt, len(icons.names)) for prompt in SHEET_PROMPTS]
        empty = self.tower(icons.ids[-1:]).last_hidden_state.expand(m, -1, -1)
        text = torch.cat([empty, self.tower(icons.ids[words]).last_hidden_state])
        rows = []
        for wanted in [None, *SHEET_REFERENCES]:
            found = [at for at, (name, style, _) in enumerate(icons.pairs) if (name, style) == wanted]
            references = [None] * m + (found * m or [None] * m)
            looks = stacked([views.look(AS_DRAWN, (found or [0])[0])] * 2 * m)
            weight = torch.full((2 * m,), float(bool(found)), device=icons.device)
            condition = *icons.shown(references, looks, None), weight, weight * 0
            schedule = DDIMScheduler(**SCHEDULE)
            schedule.set_timesteps(steps)
            z = noise.clone()
            for t in schedule.timesteps:
                without, with_words = self.predict(torch.cat([z, z]), t, text, *condition).chunk(2)
                z = schedule.step(without + guidance * (with_words - without), t, z).prev_sample
            shown = icons.vae.decode(z / views.scaling).sample.cpu()
            left = torch.ones(1, 3, 128, 128)
            if found:
                left = icons.vae.decode((views.latents[AS_DRAWN, found] / views.scaling).to(icons.device)).sample.cpu()
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
        rate = args.rate * min(1, (training.step + 1) / WARMING) * (0.98 * falling + 0.02)
        z, rows, places, own_embeds, *condition = icons.batch(args.batch)
        t = torch.multinomial(chance, args.batch, replacement=True, generator=generator)
        noise = torch.randn(z.shape, generator=generator)
        a = alphas[t][:, None, None, None]
        t, noise, a = (part.to(args.device) for part in (t, noise, a))
        noisy = (a.sqrt() * z + (1 - a).sqrt() * noise).to(memory_format=torch.channels_last)
        with torch.autocast(args.device.type, torch.bfloat16, enabled=args.bfloat16):
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
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--contrast", type=float, default=0.02, help="weight of keeping words near their pictures")
    parser.add_argument("--cosine", action="store_true", help="fall to 2 %% of the rate by the end of --seconds")
    parser.add_argument("--variations", action="store_true", help="learn more without words, for a while at the end")
    parser.add_argument("--every", type=float, default=600, help="seconds between checkpoints")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast on hardware that multiplies these")
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
