"""IP-Adapter Plus and base for a small UNet, with a weight for every sample: one batch holds all kinds of condition."""

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import nn

PLUS_TOKENS = 8
BASE_TOKENS = 4


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Attention of q [n, heads, t, d] to k and v [n, heads, s, d], step by step: fast in bfloat16, back as well."""
    return (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1).to(v.dtype) @ v


def heads_apart(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[n, t, c] -> [n, heads, t, c / heads]"""
    return x.unflatten(2, (heads, -1)).transpose(1, 2)


class PerceiverAttention(nn.Module):
    """Latents look at the picture's states and at themselves."""

    def __init__(self, dim: int, heads: int, head_dim: int = 64) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(dim)
        self.norm2 = nn.LayerNorm(dim)
        self.to_q = nn.Linear(dim, heads * head_dim, bias=False)
        self.to_kv = nn.Linear(dim, 2 * heads * head_dim, bias=False)
        self.to_out = nn.Linear(heads * head_dim, dim, bias=False)

    def forward(self, x: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        x, latents = self.norm1(x), self.norm2(latents)
        k, v = self.to_kv(torch.cat([x, latents], 1)).chunk(2, -1)
        q, k, v = (heads_apart(t, self.heads) for t in (self.to_q(latents), k, v))
        return self.to_out(attend(q, k, v).transpose(1, 2).flatten(2))


def feed_forward(dim: int) -> nn.Sequential:
    """The network behind each of the resampler's attentions."""
    up, down = nn.Linear(dim, 4 * dim, bias=False), nn.Linear(4 * dim, dim, bias=False)
    return nn.Sequential(nn.LayerNorm(dim), up, nn.GELU(), down)


class Resampler(nn.Module):
    """Plus: the vision tower's states [n, 65, d] -> tokens [n, 8, d], under the original key names."""

    def __init__(self, dim: int = 128, depth: int = 4, heads: int = 2) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(1, PLUS_TOKENS, dim) / dim**0.5)
        self.proj_in = nn.Linear(dim, dim)
        self.proj_out = nn.Linear(dim, dim)
        self.norm_out = nn.LayerNorm(dim)
        layers = (nn.ModuleList([PerceiverAttention(dim, heads), feed_forward(dim)]) for _ in range(depth))
        self.layers = nn.ModuleList(layers)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        x, latents = self.proj_in(states), self.latents.expand(len(states), -1, -1)
        for attention, feed in self.layers:
            latents = attention(x, latents) + latents
            latents = feed(latents) + latents
        return self.norm_out(self.proj_out(latents))


class Projection(nn.Module):
    """Base: the vision tower's embedding [n, d] -> tokens [n, 4, d], under the original key names."""

    def __init__(self, dim: int = 128) -> None:
        super().__init__()
        self.proj = nn.Linear(dim, BASE_TOKENS * dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, embedding: torch.Tensor) -> torch.Tensor:
        return self.norm(self.proj(embedding).unflatten(1, (BASE_TOKENS, -1)))


class Adapter(nn.Module):
    """One IP-Adapter: its image projection and a pair of key and value matrices for every cross-attention."""

    def __init__(self, image_proj: nn.Module, widths: list[int], dim: int = 128) -> None:
        super().__init__()
        self.image_proj = image_proj
        self.keys = nn.ModuleList(nn.Linear(dim, width, bias=False) for width in widths)
        self.values = nn.ModuleList(nn.Linear(dim, width, bias=False) for width in widths)
        for layer in [*self.keys, *self.values]:
            nn.init.normal_(layer.weight, std=0.02)

    def original(self) -> dict[str, torch.Tensor]:
        """The tensors under the original key names; these count all attentions, of which every second crosses."""
        named = {f"image_proj.{key}": value for key, value in self.image_proj.state_dict().items()}
        for place, (key, value) in enumerate(zip(self.keys, self.values)):
            named[f"ip_adapter.{2 * place + 1}.to_k_ip.weight"] = key.weight
            named[f"ip_adapter.{2 * place + 1}.to_v_ip.weight"] = value.weight
        return {name: tensor.detach().contiguous() for name, tensor in named.items()}

    def read(self, tensors: dict[str, torch.Tensor]) -> None:
        """Take the tensors that `original` gave."""
        with torch.no_grad():
            for name, tensor in self.original().items():
                tensor.copy_(tensors[name])


class Crossing:
    """The attention of one place: text, plus each adapter's tokens times its weight for every sample [n]."""

    def __init__(self, conditions: dict, place: int) -> None:
        self.conditions = conditions
        self.place = place

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, **_):
        q = heads_apart(attn.to_q(hidden_states), attn.heads)

        def looked(k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            return attend(q, heads_apart(k, attn.heads), heads_apart(v, attn.heads))

        out = looked(attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states))
        for adapter, tokens, weight in self.conditions.get("adapters", []):
            seen = looked(adapter.keys[self.place](tokens), adapter.values[self.place](tokens))
            out = out + weight[:, None, None, None].to(out.dtype) * seen
        return attn.to_out[0](out.transpose(1, 2).flatten(2))


def places(unet: UNet2DConditionModel) -> list[str]:
    """The cross-attentions in the order in which IP-Adapter files number them: down, up, mid."""
    names = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    return [name for part in ("down", "up", "mid") for name in names if name.startswith(part)]


def attach(unet: UNet2DConditionModel) -> tuple[nn.ModuleDict, dict]:
    """Both adapters, and the dictionary whose `adapters` ((adapter, tokens, weights [n]) each) the UNet will read."""
    conditions: dict = {}
    processors = dict(unet.attn_processors)
    widths = []
    # The fused attention's gradient is slow in bfloat16.
    for name in processors:
        processors[name] = AttnProcessor()
    for place, name in enumerate(places(unet)):
        widths.append(unet.get_submodule(name.removesuffix(".processor")).to_q.out_features)
        processors[name] = Crossing(conditions, place)
    unet.set_attn_processor(processors)
    adapters = {"plus": Adapter(Resampler(), widths), "base": Adapter(Projection(), widths)}
    return nn.ModuleDict(adapters), conditions
