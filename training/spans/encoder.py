"""A small BERT (Devlin et al. 2019) that starts from the weights of a public sentence encoder."""

import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

WIDTH, INNER, HEADS, LAYERS, PLACES = 384, 1536, 12, 6, 128


def tensors(path: Path) -> dict[str, torch.Tensor]:
    """The float tensors of a safetensors file."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    heading = json.loads(raw[8 : 8 + length])
    found = {}
    for name, entry in heading.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, stop = (8 + length + offset for offset in entry["data_offsets"])
            found[name] = torch.from_numpy(np.frombuffer(raw[start:stop], np.float32).reshape(entry["shape"]).copy())
    return found


class Layer(nn.Module):
    """Attention and two dense layers, each followed by a sum and a norm."""

    def __init__(self, drop: float) -> None:
        super().__init__()
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)
        self.said = nn.Linear(WIDTH, WIDTH)
        self.first = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.second = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(drop)

    def forward(self, hidden: torch.Tensor, absent: torch.Tensor) -> torch.Tensor:
        """(batch, pieces, WIDTH) in and out; `absent` is added to the weights of attention."""
        size = hidden.shape[-1] // HEADS
        query, key, value = (
            part.unflatten(-1, (HEADS, size)).transpose(1, 2) for part in self.asked(hidden).chunk(3, dim=-1)
        )
        weights = torch.softmax(query @ key.transpose(-1, -2) * size**-0.5 + absent, -1)
        read = (self.drop(weights) @ value).transpose(1, 2).flatten(2)
        hidden = self.first(hidden + self.drop(self.said(read)))
        return self.second(hidden + self.drop(self.down(functional.gelu(self.up(hidden)))))


class Encoder(nn.Module):
    """Numbers of pieces in, a vector of each piece out. Vectors of pieces are whole numbers of 8 bits and a scale."""

    def __init__(self, weights: Path, kept: list[int], drop: float = 0.1) -> None:
        super().__init__()
        given = tensors(weights)
        table = given["embeddings.word_embeddings.weight"][kept]
        scale = table.abs().amax(1, keepdim=True) / 127
        self.register_buffer("table", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)
        places = given["embeddings.position_embeddings.weight"] + given["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Parameter(places[:PLACES].clone(), requires_grad=False)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(drop)
        self.layers = nn.ModuleList(Layer(drop) for _ in range(LAYERS))
        _copy(self.norm, given, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            before = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                parts = [given[f"{before}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                getattr(layer.asked, kind).data.copy_(torch.cat(parts))
            _copy(layer.said, given, f"{before}attention.output.dense")
            _copy(layer.first, given, f"{before}attention.output.LayerNorm")
            _copy(layer.up, given, f"{before}intermediate.dense")
            _copy(layer.down, given, f"{before}output.dense")
            _copy(layer.second, given, f"{before}output.LayerNorm")

    def forward(self, pieces: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """(batch, pieces) numbers, and 1 where there is a piece, to (batch, pieces, WIDTH)."""
        hidden = self.table[pieces].float() * self.scale[pieces]
        hidden = self.drop(self.norm(hidden + self.places[: pieces.shape[1]]))
        absent = (1 - there[:, None, None, :]) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, absent)
        return hidden


def _copy(module: nn.Module, given: dict[str, torch.Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        getattr(module, kind).data.copy_(given[f"{name}.{kind}"])
