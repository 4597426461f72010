"""Whether diffusers makes of a model folder what Imprint does; what diffusers makes can be kept for Imprint's tests."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file, save_file

IMPRINT = Path(__file__).parents[2] / "bin" / "imprint.mjs"
SHEET = Path(__file__).parents[1] / "evaluate" / "references" / "trained.png"
SIDE = 128
TOLERANCE = 1e-3


def by_imprint(models: Path, adapter: Path, prompt: str, reference: Path, weight: float, seed: int) -> dict:
    """The complete recipe and the latents of one picture."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump.safetensors"
        asked = {"models": models.parent, "checkpoint": models.name, "prompt": prompt}
        # By its place: the model that comes with Imprint has adapters of the same names.
        asked |= {"adapter": adapter.relative_to(models.parent).as_posix()}
        asked |= {"reference": reference, "weight": weight, "seed": seed, "dump": dump, "device": "cpu"}
        options = [f"--{name}={value}" for name, value in asked.items()]
        said = subprocess.run(["node", IMPRINT, "generate", "--json", *options], check=True, stdout=subprocess.PIPE)
        return {**json.loads(said.stdout)["recipe"], **load_file(dump)}


def by_diffusers(models: Path, adapter: Path, reference: Path, recipe: dict) -> torch.Tensor:
    """The latents of the same picture."""
    pipeline = StableDiffusionPipeline.from_pretrained(models, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.load_ip_adapter(adapter.parent, subfolder="", weight_name=adapter.name, image_encoder_folder=None)
    pipeline.set_ip_adapter_scale(recipe["references"][0]["weight"])
    return pipeline(
        recipe["prompt"],
        width=recipe["size"][0],
        height=recipe["size"][1],
        num_inference_steps=recipe["steps"],
        guidance_scale=recipe["guidance"],
        generator=torch.Generator().manual_seed(recipe["seed"]),
        ip_adapter_image=Image.open(reference).convert("RGB"),
        output_type="latent",
    ).images


def compare(args: argparse.Namespace) -> int:
    """Print a line for each adapter; 1 where one differs by more than the tolerance."""
    models = Path(args.models).resolve()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(args.keep or folder)
        kept.mkdir(parents=True, exist_ok=True)
        reference = kept / "reference.png"
        icon = Image.open(SHEET).crop((0, 0, SIDE, SIDE))
        ground = Image.new("RGBA", icon.size, "white")
        Image.alpha_composite(ground, icon).convert("RGB").save(reference)
        for file in sorted((models / "ip_adapter").glob("*.safetensors")):
            recipe = by_imprint(models, file, args.prompt, reference, args.weight, args.seed)
            latents = by_diffusers(models, file, reference, recipe)
            difference = (latents - recipe["latents"]).abs().max().item()
            worst = max(worst, difference / latents.abs().max().item())
            recipe["references"][0]["image"] = reference.name
            asked = {name: value for name, value in recipe.items() if name not in ("latents", "image")}
            (kept / f"{file.stem}.json").write_text(json.dumps(asked, indent=2) + "\n")
            save_file({"latents": latents.reshape(1, -1).contiguous()}, kept / f"{file.stem}.safetensors")
            print(f"{file.stem}: latents up to {latents.abs().max():.2f} differ by {difference:.1e}")
    return int(worst > TOLERANCE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", required=True, help="folder that assemble.py wrote")
    parser.add_argument("--keep", help="folder for the recipes, the reference and the latents that diffusers makes")
    parser.add_argument("--prompt", default="fox")
    parser.add_argument("--weight", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=7)
    sys.exit(compare(parser.parse_args()))
