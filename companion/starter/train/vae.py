"""The autoencoder (8 times smaller, 4 channels), on crops of recoloured icons; L1, L2, slopes, a little KL."""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from colours import palettes, recoloured
from device import add_device
from diffusers import AutoencoderKL
from icons import STYLES, compose, read

CROP = 64
KL = 1e-4


def make_vae() -> AutoencoderKL:
    """3.2 M parameters."""
    return AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        block_out_channels=[24, 48, 96, 128],
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=128,
    )


def slopes(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Differences of neighbours across and down."""
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def train(args: argparse.Namespace) -> None:
    """Train for `--seconds` and write the folder `vae`."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    pictures, meta = read(Path(args.data))
    icons = torch.from_numpy(np.array(pictures[[at for at, (style, _) in enumerate(meta) if style in STYLES]]))
    vae = make_vae().to(args.device)
    print(f"{len(icons)} icons, {sum(p.numel() for p in vae.parameters()) / 1e6:.1f} M parameters", flush=True)
    optimiser = torch.optim.AdamW(vae.parameters(), lr=args.rate, weight_decay=0, betas=(0.9, 0.99))
    began, step, smooth = time.time(), 0, None
    while (done := (time.time() - began) / args.seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 200) * (0.5 * (1 + math.cos(math.pi * done)) + 0.02)
        at = torch.randint(len(icons), (args.batch,), generator=generator)
        turn, ground = palettes(args.batch, generator, recoloured=0.6, grounded=0.5)
        x = compose(recoloured(icons[at], turn), ground)
        top, left = torch.randint(0, x.shape[-1] - CROP + 1, (2,), generator=generator).tolist()
        x = x[:, :, top : top + CROP, left : left + CROP].contiguous().to(args.device)
        with torch.autocast(args.device.type, torch.bfloat16):
            latents = vae.encode(x).latent_dist
            y = vae.decode(latents.sample(generator)).sample
        apart = (y.float() - x).abs()
        edges = sum((made - given).abs().mean() for made, given in zip(slopes(y.float()), slopes(x)))
        kl = latents.kl().mean() / (CROP // 8) ** 2 / 4
        loss = apart.mean() + apart.pow(2).mean() + edges + KL * kl
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        step += 1
        smooth = apart.mean().item() if smooth is None else 0.99 * smooth + 0.01 * apart.mean().item()
        if step % 100 == 0:
            print(f"step {step} samples {step * args.batch} L1 {smooth:.4f} KL {kl.item():.2f}", flush=True)
    vae.save_pretrained(Path(args.out) / "vae")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--out", default="towers")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
