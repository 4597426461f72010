"""Where networks learn. Batches are drawn on the processor everywhere, so that a seed means the same pictures."""

import argparse

import torch


def add_device(parser: argparse.ArgumentParser) -> None:
    """Give a program `--device`, which is the GPU where there is one."""
    usual = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", type=torch.device, default=usual, help=f"cpu, or cuda for a GPU (here {usual})")
