"""Writes Keras models of the layers around a GRU, in graphs, with the outputs that Keras computes.

    python make_graph_fixtures.py OUT      (Keras 3.15.1 on TensorFlow, h5py, safetensors)

Every case is a folder: model.keras, mostly also model.h5, and io.safetensors with the inputs by name (x if there is one)
and the outputs y, y1 and so on. Layouts of older versions of Keras are written by hand.
"""
import io, json, os, sys, zipfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
import h5py, keras
from keras import layers as L, Input, Model, Sequential
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(16)
keras.utils.set_random_seed(16)
B, T, I, H = 3, 10, 4, 5


def randomise(model):
    for v in model.weights:
        if "seed" in v.path:
            continue
        if "count" in v.path:
            continue
        a = rng.standard_normal(v.shape).astype("f") * (0.4 if len(v.shape) > 1 else 0.3)
        if "variance" in v.path:
            a = np.abs(a) + 0.3
        if "gamma" in v.path:
            a = 1 + a
        v.assign(a)


def save_io(path, model, xs, ys):
    names = ["x"] if len(xs) == 1 else [t.name for t in model.inputs]
    arrays = {**dict(zip(names, xs)), **{("y" if i == 0 else f"y{i}"): np.asarray(v) for i, v in enumerate(ys)}}
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, os.path.join(path, "io.safetensors"))


def outputs(model, xs):
    y = model(xs if len(xs) > 1 else xs[0], training=False)
    if isinstance(y, dict):
        return list(y.values())
    return list(y) if isinstance(y, (list, tuple)) else [y]


# Of these, the legacy form is kept too.
LEGACY = ("graph", "mask", "norm", "each", "prelu")


def case(name, model, *xs, suffixes=None, random=True):
    p = os.path.join(out, name)
    os.makedirs(p, exist_ok=True)
    if random:
        randomise(model)
    for s in suffixes or ((".keras", ".h5") if name.startswith(LEGACY) else (".keras",)):
        model.save(os.path.join(p, "model" + s))
    save_io(p, model, list(xs), outputs(model, list(xs)))


def xf(t=T, i=I, b=B):
    return rng.standard_normal((b, t, i)).astype("f")


def ids(v=20, t=T, b=B):
    return rng.integers(1, v, (b, t)).astype("int32")


def padded(v=20, t=T):
    return np.where(np.arange(t)[None] < np.array([[t], [t - 3], [2]]), ids(v, t), 0).astype("int32")


def seq(*ls, t=T):
    return Sequential([Input((t, I)), *ls])


def tok(*ls, mask=False):
    return Sequential([Input((T,), dtype="int32"), L.Embedding(20, 6, mask_zero=mask), *ls])


def gs(n=H, **k):
    return L.GRU(n, return_sequences=True, **k)



# convolutions: padding, strides, dilation, groups, bias, activation, kernels of one step
case("conv_valid_no_bias", seq(L.Conv1D(3, 4, use_bias=False, activation="tanh"), gs(), L.Dense(2)), xf())
case("conv_same_even_kernel", seq(L.Conv1D(5, 4, padding="same", strides=3), gs()), xf())
case("conv_same_dilated", seq(L.Conv1D(5, 3, padding="same", dilation_rate=3, activation="sigmoid"), L.GRU(H)), xf())
case("conv_causal_strided", seq(L.Conv1D(5, 3, padding="causal", strides=2), gs()), xf())
case("conv_causal_open_steps", seq(L.Conv1D(4, 2, padding="causal"), L.Conv1D(4, 3, padding="causal", dilation_rate=4), gs(), L.Dense(1), t=None), xf())
case("conv_groups_of_channels", seq(L.Conv1D(8, 3, groups=4, activation="relu"), gs()), xf())
case("conv_one_step", seq(L.Conv1D(6, 1, activation="relu"), gs(), L.Conv1D(2, 1)), xf())
case("conv_separable", seq(L.SeparableConv1D(6, 3, padding="same", depth_multiplier=2, activation="relu"), gs()), xf())
case("conv_separable_strided", seq(L.SeparableConv1D(3, 4, strides=2, use_bias=False), gs()), xf())
case("conv_depthwise", seq(L.DepthwiseConv1D(3, depth_multiplier=3, padding="same"), gs()), xf())
case("conv_depthwise_dilated", seq(L.DepthwiseConv1D(2, dilation_rate=3, use_bias=False, activation="tanh"), gs()), xf())
# pooling and shapes
case("pool_max_overlapping", seq(gs(), L.MaxPooling1D(4, strides=2, padding="same"), L.Dense(2)), xf())
case("pool_average_valid", seq(L.AveragePooling1D(3), gs(), L.AveragePooling1D(2, strides=1)), xf())
case("pool_average_same", seq(L.AveragePooling1D(4, strides=3, padding="same"), L.GRU(H)), xf())
case("pool_global_keepdims", seq(gs(), L.GlobalAveragePooling1D(keepdims=True), L.Dense(2), L.Flatten(), L.Dense(2)), xf())
case("pool_global_max_keepdims", seq(gs(), L.GlobalMaxPooling1D(keepdims=True), L.Reshape((H,))), xf())
case("shape_steps_padded_and_cut", seq(L.ZeroPadding1D((2, 1)), gs(), L.Cropping1D((1, 3)), L.UpSampling1D(2), L.Dense(2)), xf())
case("shape_reshape", seq(L.Reshape((5, 8)), gs(), L.Reshape((-1,)), L.Reshape((5, -1)), L.Dense(3)), xf())
case("shape_reshape_open", seq(L.Reshape((-1, 2)), gs(3), L.Dense(1), t=None), xf())
case("shape_permute", seq(L.Permute((2, 1)), L.Dense(7), L.Permute((2, 1)), gs(), L.Permute((1, 2))), xf())
case("shape_vector_first", Sequential([Input((6,)), L.Dense(8, activation="tanh"), L.Reshape((4, 2)), gs(), L.GRU(3)]), rng.standard_normal((B, 6)).astype("f"))
case("shape_repeat_then_decode", seq(L.GRU(H), L.Dense(4), L.RepeatVector(6), gs(), L.TimeDistributed(L.Dense(2, activation="sigmoid"))), xf())
# normalisation
case("norm_batch_variants", seq(L.BatchNormalization(center=False), gs(), L.BatchNormalization(scale=False, epsilon=0.1), L.GRU(H), L.BatchNormalization(center=False, scale=False), L.BatchNormalization(axis=1), L.Dense(2)), xf())
case("norm_layer_variants", seq(L.LayerNormalization(epsilon=1e-6), gs(), L.LayerNormalization(center=False), gs(), L.LayerNormalization(scale=False, axis=2), L.GRU(H), L.LayerNormalization(center=False, scale=False)), xf())
case("norm_unit_and_rescaled", seq(L.Rescaling([0.5, 2.0, -1.0, 0.1], offset=[0.0, 1.0, -1.0, 0.2]), L.UnitNormalization(axis=-1), gs(), L.UnitNormalization()), xf())
adapted = L.Normalization()
adapted.adapt(3 + 2 * xf(b=20))
case("norm_adapted", seq(adapted, gs()), xf(), random=False)
case("norm_given", seq(L.Normalization(mean=[1.0, -1.0, 0.5, 0.0], variance=[2.0, 0.5, 1.0, 4.0]), gs(), L.Normalization(mean=0.25, variance=0.5, axis=None, invert=True)), xf())
case("prelu_variants", seq(L.PReLU(), L.PReLU(shared_axes=[1]), gs(), L.PReLU(shared_axes=[2]), L.PReLU(shared_axes=[1, 2]), L.GRU(H), L.PReLU()), xf())
# activations
case("activation_layers", seq(L.LeakyReLU(negative_slope=0.15), gs(), L.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.05), L.ELU(alpha=0.3), L.Dense(4), L.Softmax(), L.Activation("log_softmax")), xf())
case("activation_softmax_over_steps", seq(gs(), L.Softmax(axis=1), L.Dense(2), L.Activation("swish"), L.Softmax(axis=-2)), xf())
case("activation_in_gru", seq(gs(activation="softsign", recurrent_activation="hard_sigmoid"), gs(activation="elu", reset_after=False), L.GRU(H, activation="gelu", recurrent_activation="sigmoid"), L.Dense(3, activation=L.LeakyReLU(negative_slope=0.25))), xf())
case("activation_names", seq(L.Dense(5, activation="mish"), gs(), L.Dense(5, activation="relu6"), L.Dense(5, activation="hard_swish"), L.Dense(5, activation="celu"), L.Dense(5, activation="hard_tanh"), L.Dense(5, activation="log_sigmoid"), L.Dense(5, activation="tanh_shrink"), L.Dense(5, activation="soft_shrink"), L.Dense(5, activation="squareplus"), L.Dense(5, activation="sparse_plus"), L.Dense(5, activation="sparsemax")), xf())
# regularising layers are the identity
case("noise_layers", tok(L.SpatialDropout1D(0.4), L.GaussianNoise(0.5), L.GaussianDropout(0.3), L.AlphaDropout(0.2), L.ActivityRegularization(0.1, 0.2), gs(), L.Identity(), L.Dropout(0.5)), ids())
# TimeDistributed of what works on one step
case("each_step", seq(L.TimeDistributed(L.Dense(6, activation="relu")), L.TimeDistributed(L.BatchNormalization()), L.TimeDistributed(L.LayerNormalization()), L.TimeDistributed(L.PReLU()), L.TimeDistributed(L.Rescaling(0.5)), gs(), L.TimeDistributed(L.Flatten()), L.TimeDistributed(L.LeakyReLU(negative_slope=0.1)), L.TimeDistributed(Sequential([Input((H,)), L.Dense(4, activation="tanh"), L.Dropout(0.1), L.Dense(2)]))), xf())
# masks
case("mask_average", tok(L.Bidirectional(gs()), L.Dense(4), L.LayerNormalization(), L.GlobalAveragePooling1D(), L.Dense(2), mask=True), padded())
case("mask_dropped_by_convolution", tok(L.Conv1D(5, 3, padding="same"), gs(), L.GlobalAveragePooling1D(), mask=True), padded())
case("mask_global_max", tok(gs(), L.GlobalMaxPooling1D(), mask=True), padded())
case("mask_through_layers", tok(L.BatchNormalization(), L.SpatialDropout1D(0.1), L.Activation("tanh"), L.PReLU(shared_axes=[1]), gs(), L.TimeDistributed(L.Dense(3)), L.GRU(H), mask=True), padded())
def mask_joined():
    x = Input((T,), dtype="int32", name="words")
    e = L.Embedding(20, 6, mask_zero=True)(x)
    h = gs(6)(e)
    return Model(x, L.GRU(H)(L.Add()([L.Concatenate()([e, h]), L.Concatenate()([h, e])])))
case("mask_joined", mask_joined(), padded())
def mask_attention():
    a, b = Input((T,), dtype="int32", name="query"), Input((T,), dtype="int32", name="value")
    q, v = gs(6)(L.Embedding(20, 6, mask_zero=True)(a)), gs(6)(L.Embedding(20, 6, mask_zero=True)(b))
    return Model([a, b], [L.GlobalAveragePooling1D()(L.Attention(use_scale=True)([q, v])), L.AdditiveAttention()([q, v])])
case("mask_attention", mask_attention(), padded(), padded(t=T))
# graphs
def branches():
    x = Input((T, I), name="signal")
    b = [L.Conv1D(4, k, padding="same", activation="relu")(x) for k in (1, 3, 5)]
    c = L.Concatenate()(b)
    m = L.Minimum()([gs(12)(c), c])
    return Model(x, L.Dense(2)(L.Concatenate()([L.GlobalMaxPooling1D()(m), L.GlobalAveragePooling1D()(c), L.GRU(3)(m)])))
case("graph_branches", branches(), xf())
def element_wise():
    x = Input((T, I)); h = gs(I)(x); g = L.Dense(1, activation="sigmoid")(h)
    s = L.Subtract()([L.Multiply()([x, g]), h])
    return Model(x, L.Average()([s, L.Maximum()([x, h, s]), L.Minimum()([x, s])]))
case("graph_element_wise", element_wise(), xf())
def steps_joined():
    x = Input((T, I)); h = gs()(x)
    return Model(x, L.GRU(3)(L.Concatenate(axis=1)([h, L.Dense(H)(x)])))
case("graph_steps_joined", steps_joined(), xf())
def several():
    a, b, c = Input((T, I), name="series"), Input((3,), name="static"), Input((7,), dtype="int32", name="words")
    h = L.GRU(H)(a); e = L.GRU(4)(L.Embedding(20, 6)(c)); d = L.Concatenate(name="all")([h, b, e])
    return Model([a, b, c], [L.Dense(2, name="first")(d), L.Dense(1, activation="sigmoid", name="second")(h), gs(2)(a)])
case("graph_three_inputs_three_outputs", several(), xf(), rng.standard_normal((B, 3)).astype("f"), ids(t=7))
def shared():
    a, b = Input((T, I), name="left"), Input((T, I), name="right")
    d, g = L.Dense(6, activation="tanh"), L.GRU(H)
    u, v = g(d(a)), g(d(b))
    return Model([a, b], L.Dense(1)(L.Concatenate()([u, v, L.Multiply()([u, v])])))
case("graph_shared_layers", shared(), xf(), xf())
def siamese():
    encoder = Sequential([Input((T,), dtype="int32"), L.Embedding(20, 6), L.Bidirectional(L.GRU(4)), L.Dense(5, activation="tanh")], name="encoder")
    a, b = Input((T,), dtype="int32", name="left"), Input((T,), dtype="int32", name="right")
    u, v = encoder(a), encoder(b)
    return Model([a, b], L.Dense(1, activation="sigmoid")(L.Subtract()([u, v])))
case("graph_shared_model", siamese(), ids(), ids())
def nested():
    i = Input((None, I), name="inner"); j = L.Conv1D(4, 3, padding="same")(i); h = gs(4)(j)
    inner = Model(i, [L.Add()([j, h]), L.GlobalAveragePooling1D()(h)], name="block")
    x = Input((T, I), name="outer"); y, s = inner(x)
    z, r = inner(L.BatchNormalization()(y))
    deep = Sequential([Input((T, 4)), Sequential([Input((T, 4)), L.Dense(3), gs(3)]), L.GRU(2)])
    return Model(x, [deep(z), L.Concatenate()([s, r])])
case("graph_nested_twice", nested(), xf())
def encoder_decoder():
    a, b = Input((T, I), name="source"), Input((6, I), name="target")
    _, f, g = L.Bidirectional(L.GRU(4, return_state=True))(a)
    y, s = L.GRU(8, return_sequences=True, return_state=True)(b, initial_state=L.Concatenate()([f, g]))
    z = L.Bidirectional(gs(4))(y, initial_state=[f, g])
    w, t = L.GRU(8, return_sequences=True, return_state=True)(a)
    return Model([a, b], [L.Dense(3)(z), L.GRU(8)(w, initial_state=s), t])
case("graph_states", encoder_decoder(), xf(), xf(t=6))
def attention():
    a, b = Input((T, I), name="source"), Input((6, I), name="target")
    h, q, k = gs()(a), gs()(b), L.Dense(H)(a)
    return Model([a, b], [L.Attention(use_scale=True)([q, h]), L.Attention(score_mode="concat")([q, h, k]), L.AdditiveAttention()([q, h]), L.AdditiveAttention(use_scale=False)([q, h]), L.Attention()([h, h], use_causal_mask=True)])
case("graph_attention", attention(), xf(), xf(t=6))
def residual_stack():
    x = Input((None, I)); h = L.Dense(6)(x)
    for n in range(3):
        h = L.LayerNormalization()(L.Add()([h, L.Dropout(0.1)(gs(6)(h))]))
    return Model(x, L.TimeDistributed(L.Dense(2))(h))
case("graph_residual_stack", residual_stack(), xf())
def unmerged():
    x = Input((T, I)); f, b = L.Bidirectional(gs(4), merge_mode=None)(x)
    return Model(x, [L.Multiply()([f, b]), L.GRU(3)(f), L.Bidirectional(gs(4), merge_mode="sum")(x)])
case("graph_unmerged", unmerged(), xf())
def named():
    x = Input((T, I), name="x"); h = gs()(x)
    return Model({"x": x}, {"b": L.Dense(2, name="one")(h), "a": L.GRU(3, name="two")(h)})
m = named()
randomise(m)
p = os.path.join(out, "graph_named_outputs")
os.makedirs(p, exist_ok=True)
m.save(os.path.join(p, "model.keras"))
x = xf()
r = m({"x": x}, training=False)
save_io(p, m, [x], [r[k] for k in m.output_names] if set(m.output_names) == set(r) else list(r.values()))
def mask_different():
    a, b = Input((T,), dtype="int32", name="words"), Input((T,), dtype="int32", name="tags")
    u, v = L.Embedding(20, 6, mask_zero=True)(a), L.Embedding(20, 6, mask_zero=True)(b)
    return Model([a, b], [L.GRU(H)(L.Concatenate()([u, v])), L.GlobalAveragePooling1D()(L.Add()([u, v])), gs(3)(L.Average()([u, v, L.Dense(6)(u)]))])
case("mask_different", mask_different(), padded(), np.roll(padded(), 1, axis=0))
def mask_of_one():
    a, b = Input((T,), dtype="int32", name="words"), Input((T, I), name="features")
    u = L.Embedding(20, I, mask_zero=True)(a)
    return Model([a, b], [L.GRU(H)(L.Concatenate()([u, b])), gs(3)(L.Add()([u, b]))])
case("mask_of_one", mask_of_one(), padded(), xf())
def mask_gated():
    x = Input((T,), dtype="int32", name="words")
    h = gs()(L.Embedding(20, 6, mask_zero=True)(x))
    g = L.Multiply()([h, L.Dense(H, activation="sigmoid")(h)])
    m = L.Minimum()([L.Maximum()([g, h]), L.Dense(H)(g)])
    return Model(x, [L.GlobalAveragePooling1D()(g), gs(3)(L.LayerNormalization()(m))])
case("mask_gated", mask_gated(), padded())
