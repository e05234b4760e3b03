"""The model files of the reference: two presets, m01 .. m20 of the keys that
came first, m21 .. m39 of later ones, p01 .. p03 of another system.
"""

# ------------------------------------------------------------ the two presets

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

BY_HAND_LOSSES = [2.0763018813851617, 1.8969125667977764, 1.7556963551288793, 1.7310208915391951]
BY_HAND_LOSS = 7.4599316948510133


# ------------------------------------------------------- twenty varied models

# directory: (std, {ending of a name: factor}, model file)
VARIED = {
    "m01": (0.4, {}, {
        "name": "llama-like: rope, rmsnorm, swiglu, tied, no biases",
        "text": "a rose is a rose is a rose", "tokenizer": "words",
        "d_model": 8, "n_heads": 2, "d_ff": 10, "n_layers": 2,
        "position": "rope", "norm": "rmsnorm", "norm_eps": 1e-6, "norm_attention": "pre", "norm_mlp": "pre",
        "final_norm": True, "activation": "swiglu",
        "attention_bias": False, "output_bias": False, "mlp_bias": False, "head_bias": False, "tied_head": True,
        "loss": "mean", "init": {"kind": "normal", "seed": 1, "std": 0.02},
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0.9, "beta2": 0.95, "eps": 1e-6,
                      "weight_decay": 0.1, "clip_norm": 0.5}}),
    "m02": (0.5, {}, {
        "name": "transformer of 2017: sinusoidal, post-norms, relu, adam",
        "text": "wer rastet der rostet", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 6, "d_model": 8, "n_heads": 2, "d_ff": 12, "n_layers": 2,
        "position": "sinusoidal", "norm": "layernorm", "norm_eps": 1e-5,
        "norm_attention": "post", "norm_mlp": "post", "final_norm": False,
        "residual_attention": True, "residual_mlp": True, "activation": "relu",
        "attention_bias": True, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": False,
        "loss": "mean", "init": {"kind": "python_gauss", "seed": 7, "std": 0.1, "reseed": "once"},
        "optimizer": {"kind": "adam", "lr": 0.002, "beta1": 0.9, "beta2": 0.98, "eps": 1e-6,
                      "weight_decay": 0, "clip_norm": None}}),
    "m03": (0.5, {}, {
        "name": "alibi with three heads, gelu_erf, sgd with decay",
        "text": "the dog and the cat and the bird", "tokenizer": "words", "add_bos": False, "add_eos": True,
        "d_model": 9, "n_heads": 3, "d_ff": 7, "n_layers": 1,
        "position": "alibi", "norm": "layernorm", "norm_eps": 0.001, "norm_attention": "pre", "norm_mlp": "none",
        "final_norm": True, "residual_attention": True, "residual_mlp": True, "activation": "gelu_erf",
        "attention_bias": True, "output_bias": False, "mlp_bias": True, "head_bias": False, "tied_head": False,
        "loss": "sum", "init": {"kind": "zeros"},
        "optimizer": {"kind": "sgd", "lr": 0.01, "weight_decay": 0.1, "clip_norm": None}}),
    "m04": (0.3, {}, {"name": "every key absent but this one"}),
    "m05": (0.6, {}, {
        "name": "characters beyond ASCII, context to spare, post-norm of attention only",
        "text": "süße Küsse", "tokenizer": "characters", "add_bos": True, "add_eos": False,
        "context": 14, "d_model": 6, "n_heads": 2, "d_ff": 9, "n_layers": 1,
        "position": "learned", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_attention": "post", "norm_mlp": "none",
        "final_norm": False, "residual_attention": True, "residual_mlp": True, "activation": "silu",
        "attention_bias": False, "output_bias": True, "mlp_bias": False, "head_bias": True, "tied_head": False,
        "loss": "mean", "init": {"kind": "decimal", "seed": 3, "std": 0.5, "decimals": 2},
        "optimizer": {"kind": "adamw", "lr": 0.005, "beta1": 0.8, "beta2": 0.9, "eps": 1e-4,
                      "weight_decay": 0.0, "clip_norm": 1000}}),
    "m06": (0.7, {}, {
        "name": "two tokens, one target",
        "text": "yes", "tokenizer": "words", "add_bos": True, "add_eos": False,
        "context": 2, "d_model": 6, "n_heads": 3, "d_ff": 5,
        "position": "rope", "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "none", "norm_mlp": "pre",
        "final_norm": True, "activation": "gelu_tanh", "loss": "mean",
        "optimizer": {"kind": "adam", "lr": 0.01, "eps": 1e-4, "weight_decay": 0.2, "clip_norm": 0.1}}),
    "m07": (0.7, {}, {
        "name": "heads of width one, three layers, no position",
        "text": "to be or not to be", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 9, "d_model": 4, "n_heads": 4, "d_ff": 6, "n_layers": 3,
        "position": "none", "norm": "layernorm", "norm_eps": 0.01, "norm_attention": "pre", "norm_mlp": "post",
        "final_norm": False, "residual_attention": True, "residual_mlp": True, "activation": "silu",
        "attention_bias": False, "output_bias": True, "mlp_bias": True, "head_bias": False, "tied_head": False,
        "loss": "sum",
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0.5, "beta2": 0.5, "eps": 0.001,
                      "weight_decay": 0.05, "clip_norm": 2.5}}),
    "m08": (0.5, {"token_embedding": 150}, {
        "name": "logits of some hundreds, tied head with a bias, sum",
        "text": "one two one three one two", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 10, "d_model": 8, "n_heads": 2, "d_ff": 6, "n_layers": 1,
        "position": "learned", "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "pre", "norm_mlp": "pre",
        "final_norm": True, "residual_attention": True, "residual_mlp": True, "activation": "gelu_erf",
        "attention_bias": False, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": True,
        "loss": "sum",
        "optimizer": {"kind": "adam", "lr": 0.05, "beta1": 0.9, "beta2": 0.99, "eps": 1e-3,
                      "weight_decay": 0.001, "clip_norm": 50}}),
    "m09": (0.5, {"W_Q": 8, "W_K": 8}, {
        "name": "attention scores of some hundreds, alibi, swiglu with biases",
        "text": "der Hund und die Katze und der Hund", "tokenizer": "words", "add_bos": False, "add_eos": False,
        "d_model": 8, "n_heads": 4, "d_ff": 5, "n_layers": 1,
        "position": "alibi", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_attention": "pre", "norm_mlp": "post",
        "final_norm": True, "residual_attention": True, "residual_mlp": False, "activation": "swiglu",
        "attention_bias": True, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": False,
        "loss": "mean",
        "optimizer": {"kind": "sgd", "lr": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
                      "weight_decay": 0, "clip_norm": 0.75}}),
    "m10": (0.6, {}, {
        "name": "one wide head with rope, characters, nothing added after attention",
        "text": "ananas, banana", "tokenizer": "characters", "add_bos": False, "add_eos": True,
        "context": 20, "d_model": 6, "n_heads": 1, "d_ff": 6, "n_layers": 1,
        "position": "rope", "norm": "layernorm", "norm_eps": 1e-4, "norm_attention": "pre", "norm_mlp": "post",
        "final_norm": True, "residual_attention": False, "residual_mlp": True, "activation": "gelu_tanh",
        "attention_bias": True, "output_bias": False, "mlp_bias": False, "head_bias": False, "tied_head": True,
        "loss": "sum",
        "optimizer": {"kind": "adamw", "lr": 0.003, "eps": 1e-5, "weight_decay": 0.02, "clip_norm": 500.5}}),
    "m11": (0.6, {}, {
        "name": "no norm, no residual, no position",
        "text": "left right left right left", "tokenizer": "words", "add_bos": True, "add_eos": False,
        "d_model": 5, "n_heads": 1, "d_ff": 11, "n_layers": 2,
        "position": "none", "norm_attention": "none", "norm_mlp": "none", "final_norm": False,
        "residual_attention": False, "residual_mlp": False, "activation": "relu",
        "attention_bias": True, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": False,
        "loss": "mean",
        "optimizer": {"kind": "sgd", "lr": 0.5, "weight_decay": 0, "clip_norm": 0.05}}),
    "m12": (0.5, {}, {
        "name": "sinusoids of odd width, post-norm then pre-norm, nothing added after the mlp",
        "text": "fish fly, birds swim, fish swim", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 11, "d_model": 9, "n_heads": 3, "d_ff": 4, "n_layers": 1,
        "position": "sinusoidal", "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "post", "norm_mlp": "pre",
        "final_norm": True, "residual_attention": True, "residual_mlp": False, "activation": "silu",
        "attention_bias": True, "output_bias": True, "mlp_bias": False, "head_bias": False, "tied_head": True,
        "loss": "mean",
        "optimizer": {"kind": "adamw", "lr": 0.02, "beta1": 0.7, "beta2": 0.8, "eps": 0.001,
                      "weight_decay": 0.3, "clip_norm": 1}}),
    "m13": (0.4, {}, {
        "name": "three layers, rmsnorm after attention and none at the mlp, adam with decay",
        "text": "x y x y z", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 7, "d_model": 6, "n_heads": 2, "d_ff": 6, "n_layers": 3,
        "position": "learned", "norm": "rmsnorm", "norm_eps": 0.1, "norm_attention": "post", "norm_mlp": "none",
        "final_norm": True, "residual_attention": False, "residual_mlp": True, "activation": "gelu_erf",
        "attention_bias": False, "output_bias": False, "mlp_bias": True, "head_bias": True, "tied_head": False,
        "loss": "sum",
        "optimizer": {"kind": "adam", "lr": 0.004, "beta1": 0.85, "beta2": 0.9, "eps": 1e-5,
                      "weight_decay": 0.5, "clip_norm": 10000}}),
    "m14": (0.5, {}, {
        "name": "a given vocabulary in an order of its own, two unused words",
        "text": "Ärger über Ärger in Genève", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "vocabulary": ["über", "<EOS>", "naïve", "Genève", "<PAD>", "in", "Ärger", "東京", "<BOS>"],
        "context": 7, "d_model": 8, "n_heads": 2, "d_ff": 8, "n_layers": 1,
        "position": "rope", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_attention": "none", "norm_mlp": "post",
        "final_norm": True, "residual_attention": True, "residual_mlp": True, "activation": "relu",
        "attention_bias": True, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": True,
        "loss": "mean",
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0, "beta2": 0.9, "eps": 1e-3,
                      "weight_decay": 0.01, "clip_norm": 0.9}}),
    "m15": (0.5, {}, {
        "name": "characters of one, two, three and four bytes, a vocabulary without specials",
        "text": "a\u00e9\u20ac\U0001f431e\u0301 a\U0001f431", "tokenizer": "characters",
        "add_bos": False, "add_eos": False,
        "vocabulary": ["a", "e", "\u00e9", "\u0301", "\u20ac", " ", "\U0001f431", "\U0001f42d"],
        "d_model": 8, "n_heads": 4, "d_ff": 6, "n_layers": 1,
        "position": "learned", "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "pre", "norm_mlp": "pre",
        "residual_attention": True, "residual_mlp": False, "activation": "gelu_tanh",
        "attention_bias": False, "output_bias": True, "mlp_bias": False, "loss": "sum",
        "optimizer": {"kind": "sgd", "weight_decay": 0.5, "clip_norm": 3}}),
    "m16": (0.4, {}, {
        "name": "alibi with three heads in three layers, rmsnorm before attention, tied",
        "text": "row row row your boat", "tokenizer": "words", "add_bos": True, "add_eos": False,
        "context": 8, "d_model": 6, "n_heads": 3, "d_ff": 7, "n_layers": 3,
        "position": "alibi", "norm": "rmsnorm", "norm_eps": 1e-3, "norm_attention": "pre", "norm_mlp": "none",
        "final_norm": False, "residual_attention": True, "residual_mlp": True, "activation": "gelu_tanh",
        "attention_bias": False, "output_bias": False, "mlp_bias": True, "head_bias": False, "tied_head": True,
        "loss": "mean",
        "optimizer": {"kind": "adam", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-5,
                      "weight_decay": 0, "clip_norm": 0.25}}),
    "m17": (0.3, {}, {
        "name": "defaults for most keys, relu without biases",
        "text": "red blue red green red", "context": 16, "d_model": 10, "n_heads": 2,
        "d_ff": 12, "activation": "relu", "mlp_bias": False, "attention_bias": False, "head_bias": True,
        "optimizer": {"kind": "adam", "lr": 0.003}}),
    "m18": (0.5, {}, {
        "name": "swiglu with biases, post-norms, nothing added at all",
        "text": "hop hop step hop jump", "tokenizer": "words", "add_bos": False, "add_eos": True,
        "vocabulary": ["<PAD>", "<BOS>", "<EOS>", "jump", "step", "hop", "run"],
        "d_model": 8, "n_heads": 4, "d_ff": 6, "n_layers": 2,
        "position": "sinusoidal", "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "post", "norm_mlp": "post",
        "final_norm": True, "residual_attention": False, "residual_mlp": False, "activation": "swiglu",
        "attention_bias": False, "output_bias": True, "mlp_bias": True, "head_bias": True, "tied_head": False,
        "loss": "sum",
        "optimizer": {"kind": "adamw", "lr": 0.002, "beta1": 0.9, "beta2": 0.99, "eps": 1e-4,
                      "weight_decay": 0.01, "clip_norm": 1.5}}),
    "m19": (0.6, {}, {
        "name": "norm before the mlp only, one head, plain sgd",
        "text": "abracadabra", "tokenizer": "characters", "add_bos": True, "add_eos": True,
        "context": 13, "d_model": 5, "n_heads": 1, "d_ff": 7, "n_layers": 2,
        "position": "sinusoidal", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_attention": "none", "norm_mlp": "pre",
        "final_norm": False, "residual_attention": False, "residual_mlp": True, "activation": "gelu_erf",
        "attention_bias": True, "output_bias": False, "mlp_bias": False, "head_bias": False, "tied_head": False,
        "loss": "mean",
        "optimizer": {"kind": "sgd", "lr": 0.02, "weight_decay": 0, "clip_norm": 300}}),
    "m20": (0.5, {"head.W": 120, "head.b": 100}, {
        "name": "logits of some hundreds, rope in four heads, swiglu, sgd with decay and clipping",
        "text": "la la la ti la do", "tokenizer": "words", "add_bos": True, "add_eos": True,
        "context": 12, "d_model": 8, "n_heads": 4, "d_ff": 6, "n_layers": 2,
        "position": "rope", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_attention": "post", "norm_mlp": "pre",
        "final_norm": True, "residual_attention": True, "residual_mlp": True, "activation": "swiglu",
        "attention_bias": True, "output_bias": True, "mlp_bias": False, "head_bias": True, "tied_head": False,
        "loss": "mean",
        "optimizer": {"kind": "sgd", "lr": 0.02, "weight_decay": 0.01, "clip_norm": 20}}),
}

ESCAPED = {"m15"}  # its model file is written in ASCII, with \u escapes

# ------------------------------------------------------ models of later options

# none of them draws its start from `init`; what is the default stays away
LATER = {
    "m21": (0.4, {}, {
        "name": "four heads in two groups of keys and values",
        "text": "we sow we reap", "add_bos": True, "add_eos": False,
        "d_model": 8, "n_heads": 4, "n_kv_heads": 2, "d_ff": 4,
        "position": "learned", "norm": "layernorm", "activation": "gelu_tanh",
        "norm_mlp": "none", "mlp_bias": False, "tied_head": True,
        "optimizer": {"kind": "adamw", "lr": 0.01, "eps": 1e-5, "weight_decay": 0.1, "clip_norm": 1}}),
    "m22": (0.5, {}, {
        "name": "two groups, neighbouring pairs turned with a theta of its own",
        "text": "up down up left up", "add_bos": True, "add_eos": True,
        "d_model": 6, "n_heads": 4, "n_kv_heads": 2, "d_k": 4, "d_ff": 4,
        "position": "rope", "rope": "interleaved", "rope_theta": 25,
        "norm": "rmsnorm", "norm_attention": "post", "activation": "silu",
        "attention_bias": False, "output_bias": False, "mlp_bias": False, "loss": "sum",
        "optimizer": {"kind": "adam", "lr": 0.01, "beta2": 0.99, "eps": 1e-5, "weight_decay": 0, "clip_norm": None}}),
    "m23": (0.5, {}, {
        "name": "three heads read one key and one value, alibi, sgd without decay of biases",
        "text": "gis a gis fis a", "add_bos": False, "add_eos": True,
        "d_model": 9, "n_heads": 3, "n_kv_heads": 1, "d_ff": 5,
        "position": "alibi", "activation": "gelu_erf", "tied_head": True, "head_bias": True,
        "optimizer": {"kind": "sgd", "lr": 0.1, "weight_decay": 0.2, "clip_norm": 2.5, "decay": "matrices"}}),
    "m24": (0.5, {}, {
        "name": "pairs half a head apart; as many keys as queries are no groups",
        "text": "sun and rain and wind", "add_bos": True, "add_eos": True,
        "context": 9, "d_model": 8, "n_heads": 2, "n_kv_heads": 2, "d_ff": 4,
        "position": "rope", "rope": "half", "norm": "layernorm", "activation": "gelu_tanh",
        "mlp_bias": False, "final_norm": False,
        "optimizer": {"kind": "adamw", "lr": 0.02, "eps": 1e-6, "weight_decay": 0.05, "clip_norm": None}}),
    "m25": (0.5, {}, {
        "name": "heads wider than their share of an odd width",
        "text": "tick tock tick tick", "add_bos": True, "add_eos": True,
        "d_model": 9, "n_heads": 2, "d_k": 5, "d_ff": 4,
        "position": "learned", "norm": "rmsnorm", "activation": "silu",
        "attention_bias": False, "tied_head": True, "loss": "sum",
        "optimizer": {"kind": "adam", "lr": 0.005, "eps": 1e-6, "weight_decay": 0.1, "clip_norm": 5}}),
    "m26": (0.6, {}, {
        "name": "a window of three keys",
        "text": "do re mi fa so la do", "add_bos": True, "add_eos": False,
        "d_model": 8, "n_heads": 2, "d_ff": 6, "window": 3,
        "position": "learned", "norm_attention": "none", "norm_mlp": "post", "activation": "gelu_tanh",
        "attention_bias": False, "output_bias": False,
        "optimizer": {"kind": "sgd", "lr": 0.1, "weight_decay": 0, "clip_norm": 1}}),
    "m27": (0.5, {}, {
        "name": "no mask: every position sees the whole text",
        "text": "ebb and flow and ebb", "add_bos": True, "add_eos": True,
        "d_model": 8, "n_heads": 2, "d_ff": 6, "mask": "none",
        "position": "sinusoidal", "norm": "layernorm", "activation": "relu", "tied_head": True,
        "optimizer": {"kind": "adamw", "lr": 0.01, "eps": 1e-5, "weight_decay": 0.01, "clip_norm": None}}),
    "m28": (0.5, {}, {
        "name": "a window without a mask is a window, with rope",
        "text": "a b c a b d a", "add_bos": False, "add_eos": True,
        "d_model": 8, "n_heads": 2, "d_ff": 5, "mask": "none", "window": 2,
        "position": "rope", "rope": "half", "rope_theta": 100, "norm": "rmsnorm", "norm_mlp": "none",
        "activation": "swiglu", "attention_bias": False, "mlp_bias": False, "tied_head": True,
        "optimizer": {"kind": "adam", "lr": 0.01, "eps": 1e-6, "weight_decay": 0, "clip_norm": 100}}),
    "m29": (0.5, {}, {
        "name": "attention only, two blocks, norms without gamma and beta",
        "text": "p q r p q", "add_bos": False, "add_eos": False, "vocabulary": ["p", "q", "r", "s", "t"],
        "d_model": 8, "n_heads": 2, "d_k": 2, "n_layers": 2, "mlp": "none", "norm_gain": False,
        "position": "learned", "norm": "layernorm", "attention_bias": False, "output_bias": False,
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta2": 0.99, "eps": 1e-6, "weight_decay": 0, "clip_norm": 1}}),
    "m30": (0.5, {}, {
        "name": "rmsnorm without gamma after attention and before the mlp",
        "text": "yes no yes yes no", "add_bos": True, "add_eos": True,
        "d_model": 8, "n_heads": 2, "d_ff": 6, "norm_gain": False,
        "position": "none", "norm": "rmsnorm", "norm_eps": 0.001, "norm_attention": "post", "norm_mlp": "pre",
        "activation": "gelu_erf", "residual_mlp": False, "attention_bias": False,
        "optimizer": {"kind": "sgd", "lr": 0.2, "weight_decay": 0.01, "clip_norm": None}}),
    "m31": (0.6, {}, {
        "name": "a norm with gamma and beta behind the embedding",
        "text": "snow falls on snow", "add_bos": True, "add_eos": True,
        "context": 8, "d_model": 8, "n_heads": 2, "d_ff": 4, "norm_embedding": True,
        "position": "learned", "norm": "layernorm", "final_norm": False, "activation": "gelu_tanh",
        "attention_bias": False, "tied_head": True, "head_bias": True,
        "optimizer": {"kind": "adam", "lr": 0.01, "eps": 1e-6, "weight_decay": 0.1, "clip_norm": 3,
                      "decay": "matrices"}}),
    "m32": (0.4, {}, {
        "name": "an embedding times a number, with its sinusoids",
        "text": "bread or soup or bread", "add_bos": True, "add_eos": False,
        "d_model": 8, "n_heads": 2, "d_ff": 6, "embedding_scale": 2.5,
        "position": "sinusoidal", "norm": "rmsnorm", "activation": "silu",
        "attention_bias": False, "tied_head": True, "loss": "sum",
        "optimizer": {"kind": "adamw", "lr": 0.01, "eps": 1e-6, "weight_decay": 0.1, "clip_norm": None}}),
    "m33": (0.5, {}, {
        "name": "only the targets behind a prompt count; begin and end tokens of their own",
        "text": "2+3=5", "tokenizer": "characters", "bos": "^", "eos": "$", "loss_from": 4,
        "d_model": 8, "n_heads": 2, "d_ff": 4,
        "position": "learned", "norm": "layernorm", "activation": "gelu_tanh", "attention_bias": False,
        "norm_mlp": "none", "output_bias": False, "mlp_bias": False,
        "optimizer": {"kind": "adam", "lr": 0.01, "eps": 1e-6, "weight_decay": 0, "clip_norm": 1}}),
    "m34": (0.5, {}, {
        "name": "a cosine after three warmer steps; biases, gammas and betas do not decay",
        "text": "slow slow quick quick slow", "add_bos": True, "add_eos": True,
        "d_model": 8, "n_heads": 2, "d_ff": 4,
        "position": "learned", "norm": "layernorm", "activation": "gelu_tanh", "head_bias": True,
        "norm_mlp": "none", "attention_bias": False, "tied_head": True,
        "optimizer": {"kind": "adamw", "lr": 0.02, "beta2": 0.95, "eps": 1e-5, "weight_decay": 0.5, "clip_norm": 2,
                      "decay": "matrices"},
        "training": {"steps": 12, "schedule": "cosine", "warmup": 3, "min_lr": 0.002}}),
    "m35": (0.5, {}, {
        "name": "the shape of Llama: rmsnorm, rope of halves, groups, swiglu, no biases, an untied head",
        "text": "the llama is the", "add_bos": True, "add_eos": False,
        "d_model": 6, "n_heads": 4, "n_kv_heads": 2, "d_k": 4, "d_ff": 4,
        "position": "rope", "rope": "half", "rope_theta": 500000, "norm": "rmsnorm", "norm_eps": 1e-6,
        "activation": "swiglu",
        "attention_bias": False, "output_bias": False, "mlp_bias": False, "head_bias": False, "tied_head": False,
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8,
                      "weight_decay": 0.1, "clip_norm": 1, "decay": "matrices"},
        "training": {"steps": 11, "schedule": "cosine", "warmup": 2, "min_lr": 0.001}}),
    "m36": (0.4, {}, {
        "name": "the shape of microgpt: a norm behind the embedding, no gains, no biases, names one by one",
        "data": {"examples": [{"text": "anna"}, {"text": "ian"}, {"text": "mina"}, {"text": "nan"}, {"text": "amina"}]},
        "tokenizer": "characters", "bos": ".", "eos": ".",
        "context": 8, "d_model": 8, "n_heads": 2, "d_ff": 8,
        "position": "learned", "norm": "rmsnorm", "norm_eps": 1e-5, "norm_embedding": True, "norm_gain": False,
        "final_norm": False, "activation": "relu",
        "attention_bias": False, "output_bias": False, "mlp_bias": False, "head_bias": False, "tied_head": False,
        "optimizer": {"kind": "adam", "lr": 0.01, "beta1": 0.85, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0},
        "training": {"batch": 1, "loader": "rows", "steps": 30, "schedule": "linear", "warmup": 0,
                     "min_lr": 0.0003333333333333333}}),
    "m37": (0.5, {}, {
        "name": "three texts of unequal length a step, the same three every time",
        "data": {"examples": [{"text": "hush"}, {"text": "one two two"}, {"text": "two one"}]}, "add_eos": False,
        "d_model": 8, "n_heads": 1, "d_ff": 4,
        "position": "learned", "norm": "layernorm", "activation": "gelu_tanh",
        "attention_bias": False, "output_bias": False, "mlp_bias": False, "tied_head": True,
        "optimizer": {"kind": "adamw", "lr": 0.02, "eps": 1e-6, "weight_decay": 0.1, "clip_norm": 1},
        "training": {"batch": 3, "loader": "rows", "steps": 10, "schedule": "constant", "warmup": 4}}),
    "m38": (0.5, {}, {
        "name": "two of three rows a step, the first target of each does not count, sum",
        "data": {"examples": [{"text": "abba"}, {"text": "cab"}, {"text": "babe"}]},
        "tokenizer": "characters", "add_eos": False, "loss_from": 1, "loss": "sum",
        "d_model": 8, "n_heads": 1, "d_ff": 4,
        "position": "sinusoidal", "norm": "rmsnorm", "norm_mlp": "none", "activation": "silu",
        "attention_bias": False, "output_bias": False,
        "optimizer": {"kind": "adam", "lr": 0.02, "eps": 1e-6, "weight_decay": 0, "clip_norm": 4},
        "training": {"batch": 2, "loader": "rows", "steps": 10, "schedule": "linear", "warmup": 2, "min_lr": 0}}),
    "m39": (0.5, {}, {
        "name": "many options at once",
        "data": {"examples": [{"text": "a rose is a"}, {"text": "is a thorn"}, {"text": "thorn is a"}]},
        "bos": "<s>", "eos": "</s>", "loss_from": 2,
        "context": 8, "d_model": 6, "n_heads": 2, "n_kv_heads": 1, "d_k": 4, "d_ff": 4,
        "position": "rope", "rope": "half", "rope_theta": 30, "window": 3, "embedding_scale": 0.75,
        "norm": "rmsnorm", "norm_embedding": True, "norm_attention": "post", "norm_mlp": "pre",
        "activation": "swiglu", "attention_bias": False, "mlp_bias": False, "tied_head": True, "loss": "mean",
        "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6, "weight_decay": 0.2,
                      "clip_norm": 1.5, "decay": "matrices"},
        "training": {"batch": 2, "loader": "rows", "steps": 14, "schedule": "cosine", "warmup": 1, "min_lr": 0.0005}}),
}


# ---------------------------------------------------------- models of `mlp`

# Of the preset `xor`.
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

CLASSIFIERS = {
    "p01": (0.7, {}, {
        "system": "mlp",
        "data": {"examples": [{"x": [0.5, -1.2], "class": 0}, {"x": [1.5, 0.3], "class": 1},
                              {"x": [-0.7, 0.8], "class": 2}, {"x": [0.1, 2], "class": 1}]},
        "model": {"hidden": 5, "classes": 3, "activation": "relu"},
        "optimizer": {"kind": "sgd", "lr": 0.5, "weight_decay": 0, "clip_norm": None}}),
    "p02": (0.6, {}, {
        "system": "mlp",
        "data": {"examples": [{"x": [0, 1, -1], "class": 1}, {"x": [0.25, -0.5, 2], "class": 0},
                              {"x": [-1.5, 0.75, 0.1], "class": 3}, {"x": [1, 1, 1], "class": 0},
                              {"x": [-0.3, -0.6, -0.9], "class": 3}]},
        "model": {"hidden": 4, "classes": 4, "activation": "tanh"},
        "optimizer": {"kind": "adamw", "lr": 0.05, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6, "weight_decay": 0.3,
                      "clip_norm": 0.5, "decay": "matrices"},
        "training": {"batch": 2, "loader": "rows", "steps": 15, "schedule": "cosine", "warmup": 4, "min_lr": 0.01}}),
    "p03": (1.0, {}, {
        "system": "mlp",
        "data": {"examples": [{"x": [3], "class": 1}, {"x": [-2], "class": 0}, {"x": [0.5], "class": 1},
                              {"x": [1.25], "class": 0}, {"x": [-4], "class": 0}, {"x": [2], "class": 1}]},
        "model": {"hidden": 3, "classes": 2, "activation": "sigmoid"},
        "optimizer": {"kind": "adam", "lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}}),
}
