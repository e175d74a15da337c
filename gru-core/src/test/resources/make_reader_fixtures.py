"""Writes Keras fixtures for the options, layers and file formats that the other scripts do not have.

    python make_reader_fixtures.py OUT     (keras 3 on any backend, here jax; safetensors)

Every case is a folder with model.keras, perhaps also model.h5 and model.weights.h5, and io.safetensors: its inputs and
Keras's own outputs, y, y1 and so on. Cases that compute in half precision have the weights instead, widened, as w0, w1
and so on in Keras's order.
"""
import os, sys
os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np
import keras
from keras import layers, Sequential, Input, Model
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(20)
keras.utils.set_random_seed(20)
B, T, I = 4, 6, 3

x = rng.standard_normal((B, T, I)).astype("f")
masked = x.copy()
masked[1, T - 2:] = 0.5  # padded at the end
masked[2, 2] = 0.5       # a hole
masked[3, :2] = 0.5      # padded at the start
ids = rng.integers(1, 9, (B, T)).astype("int32")
ids[1, T - 2:], ids[2, 2], ids[3, :2] = 0, 0, 0


def case(name, model, inputs, suffixes=(".keras",)):
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * (0.35 if len(v.shape) > 1 else 0.2))
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    for suffix in suffixes:
        (model.save_weights if suffix == ".weights.h5" else model.save)(os.path.join(folder, "model" + suffix))
    if inputs is None:
        arrays = {f"w{i}": np.asarray(v.value).astype("f") for i, v in enumerate(model.weights) if "seed" not in v.path}
    else:
        ys = model(inputs, training=False)
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        arrays = {"x": inputs, **{("y" if i == 0 else f"y{i}"): np.ascontiguousarray(y) for i, y in enumerate(ys)}}
    save_file(arrays, os.path.join(folder, "io.safetensors"))


def gru(n, sequences=True, **k):
    return layers.GRU(n, return_sequences=sequences, **k)


def rnn(n, sequences=True, **k):
    return layers.RNN(layers.GRUCell(n, **k), return_sequences=sequences)


# A functional model whose outputs are a sequence and the state of a layer within.
i = Input((T,), dtype="int32")
h, state = gru(4, return_state=True)(layers.Embedding(9, 3, mask_zero=True)(i))
case("functional_state", Model(i, [layers.Dense(2, activation="softmax")(gru(3)(h)), state]), ids,
     (".keras", ".h5", ".weights.h5"))

# Masking in a functional model, and the states of a pair.
i = Input((T, I))
h, ahead, back = layers.Bidirectional(gru(3, return_state=True), merge_mode="sum")(layers.Masking(0.5)(i))
case("functional_masking", Model([i], [gru(2, zero_output_for_mask=True)(h), ahead, back]), masked, (".keras", ".h5"))

# An encoder: only the state of a layer that returns sequences goes on.
i = Input((T, I))
_, state = gru(4, return_state=True, go_backwards=True)(i)
case("functional_encoder", Model(i, layers.Dense(2)(state)), x)

# Several outputs of a Sequential: both directions and both states.
case("pair_unmerged", Sequential([Input((T, I)), layers.Bidirectional(gru(3, return_state=True), merge_mode=None)]), x,
     (".keras", ".h5"))

# RNN(GRUCell), alone and in a pair, with the other recurrence.
case("rnn_cells", Sequential([Input((T, I)), rnn(4), layers.Bidirectional(rnn(3, reset_after=False), merge_mode="ave"),
     layers.RNN(layers.GRUCell(2, use_bias=False), go_backwards=True, return_sequences=True)]), x, (".keras", ".h5"))

# Functions, and layers that are nothing but functions.
case("functions", Sequential([Input((T, I)), layers.Activation("hard_sigmoid"), gru(4, recurrent_activation="hard_sigmoid"),
     layers.ReLU(), gru(3, activation="relu", recurrent_activation="sigmoid", reset_after=False),
     layers.Dense(4, activation="hard_sigmoid"), layers.TimeDistributed(layers.Activation("tanh")),
     layers.TimeDistributed(layers.Dense(3)), gru(3, activation="linear", recurrent_activation="tanh"), layers.Softmax()]),
     x, (".keras", ".h5"))

# A stateful model, at its first batch.
case("stateful", Sequential([Input(batch_shape=(B, T, I)), gru(3, stateful=True)]), x)

# Half precision: stored so, or computed so.
half = dict(recurrent_initializer="glorot_uniform")  # the default cannot be drawn in bfloat16
case("bfloat16", Sequential([Input((T, I)), gru(4, dtype="bfloat16", **half), layers.Dense(2, dtype="bfloat16")]), None,
     (".keras", ".h5"))
case("float16_mixed", Sequential([Input((T, I)), gru(4, dtype="float16", **half), layers.Dense(2, dtype="mixed_float16")]),
     None)
