"""Writes models of the kinds that people publish with a GRU in them, with what Keras makes of them in training.

    python make_training_graphs.py keras/training_graphs      (keras 3 on tensorflow, safetensors)

Every case is a folder:

    initial.keras    the model before
    gradients.keras  the same model whose weights are the gradients of the first step, so that they are read as weights
                     are; its moving averages are those after that step
    after.keras      the model after ten steps of Adam
    io.safetensors   the inputs in the order of the model, x0, x1 ...; the targets of its outputs, t0, t1 ...; and the
                     loss of each step
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import Input, Model, Sequential, layers as L
from safetensors.numpy import save_file

out = sys.argv[1]
keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)
# Two parts of eight rows and one of three: what is joined over parts shows.
B, T, I, H = 19, 10, 5, 6
STEPS, RATE = 10, 0.001


def randomise(model):
    for v in model.weights:
        a = rng.standard_normal(v.shape).astype("f") * (0.35 if len(v.shape) > 1 else 0.2)
        if "variance" in v.path:
            a = np.abs(a) + 0.3
        if "gamma" in v.path:
            a = 1 + a
        v.assign(a)


def case(name, model, xs, ts, loss):
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    randomise(model)
    model.save(os.path.join(folder, "initial.keras"))
    copy = keras.models.load_model(os.path.join(folder, "initial.keras"))
    function = {"mse": keras.losses.MeanSquaredError(), "bce": keras.losses.BinaryCrossentropy(),
                "cce": keras.losses.SparseCategoricalCrossentropy()}[loss]
    x = xs if len(xs) > 1 else xs[0]
    # What a compiled model does, its masks among it; with a rate of 0 nothing but moving averages moves.
    with tf.GradientTape() as tape:
        ys = copy(x, training=True)
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        first = sum(function(t, y) for t, y in zip(ts, ys)) + sum(copy.losses)
    gradients = tape.gradient(first, copy.trainable_variables)
    for v, g in zip(copy.trainable_variables, gradients):
        v.assign(tf.convert_to_tensor(g))
    copy.save(os.path.join(folder, "gradients.keras"))
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss=[function] * len(ts), run_eagerly=True)
    losses = []
    for _ in range(STEPS):
        value = model.train_on_batch(x, ts if len(ts) > 1 else ts[0], return_dict=True)["loss"]
        losses.append(float(value))
        model.reset_metrics()
    assert abs(losses[0] - float(first)) < 1e-5, (name, losses[0], float(first))
    model.compile()
    model.save(os.path.join(folder, "after.keras"))
    arrays = {f"x{i}": a for i, a in enumerate(xs)} | {f"t{i}": a for i, a in enumerate(ts)}
    arrays["loss"] = np.array(losses, "f")
    save_file(arrays, os.path.join(folder, "io.safetensors"))
    print(name, losses[0], losses[-1])


def features(t=T, i=I):
    return rng.standard_normal((B, t, i)).astype("f")


def ids(vocabulary=30):
    return rng.integers(1, vocabulary, (B, T)).astype("int32")


def uniform(*shape):
    return rng.random(shape).astype("f")


def gru(units=H, **options):
    return L.GRU(units, return_sequences=True, **options)


# a trigger-word detector
m = Sequential([Input((T, I)), L.Conv1D(6, 4, strides=2), L.BatchNormalization(momentum=0.9), L.Activation("relu"),
                gru(), L.BatchNormalization(), L.TimeDistributed(L.Dense(1, activation="sigmoid"))])
case("conv_valid_stride", m, [features()], [np.round(uniform(B, 4, 1))], "bce")

m = Sequential([Input((T, I)), L.BatchNormalization(), gru(), L.LayerNormalization(), gru(), L.BatchNormalization(),
                L.GRU(H), L.Dense(4, activation="tanh"), L.PReLU(), L.Dense(2)])
case("normalised", m, [features()], [uniform(B, 2)], "mse")


def residual():
    x = Input((T, I))
    h = gru(I)(x)
    s = L.LayerNormalization()(L.Add()([x, h]))
    g = L.ActivityRegularization(l1=0.01, l2=0.02)(gru(I)(s))
    return Model(x, L.Dense(2)(L.Multiply()([L.Average()([s, g]), L.Maximum()([x, g])])))


case("residual", residual(), [features()], [uniform(B, T, 2)], "mse")


def noise_suppression():
    """The three-GRU graph of RNNoise's training script, with tanh: two outputs, concatenations."""
    x = Input((T, 12), name="main_input")
    t = L.Dense(8, activation="tanh", name="input_dense")(x)
    v = gru(8, name="vad_gru")(t)
    vo = L.Dense(1, activation="sigmoid", name="vad_output")(v)
    n = gru(9, name="noise_gru")(L.Concatenate()([t, v, x]))
    d = gru(10, name="denoise_gru")(L.Concatenate()([v, n, x]))
    return Model(x, [L.Dense(7, activation="sigmoid", name="denoise_output")(d), vo])


case("noise_suppression", noise_suppression(), [features(i=12)], [uniform(B, T, 7), np.round(uniform(B, T, 1))], "bce")


def two_pools():
    x = Input((T,), dtype="int32")
    h = L.Bidirectional(gru())(L.Embedding(30, 8)(x))
    return Model(x, L.Dense(6, activation="sigmoid")(L.Concatenate()([L.GlobalAveragePooling1D()(h),
                                                                      L.GlobalMaxPooling1D()(h)])))


case("two_pools", two_pools(), [ids()], [np.round(uniform(B, 6))], "bce")


def masked_attention():
    """Masked steps: moments of the batch and averages without them; states of one GRU for another; attention."""
    x = Input((T,), dtype="int32")
    e = L.BatchNormalization(momentum=0.8)(L.Embedding(30, 8, mask_zero=True)(x))
    h, s = L.GRU(H, return_sequences=True, return_state=True)(e)
    c = L.Conv1D(H, 3, padding="causal")(h)  # which has no mask: Keras's GRU with a state does not look at one
    g = gru()(c, initial_state=s)
    a = L.Attention(use_scale=True)([g, c])
    b = L.AdditiveAttention()([c, a])
    pools = [L.GlobalAveragePooling1D()(v) for v in (h, a, b)]
    return Model(x, L.Dense(3, activation="softmax")(L.Concatenate()(pools)))


tokens = ids()
tokens[np.arange(T)[None] >= rng.integers(2, T + 1, (B, 1))] = 0
case("masked_attention", masked_attention(), [tokens], [rng.integers(0, 3, (B,)).astype("int32")], "cce")


def series_and_static():
    a, b = Input((T, I), name="series"), Input((4,), name="static")
    c = L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", activation="tanh")(a)
    p = L.AveragePooling1D(2)(L.MaxPooling1D(3, strides=2, padding="same")(c))
    return Model([a, b], L.Dense(1)(L.Concatenate()([L.GRU(H)(p), L.BatchNormalization()(L.Dense(5, use_bias=False)(b))])))


case("series_and_static", series_and_static(), [features(), rng.standard_normal((B, 4)).astype("f")], [uniform(B, 1)],
     "mse")
