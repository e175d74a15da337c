"""Writes Keras models with glu and with operations between layers, with the outputs that Keras computes.

    python make_operation_fixtures.py OUT      (Keras 3.15.1 on TensorFlow, safetensors)

Every case is a folder: model.keras and io.safetensors with the inputs by name and the outputs y, y1 and so on.

As layers that name glu declare all features that go into it, a GRU behind them is built for half as many by hand.
"""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np, keras
from keras import layers as L, Input, Model, Sequential
from safetensors.numpy import save_file

rng = np.random.default_rng(26)
B, T, I, H = 3, 8, 4, 5
words = np.where(np.arange(T)[None] < np.array([[T], [T - 3], [2]]), rng.integers(1, 20, (B, T)), 0).astype("int32")


def xf(i=I):
    return rng.standard_normal((B, T, i)).astype("f")


def case(name, model, *xs):
    p = os.path.join(sys.argv[1], name)
    os.makedirs(p, exist_ok=True)
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * 0.4)
    model.save(os.path.join(p, "model.keras"))
    ys = model(list(xs) if len(xs) > 1 else xs[0], training=False)
    names = ["x"] if len(xs) == 1 else [t.name for t in model.inputs]
    arrays = dict(zip(names, xs))
    for i, y in enumerate(ys if isinstance(ys, (list, tuple)) else [ys]):
        arrays["y" if i == 0 else f"y{i}"] = np.asarray(y)
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, os.path.join(p, "io.safetensors"))


def gs(n=H, **k):
    return L.GRU(n, return_sequences=True, **k)


def built(layer, features):
    layer.build((None, T, features))
    return layer


case("gate_conv_then_gru", Sequential([
    Input((None, I)), L.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="glu"), built(gs(), 4),
    L.TimeDistributed(L.Dense(2, activation="glu"))]), xf())
case("gate_layers", Sequential([
    Input((T, I)), L.SeparableConv1D(12, 3, padding="same", activation="glu"), L.TimeDistributed(L.Activation("glu")),
    built(gs(4), 3), L.DepthwiseConv1D(3, depth_multiplier=2, activation="glu"), L.Activation("tanh"),
    L.GlobalAveragePooling1D()]), xf())
case("gate_masked", Sequential([
    Input((T,), dtype="int32"), L.Embedding(20, 6, mask_zero=True), L.Dense(8, activation="glu"), L.Activation("glu"),
    built(gs(), 2), L.GlobalAveragePooling1D()]), words)
