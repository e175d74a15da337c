"""Writes Keras fixtures of masked bidirectional layers, which make_fixtures.py does not have.

    python make_bidirectional_fixtures.py OUT     (keras 3 on any backend, here jax; safetensors)

Every case is a folder with model.keras and io.safetensors: its inputs, and Keras's own outputs.
"""
import os, sys
os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np
import keras
from keras import layers, Sequential, Input
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(20)
keras.utils.set_random_seed(20)
T, B = 6, 5

ids = rng.integers(1, 9, (B, T)).astype("int32")
ids[1, T - 2:] = 0  # padded at the end
ids[2, 2] = 0       # a hole
ids[3, :2] = 0      # padded at the start
ids[4, :] = 0       # nothing but padding


def case(name, *stack):
    model = Sequential([Input((T,), dtype="int32"), layers.Embedding(9, 3, mask_zero=True), *stack])
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * (0.35 if len(v.shape) > 1 else 0.2))
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    save_file({"x": ids, "y": np.ascontiguousarray(model(ids, training=False))}, os.path.join(folder, "io.safetensors"))


gru = lambda n, **k: layers.GRU(n, return_sequences=True, **k)
case("bidirectional_masked_sequences", layers.Bidirectional(gru(4), merge_mode="concat"), layers.Dropout(0.3),
     layers.Bidirectional(gru(5, reset_after=False), merge_mode="ave"))
case("bidirectional_masked_last_output", gru(4), layers.Bidirectional(gru(3, use_bias=False), merge_mode="mul"),
     layers.Bidirectional(layers.GRU(4)), layers.Dense(3))
case("bidirectional_masked_then_gru", layers.Bidirectional(gru(4), merge_mode="sum"), layers.GRU(5),
     layers.Dense(3, activation="softmax"))
