"""Writes more Keras fixtures: stacks whose layers make_fixtures.py does not combine.

    python make_stack_fixtures.py OUT     (keras 3 on any backend, here jax; safetensors)

Every case is a folder with model.keras and io.safetensors: its inputs, and Keras's own outputs.
The case float16 is there to be refused and has no outputs.
"""
import io, os, sys, zipfile
os.environ.setdefault("KERAS_BACKEND", "jax")
import h5py
import numpy as np
import keras
from keras import layers, Sequential, Input
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(20)
keras.utils.set_random_seed(20)
T, I, B = 6, 3, 4


def case(name, model, x):
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * (0.35 if len(v.shape) > 1 else 0.2))
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    if x is not None:
        save_file({"x": x, "y": np.ascontiguousarray(model(x, training=False))}, os.path.join(folder, "io.safetensors"))


x = rng.standard_normal((B, T, I)).astype("f")
ids = rng.integers(1, 9, (B, T)).astype("int32")
ids[1, T - 2:] = 0  # padded at the end
ids[2, 2] = 0       # a hole
ids[3, :2] = 0      # padded at the start
gru = lambda n, **k: layers.GRU(n, return_sequences=True, **k)

case("activations", Sequential([Input((None, I)), layers.Dropout(0.3), layers.Dense(5, activation="tanh"), gru(4),
     layers.Dense(4, activation="sigmoid", use_bias=False), layers.TimeDistributed(layers.Dense(6, activation="relu"))]), x)
case("reset_before_no_bias", Sequential([Input((T, I)), gru(4, reset_after=False, use_bias=False)]), x)
case("masked_last_output", Sequential([Input((T,)), layers.Embedding(9, 3, mask_zero=True), layers.Dense(4, activation="tanh"),
     gru(5, reset_after=False), layers.GRU(4), layers.Dense(3, activation="softmax")]), ids)
case("masked_after_time_distributed", Sequential([Input((T,), dtype="int32"), layers.Embedding(9, 3, mask_zero=True), gru(5),
     layers.TimeDistributed(layers.Dense(4, activation="tanh")), gru(4)]), ids)
case("embedding_without_mask", Sequential([Input((T,), dtype="int32"), layers.Embedding(9, 3), gru(5)]), ids)
case("float16", Sequential([Input((T, I)), gru(4), layers.Dense(2, dtype="float16")]), None)  # only to be refused


def newest_hdf5(source, target):
    """Copies a model with its weights in the newest HDF5 structures, which Keras does not ask for yet."""
    with zipfile.ZipFile(source) as z:
        entries = {i.filename: z.read(i) for i in z.infolist()}
    old, new = h5py.File(io.BytesIO(entries["model.weights.h5"])), io.BytesIO()
    with h5py.File(new, "w", libver="latest") as f:
        for name in old:
            old.copy(old[name], f, name=name)
    entries["model.weights.h5"] = new.getvalue()
    with zipfile.ZipFile(target, "w") as z:
        for name, content in entries.items():
            z.writestr(name, content)


os.makedirs(os.path.join(out, "newest_hdf5"), exist_ok=True)
newest_hdf5(os.path.join(out, "activations", "model.keras"), os.path.join(out, "newest_hdf5", "model.keras"))
with open(os.path.join(out, "activations", "io.safetensors"), "rb") as f, \
        open(os.path.join(out, "newest_hdf5", "io.safetensors"), "wb") as g:
    g.write(f.read())
