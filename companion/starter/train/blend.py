"""Weights between two that were trained one from the other: what one forgot and the other did not know yet."""

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from unet import adapter_file

PARTS = {"unet": "diffusion_pytorch_model.safetensors", "text_encoder": "model.safetensors"}


def between(one: Path, other: Path, part: float) -> dict[str, torch.Tensor]:
    """The tensors of two files of the same network, `part` of the way from the first to the second."""
    before, after = load_file(one), load_file(other)
    if before.keys() != after.keys():
        raise SystemExit(f"{one} and {other} are not of the same network: blend two runs of unet.py.")
    return {
        name: torch.lerp(before[name].float(), t.float(), part) if t.is_floating_point() else t
        for name, t in after.items()
    }


def blend(args: argparse.Namespace) -> None:
    """Write what unet.py would have written."""
    before, after, out = Path(args.before), Path(args.after), Path(args.out)
    for folder, file in PARTS.items():
        (out / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(after / folder / "config.json", out / folder)
        tensors = between(before / folder / file, after / folder / file, args.part)
        save_file(tensors, out / folder / file, metadata={"format": "pt"})
    for file in (adapter_file("plus"), adapter_file("base")):
        one, other = (next(folder.rglob(file)) for folder in (before, after))
        save_file(between(one, other, args.part), out / file)
    shutil.copy(after / "scaling_factor", out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", required=True, help="a folder that ships, or an --out of unet.py")
    parser.add_argument("--after", required=True, help="an --out of unet.py that went on from it")
    parser.add_argument("--part", type=float, default=0.5, help="0 is before, 1 is after")
    parser.add_argument("--out", required=True)
    blend(parser.parse_args())
