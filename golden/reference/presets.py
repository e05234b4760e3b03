"""The model files of the presets."""

BY_HAND = """\
{"name": "by-hand", "text": "I like transformers", "tokenizer": "words", "add_bos": true, "add_eos": true,
 "vocabulary": ["<PAD>", "<BOS>", "<EOS>", "I", "like", "transformers"],
 "context": 5, "d_model": 16, "n_heads": 2, "d_ff": 64, "n_layers": 1,
 "position": "learned",
 "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "none", "norm_mlp": "post", "final_norm": false,
 "residual_attention": false, "residual_mlp": true,
 "activation": "gelu_tanh",
 "attention_bias": false, "output_bias": false, "mlp_bias": true, "head_bias": false, "tied_head": false,
 "loss": "sum",
 "init": {"kind": "python_gauss", "seed": 42, "std": 0.1, "reseed": "per_stage"},
 "optimizer": {"kind": "adamw", "lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01, "clip_norm": null}}
"""

TINY = """\
{"name": "tiny", "text": "the cat saw the dog", "tokenizer": "words", "add_bos": false, "add_eos": false,
 "vocabulary": ["<PAD>", "<BOS>", "<EOS>", "the", "cat", "dog", "bird", "saw", "and"],
 "context": 7, "d_model": 6, "n_heads": 2, "d_ff": 8, "n_layers": 1,
 "position": "learned",
 "norm": "layernorm", "norm_eps": 0.01, "norm_attention": "pre", "norm_mlp": "pre", "final_norm": true,
 "residual_attention": true, "residual_mlp": true,
 "activation": "gelu_tanh",
 "attention_bias": true, "output_bias": true, "mlp_bias": true, "head_bias": false, "tied_head": false,
 "loss": "mean",
 "init": {"kind": "decimal", "seed": SEED, "std": 0.6, "reseed": "once", "decimals": 1},
 "optimizer": {"kind": "adamw", "lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0.5, "clip_norm": 1.0}}
"""

# Attention in tiles of two queries and two keys, and nothing else in the block.
FLASH = """\
{"name": "flash", "text": "the cat saw the dog and", "tokenizer": "words", "add_bos": false, "add_eos": false,
 "vocabulary": ["the", "cat", "saw", "dog", "and", "bird"],
 "context": 6, "d_model": 4, "n_heads": 1, "n_layers": 1,
 "position": "learned", "attention": "flash", "tile_rows": 2, "tile_columns": 2,
 "norm": "layernorm", "norm_eps": 0.01, "norm_attention": "pre", "norm_mlp": "none", "final_norm": true, "mlp": "none",
 "attention_bias": false, "output_bias": false,
 "init": {"kind": "decimal", "seed": SEED, "std": 0.8, "reseed": "once", "decimals": 1},
 "optimizer": {"kind": "adamw", "lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0.5, "clip_norm": 1.0}}
"""

# Four experts, two for each token, with room for as many as an even share is.
MOE = """\
{"name": "moe", "text": "the cat saw the dog and", "tokenizer": "words", "add_bos": false, "add_eos": false,
 "vocabulary": ["the", "cat", "saw", "dog", "and", "bird"],
 "context": 6, "d_model": 4, "n_heads": 1, "d_ff": 3, "n_layers": 1,
 "position": "learned",
 "norm": "layernorm", "norm_eps": 0.01, "norm_attention": "pre", "norm_mlp": "pre", "final_norm": true,
 "mlp": "moe", "experts": 4, "top_k": 2, "capacity": 1, "balance": 0.01, "activation": "relu",
 "attention_bias": false, "output_bias": false, "mlp_bias": false,
 "init": {"kind": "decimal", "seed": SEED, "std": 0.6, "reseed": "once", "decimals": 1},
 "optimizer": {"kind": "adamw", "lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0.5, "clip_norm": 1.0}}
"""

XOR = """{
  "system": "mlp",
  "name": "xor",
  "data": {"examples": [{"x": [0.1, 0.2], "class": 0}, {"x": [0.9, 0.1], "class": 1}, {"x": [0.2, 0.8], "class": 1}, {"x": [1.1, 0.9], "class": 0}]},
  "model": {"hidden": 3, "activation": "tanh"},
  "init": {"kind": "decimal", "seed": 6541, "std": 0.8, "reseed": "once", "decimals": 1},
  "optimizer": {"kind": "adamw", "lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0, "clip_norm": null, "decay": "all"},
  "training": {"steps": 60, "loader": "rows", "schedule": "constant", "warmup": 0, "min_lr": 0}
}
"""

VAE = """{
  "system": "vae",
  "name": "vae",
  "data": {"examples": [{"x": [0.9, -0.8, 0.7, -0.9], "noise": [0.4, -1.1]}, {"x": [-0.7, 0.9, -0.9, 0.8], "noise": [-0.6, 0.3]}, {"x": [0.8, 0.9, -0.7, -0.8], "noise": [1.2, 0.5]}]},
  "model": {"hidden": 3, "latent": 2, "beta": 1, "activation": "silu"},
  "init": {"kind": "decimal", "seed": SEED, "std": 0.8, "reseed": "once", "decimals": 1},
  "optimizer": {"kind": "adamw", "lr": 0.05, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0, "clip_norm": null, "decay": "all"},
  "training": {"steps": 60, "loader": "rows", "schedule": "constant", "warmup": 0, "min_lr": 0}
}
"""

BY_HAND_LOSSES = [2.0763018813851617, 1.8969125667977764, 1.7556963551288793, 1.7310208915391951]
BY_HAND_LOSS = 7.4599316948510133
