"""CLIP's two towers and their vocabulary, by contrast; captions name the thing, often its style and its ground."""

import argparse
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from colours import NAMED, names_of, palettes, recoloured
from device import add_device
from icons import STYLES, compose, load, moved
from tokenizer import make_tokenizer
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)
from views import seen

VOCABULARY = 2048
TOKENS = 24
MANNERS = {
    "3d": ["glossy 3d", "3d render"],
    "flat": ["flat", "flat color"],
    "ink": ["black ink", "line art"],
    "noto": ["soft shaded", "gradient"],
    "blob": ["bold cartoon", "cartoon"],
    "twemoji": ["simple sticker", "sticker"],
    "firefox": ["pastel", "muted"],
}
LITTLE_WORDS = ["background", "a", "an", ",", "the", "of", "and", "in", "on", "with"]


def caption(concept: str, style: str, ground: str) -> str:
    """One of the ways to say what is in a picture."""
    said = concept if random.random() < 0.5 else f"{'an' if concept[0] in 'aeiou' else 'a'} {concept}"
    if random.random() < 0.6:
        said += f", {random.choice(MANNERS[style])}"
    if random.random() < (0.2 if ground == "white" else 0.7):
        said += f", {ground} background"
    return said


def make_towers(tokens: int) -> tuple[CLIPTextModelWithProjection, CLIPVisionModelWithProjection]:
    """Both 128 wide with a projection to 128."""
    text = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=128,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=77,
        projection_dim=128,
        hidden_act="quick_gelu",
        bos_token_id=tokens - 2,
        eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )
    vision = CLIPVisionConfig(
        hidden_size=128,
        intermediate_size=512,
        num_hidden_layers=5,
        num_attention_heads=4,
        image_size=64,
        patch_size=8,
        projection_dim=128,
        hidden_act="gelu",
    )
    return CLIPTextModelWithProjection(text), CLIPVisionModelWithProjection(vision)


def turned(x: torch.Tensor, ground: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each picture scaled, turned, moved and perhaps mirrored over its ground."""
    n = len(x)
    scale = 1 + (torch.rand(n, generator=generator) - 0.3) * 0.25
    turn = (torch.rand(n, generator=generator) - 0.5) * 0.35
    mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = mirror * scale * turn.cos(), -scale * turn.sin()
    matrix[:, 1, 0], matrix[:, 1, 1] = mirror * scale * turn.sin(), scale * turn.cos()
    matrix[:, :, 2] = (torch.rand(n, 2, generator=generator) - 0.5) * 0.16
    return moved(x, ground, matrix)


def contrast(logits: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """Cross-entropy both ways, where pairs of the same caption count as right in equal parts."""
    wanted = same / same.sum(1, keepdim=True)
    return -sum((wanted * way.log_softmax(1)).sum(1).mean() for way in (logits, logits.T)) / 2


def train(args: argparse.Namespace) -> None:
    """Train for `--seconds` and write text_encoder, image_encoder, tokenizer and feature_extractor."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    out = Path(args.out)
    generator = torch.Generator().manual_seed(args.seed + 1)
    pictures, concepts = load(Path(args.data), least=4)
    pairs = [(name, style, drawn[style]) for name, drawn in concepts for style in STYLES if style in drawn]
    icons = torch.from_numpy(np.array(pictures[[index for _, _, index in pairs]]))
    phrases = [name for name, _ in concepts] + [said for ways in MANNERS.values() for said in ways]
    words = [word for phrase in phrases for word in phrase.split()] + [*NAMED, *LITTLE_WORDS]
    tokenizer = make_tokenizer(words, VOCABULARY, out / "tokenizer")
    text, vision = (tower.to(args.device) for tower in make_towers(len(tokenizer)))
    print(f"{len(pairs)} icons, {len(tokenizer)} tokens", flush=True)
    strength = torch.nn.Parameter(torch.tensor(2.6, device=args.device))
    parameters = [*text.parameters(), *vision.parameters(), strength]
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.05, betas=(0.9, 0.98))
    began, step, smooth = time.time(), 0, None
    while (done := (time.time() - began) / args.seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * done)) + 0.01)
        at = torch.randint(len(pairs), (args.batch,), generator=generator)
        turn, ground = palettes(args.batch, generator, recoloured=0.5, grounded=0.5)
        x = turned(compose(recoloured(icons[at], turn), ground), ground, generator)
        shown = [(*pairs[i][:2], name) for i, name in zip(at.tolist(), names_of(ground))]
        said = tokenizer(
            [caption(*what) for what in shown],
            padding="max_length",
            max_length=TOKENS,
            truncation=True,
            return_tensors="pt",
        )
        same = torch.tensor([[float(one == other) for other in shown] for one in shown])
        x, ids, same = (part.to(args.device) for part in (seen(x), said.input_ids, same))
        with torch.autocast(args.device.type, torch.bfloat16):
            a = F.normalize(text(ids).text_embeds.float(), dim=-1)
            b = F.normalize(vision(x).image_embeds.float(), dim=-1)
        logits = strength.exp().clamp(max=60) * b.float() @ a.float().T
        loss = contrast(logits, same)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        right = (logits.argmax(1).cpu() == torch.arange(args.batch)).float().mean().item()
        smooth = right if smooth is None else 0.95 * smooth + 0.05 * right
        if step % 50 == 0:
            print(f"step {step} pairs {step * args.batch} right {smooth:.3f} loss {loss.item():.3f}", flush=True)
    text.save_pretrained(out / "text_encoder")
    vision.save_pretrained(out / "image_encoder")
    size = {"height": 64, "width": 64}
    CLIPImageProcessor(size={"shortest_edge": 64}, crop_size=size).save_pretrained(out / "feature_extractor")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--data", default="data", help="folder of icons.u8 and icons.json")
    parser.add_argument("--out", default="towers")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
