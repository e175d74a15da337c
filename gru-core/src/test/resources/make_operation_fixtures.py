"""Writes Keras models with glu and with operations between layers, with the outputs that Keras computes.

    python make_operation_fixtures.py OUT        (Keras 3.15.1 on TensorFlow, safetensors)
    python make_operation_fixtures.py OUT 2      (tf_keras 2.21.0, which is Keras 2 under another name; files have the old one)

Every case is a folder: model.keras, of some also model.h5, and io.safetensors with the inputs by name and the
outputs y, y1 and so on.

As layers that name glu declare all features that go into it, a GRU behind them is built for half as many by hand.
"""
import os, sys, zipfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np, h5py
if len(sys.argv) > 2:
    import tensorflow as tf, tf_keras as keras
    from tf_keras import layers as L, Input, Model
else:
    import keras
    from keras import layers as L, Input, Model, Sequential, ops
from safetensors.numpy import save_file

rng = np.random.default_rng(26)
B, T, I, H = 3, 8, 4, 5
# Of these, the legacy form is kept too.
LEGACY = ("operation_arithmetic", "operation_masked", "operation_keras2")
words = np.where(np.arange(T)[None] < np.array([[T], [T - 3], [2]]), rng.integers(1, 20, (B, T)), 0).astype("int32")


def xf(i=I):
    return rng.standard_normal((B, T, i)).astype("f")


def rename(path):
    with zipfile.ZipFile(path + ".keras") as old:
        entries = [(i, old.read(i)) for i in old.namelist()]
    with zipfile.ZipFile(path + ".keras", "w") as new:
        for name, content in entries:
            new.writestr(name, content if name.endswith(".h5") else content.replace(b"tf_keras", b"keras"))
    if not os.path.exists(path + ".h5"):
        return
    with h5py.File(path + ".h5", "a") as file:
        file.attrs["model_config"] = file.attrs["model_config"].replace("tf_keras", "keras")


def case(name, model, *xs):
    p = os.path.join(sys.argv[1], name)
    os.makedirs(p, exist_ok=True)
    for v in model.weights:
        if "seed" not in v.name:
            v.assign(rng.standard_normal(v.shape).astype("f") * 0.4)
    for suffix in (".keras", ".h5") if name in LEGACY else (".keras",):
        model.save(os.path.join(p, "model" + suffix))
    if keras.__name__ == "tf_keras":
        rename(os.path.join(p, "model"))
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


def gates():
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


def streamed():
    x = Input((None, I), name="x")
    y = 0.5 * (x + gs(I)(x)) - ops.convert_to_tensor([0.1, 0.2, -0.3, 0.4]) * keras.activations.sigmoid(x)
    z = keras.activations.glu(L.Conv1D(6, 3, padding="causal")(y))
    return Model(x, keras.activations.tanh(gs()(z))[:, :, 1:4] / 2)


def arithmetic():
    x, user = Input((T, I), name="x"), Input((H,), name="user")
    h, k = gs()(x), gs()(x)
    y = ops.multiply(h, k) + ops.subtract(h, k) / ops.maximum(k, 0.7)
    y = ops.minimum(2 - y, k * np.array([[0.5, 1.0, 1.5, 2.0, -3.0]], "f"))
    z = ops.concatenate([y, -h[..., 1:3], x], axis=-1)
    v = ops.concatenate([h[:, -1], h[:, 0, :2], h[:, 2], h[:, -3, -1:], ops.mean(z, axis=1), ops.max(h, axis=[-2]), user], axis=1)
    return Model([x, user], [gs(3)(z), L.Dense(3)(v), gs(3)(ops.concatenate([h[:, 1:-1], k[:, 2:6], k[:, -3:], h[:, :1], ops.mean(k, 1, keepdims=True)], axis=1)), user[:, 1:3] + h[:, -1, 3:]])


def functions():
    x = Input((T, I), name="x")
    y, a = gs()(x), keras.activations
    for f in (a.relu, a.elu, a.silu, a.gelu, a.softplus, a.softsign, a.selu, a.relu6, a.hard_sigmoid, a.log_sigmoid, lambda v: ops.leaky_relu(v, 0.1), lambda v: a.relu(v, max_value=0.9, negative_slope=0.2), lambda v: ops.gelu(v, approximate=True), ops.exp):
        y = a.tanh(y + f(L.Dense(H)(y)))
    return Model(x, [L.GRU(3)(ops.softmax(y, axis=-1)), ops.softmax(y, axis=1), ops.log_softmax(y)])


def masked():
    words = Input((T,), dtype="int32", name="words")
    e = L.Embedding(20, I, mask_zero=True)(words)
    h = gs(I)(e)
    return Model(words, [gs(3)(e * 2.0), L.GRU(3)(h + e), ops.mean(h, axis=1), h[:, -1], L.GRU(3)(L.Add()([h, e * h])), L.GlobalAveragePooling1D()(L.Concatenate()([e, h]))])


def twice():
    i = Input((None, I))
    inner = Model(i, i * gs(I)(i) + 1.0)
    x = Input((T, I), name="x")
    return Model(x, inner(x) - inner(L.Dense(I)(x)))


def keras2():
    x, user = Input((T, I), name="x"), Input((H,), name="user")
    h, k = gs()(x), gs()(x)
    y = tf.multiply(h, k) + (h - k) / 2.0 + tf.add(h, 0.5) * tf.nn.relu(k)
    y = tf.maximum(1.0 - y, tf.minimum(tf.tanh(h), tf.sigmoid(k))) * np.array([0.5, 1, 1.5, 2, -1], "f")
    z = tf.concat([y, -h[:, :, 1:3], x], -1)
    v = tf.concat([h[:, -1], h[:, 0, :2], tf.reduce_mean(z, axis=1), tf.reduce_max(h, 1), user[:, 1:]], axis=1)
    return Model([x, user], [gs(3)(z), L.Dense(3)(v), L.GRU(3)(tf.concat([h[:, 1:-1], tf.reduce_mean(k, axis=1, keepdims=True)], axis=1)), tf.nn.softmax(tf.add_n([h, k, y]))])


def keras2_masked():
    words = Input((T,), dtype="int32", name="words")
    e = L.Embedding(20, I, mask_zero=True)(words)
    h = gs(I)(e)
    return Model(words, [gs(3)(e * 2.0), L.GRU(3)(h + e), tf.reduce_mean(h, axis=1), h[:, -1], L.GRU(3)(L.Concatenate()([e, h]))])


if keras.__name__ == "tf_keras":
    case("operation_keras2", keras2(), xf(), rng.standard_normal((B, H)).astype("f"))
    case("operation_keras2_masked", keras2_masked(), words)
else:
    gates()
    case("operation_streamed", streamed(), xf())
    case("operation_arithmetic", arithmetic(), xf(), rng.standard_normal((B, H)).astype("f"))
    case("operation_functions", functions(), xf())
    case("operation_masked", masked(), words)
    case("operation_twice", twice(), xf())
