"""What unet.py trained and the towers it used, as the diffusers folder that ships: F16, with both adapters inside."""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler
from icons import compose, load
from safetensors.torch import load_file, save_file
from unet import SCHEDULE

WEIGHTS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "image_encoder": "model",
}
ADAPTERS = ["ip-adapter-plus_starter.safetensors", "ip-adapter_starter.safetensors"]
# Pictures from which the preview's formula is fitted.
FITTED = 256
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": ["transformers", "CLIPImageProcessor"],
    "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def halved(source: Path, target: Path) -> None:
    """A safetensors file in half precision."""
    tensors = load_file(source)
    half = {name: t.half().contiguous() if t.is_floating_point() else t for name, t in tensors.items()}
    save_file(half, target, metadata={"format": "pt"})


def part(source: Path, target: Path, **changed: float) -> None:
    """One network's folder: its configuration, some of it changed, and its weights in half precision."""
    target.mkdir(parents=True)
    config = json.loads((source / "config.json").read_text()) | changed
    config.pop("_name_or_path", None)
    (target / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    file = f"{WEIGHTS[target.name]}.safetensors"
    halved(source / file, target / file)


@torch.no_grad()
def latent_to_rgb(vae: AutoencoderKL, data: Path, seed: int) -> list[list[float]]:
    """RGB in -1..1 as the nearest linear function of latents: a row for each channel, one for what is added."""
    pictures, concepts = load(data)
    generator = torch.Generator().manual_seed(seed)
    indices = [index for _, drawn in concepts for index in drawn.values()]
    chosen = [indices[at] for at in torch.randperm(len(indices), generator=generator)[:FITTED].tolist()]
    background = torch.rand(len(chosen), 3, generator=generator) * 0.75 + 0.25
    background[::2] = 1
    x = compose(torch.from_numpy(np.array(pictures[chosen])), background)
    z = torch.cat([vae.encode(some).latent_dist.mean for some in x.split(32)]) * vae.config.scaling_factor
    known = z.permute(0, 2, 3, 1).reshape(-1, z.shape[1])
    wanted = F.avg_pool2d(x, 8).permute(0, 2, 3, 1).reshape(-1, 3)
    rows = torch.linalg.lstsq(torch.cat([known, torch.ones(len(known), 1)], 1), wanted).solution
    return [[round(value, 4) for value in row] for row in rows.tolist()]


def assemble(args: argparse.Namespace) -> None:
    """Write the folder anew."""
    run, towers, out = Path(args.run), Path(args.towers), Path(args.out)
    shutil.rmtree(out, ignore_errors=True)
    part(run / "unet", out / "unet")
    # A run whose text tower stayed as it was has none of its own.
    part((run if (run / "text_encoder").exists() else towers) / "text_encoder", out / "text_encoder")
    part(towers / "image_encoder", out / "image_encoder")
    part(towers / "vae", out / "vae", scaling_factor=float((run / "scaling_factor").read_text()))
    for name in ("tokenizer", "feature_extractor"):
        shutil.copytree(towers / name, out / name)
    DDIMScheduler(**SCHEDULE).save_pretrained(out / "scheduler")
    (out / "ip_adapter").mkdir()
    for file in ADAPTERS:
        halved(run / file, out / "ip_adapter" / file)
    (out / "model_index.json").write_text(json.dumps(INDEX, indent=1) + "\n")
    preview = latent_to_rgb(AutoencoderKL.from_pretrained(out / "vae").eval(), Path(args.data), args.seed)
    defaults = {"steps": args.steps, "guidance": args.guidance}
    extras = {"defaults": defaults, "weight": args.weight, "latentToRgb": preview}
    (out / "imprint.json").write_text(json.dumps(extras, indent=1) + "\n")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="run", help="folder that unet.py wrote")
    parser.add_argument("--towers", required=True, help="folder with vae, text_encoder, image_encoder, tokenizer")
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--out", required=True, help="where the model goes; what is there is removed")
    parser.add_argument("--steps", type=int, default=14)
    parser.add_argument("--guidance", type=float, default=1.4)
    parser.add_argument("--weight", type=float, default=0.6, help="the reference's weight where none is given")
    parser.add_argument("--seed", type=int, default=0)
    assemble(parser.parse_args())
