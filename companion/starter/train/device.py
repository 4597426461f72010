"""The option that says where networks learn. Batches are drawn on the processor, so that a seed draws the same."""

import argparse

import torch


def add_device(parser: argparse.ArgumentParser) -> None:
    """Give a program `--device`, which is the GPU where there is one."""
    usual = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", type=device, default=usual, help=f"cpu, or cuda for a GPU (here {usual})")


def device(name: str) -> torch.device:
    """The device of a name, where PyTorch has it here."""
    if name != "cpu" and not (name.startswith("cuda") and torch.cuda.is_available()):
        raise argparse.ArgumentTypeError(f"{name} is no device here: give cpu, or cuda where there is a GPU")
    return torch.device(name)
