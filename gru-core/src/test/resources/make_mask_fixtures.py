"""Writes what Keras computes where steps are left out, layers read backward, or states are given.

    python make_mask_fixtures.py OUT     (keras 3 on any backend, here jax; safetensors)

One file OUT/io.safetensors: an input with steps that are all 0.5, the weights of one GRU layer of as many units as it has
inputs, which serves every layer of every case, and Keras's own outputs.
"""
import os, sys
os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np
import keras
from keras import layers, Input, Model
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(20)
B, T, N = 6, 7, 4

x = rng.standard_normal((B, T, N)).astype("f")
x[1, T - 3:] = 0.5          # padded at the end
x[2, 3] = 0.5               # a hole
x[3, :2] = 0.5              # padded at the start
x[4, :] = 0.5               # nothing but padding
x[5, 1:6:2] = 0.5           # every other step
x[0, 1, 0] = 0.5            # one feature only: this step counts
h0 = rng.standard_normal((B, N)).astype("f")
weights = [(rng.standard_normal(s) * 0.5).astype("f") for s in ((N, 3 * N), (N, 3 * N), (2, 3 * N))]
arrays = {"x": x, "h0": h0, "kernel": weights[0], "recurrent": weights[1], "bias": weights[2]}


def run(stack):
    i = Input((T, N))
    y = i
    for layer in stack:
        y = layer(y)
        ws = [weights[k % 3] for k in range(len([v for v in layer.weights if "seed" not in v.path]))]
        if ws:
            layer.set_weights(ws)
    return np.asarray(Model(i, y)(x, training=False))


def gru(sequences=True, **k):
    return layers.GRU(N, return_sequences=sequences, **k)


def mask(value=0.5):
    return layers.Masking(value)


cases = {
    "masking": [mask()],
    "forward": [mask(), gru()],
    "forward_zero": [mask(), gru(zero_output_for_mask=True)],
    "forward_last": [mask(), gru(False)],
    "backward": [mask(), gru(go_backwards=True)],
    "backward_zero": [mask(), gru(go_backwards=True, zero_output_for_mask=True)],
    "backward_last": [mask(), gru(False, go_backwards=True)],
    "backward_then_forward": [mask(), gru(go_backwards=True), gru()],
    "both": [mask(), layers.Bidirectional(gru(), merge_mode="sum"), gru(False)],
    "replaced": [mask(), layers.Activation("sigmoid"), mask(0.0), gru()],
    "softmax": [mask(), gru(), layers.Activation("softmax"), gru(False)],
}
for name, stack in cases.items():
    arrays["y_" + name] = run(stack)

for name, backwards in (("states", False), ("states_backward", True)):
    layer = layers.GRU(N, return_sequences=True, return_state=True, go_backwards=backwards)
    layer.build((B, T, N))
    layer.set_weights(weights)
    y, h = layer(x, initial_state=[h0])
    arrays["y_" + name], arrays["h_" + name] = np.asarray(y), np.asarray(h)

os.makedirs(out, exist_ok=True)
save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, os.path.join(out, "io.safetensors"))
