"""Writes Keras models in which steps are masked before a GRU that has an initial state, with the outputs that Keras computes.

    python make_initial_state_mask_fixtures.py OUT      (Keras 3.15.1 on TensorFlow, safetensors)

Keras 3 does not show such a GRU the mask, but hands it on; where a layer behind looks at it, or the call names the mask,
the file is refused.
"""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np, keras
from keras import layers as L, Input, Model
from safetensors.numpy import save_file

rng = np.random.default_rng(3)
T, S = 7, 6
ids = np.where(np.arange(T)[None] < np.array([[7], [4], [2]]), rng.integers(1, 20, (3, T)), 0).astype("int32")
left = np.where(np.arange(S)[None] < np.array([[6], [3], [1]]), rng.integers(1, 20, (3, S)), 0).astype("int32")[:, ::-1].copy()


def case(folder, name, model):
    p = os.path.join(sys.argv[1], folder, name)
    os.makedirs(p, exist_ok=True)
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * 0.4)
    model.save(os.path.join(p, "model.keras"))
    model.save(os.path.join(p, "model.h5"))
    if folder == "graphs":
        y = np.ascontiguousarray(np.asarray(model([ids, left], training=False)))
        save_file({"source": ids, "target": left, "y": y}, os.path.join(p, "io.safetensors"))


def inputs():
    return Input((T,), dtype="int32", name="source"), Input((S,), dtype="int32", name="target")


def decoder(after=None, named=False):
    a, b = inputs()
    _, s = L.GRU(5, return_state=True)(L.Embedding(20, 4, mask_zero=True)(a))
    table = L.Embedding(20, 4, mask_zero=True)
    x = table(b)
    y = L.GRU(5, return_sequences=True)(x, initial_state=s, **({"mask": table.compute_mask(b)} if named else {}))
    return Model([a, b], L.Dense(4)(y if after is None else after(y)))


def pair():
    a, b = inputs()
    _, f, k = L.Bidirectional(L.GRU(5, return_state=True))(L.Embedding(20, 4, mask_zero=True)(a))
    y, _ = L.GRU(10, return_sequences=True, return_state=True)(L.Embedding(20, 4, mask_zero=True)(b), initial_state=L.Concatenate()([f, k]))
    return Model([a, b], L.Dense(4)(y))


case("graphs", "mask_initial_state", decoder())
case("graphs", "mask_initial_state_of_pair", pair())
case("refused", "mask_initial_state_then_gru", decoder(L.GRU(3)))
case("refused", "mask_initial_state_then_average", decoder(L.GlobalAveragePooling1D()))
case("refused", "mask_initial_state_named", decoder(named=True))
