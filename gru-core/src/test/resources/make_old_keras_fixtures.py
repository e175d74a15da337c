"""Writes files as old versions of Keras wrote them, by hand from what such files hold, with the outputs of the same
layers in Keras 3.

    python make_old_keras_fixtures.py OUT      (Keras 3.15.1 on TensorFlow, h5py, safetensors)
"""
import io, json, os, sys, zipfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
import h5py, keras
from keras import layers as L, Input, Model, Sequential, ops
from safetensors.numpy import save_file

out = sys.argv[1]
rng = np.random.default_rng(12)
keras.utils.set_random_seed(12)
B, T, V, I = 3, 8, 12, 4


@keras.saving.register_keras_serializable()
def hard(x):
    return ops.clip(0.2 * x + 0.5, 0, 1)


def randomise(model):
    for v in model.weights:
        if "seed" in v.path:
            continue
        a = rng.standard_normal(v.shape).astype("f") * 0.4
        if "variance" in v.path:
            a = np.abs(a) + 0.3
        v.assign(a)


def folder(name, model, inputs):
    p = os.path.join(out, name)
    os.makedirs(p, exist_ok=True)
    xs = list(inputs.values())
    y = model(xs if len(xs) > 1 else xs[0], training=False)
    ys = y if isinstance(y, (list, tuple)) else [y]
    save_file({k: np.ascontiguousarray(v) for k, v in {**inputs, **{("y" if i == 0 else f"y{i}"): np.asarray(v) for i, v in enumerate(ys)}}.items()},
              os.path.join(p, "io.safetensors"))
    return p


def legacy(path, version, config, weights, backend=True, root="model_weights"):
    """weights: of each layer a list of (name, array)"""
    with h5py.File(path, "w") as f:
        if config is not None:
            f.attrs["keras_version"] = np.bytes_(version)
            f.attrs["model_config"] = np.bytes_(json.dumps(config))
            if backend:
                f.attrs["backend"] = np.bytes_("tensorflow")
        g = f.create_group(root) if root else f
        g.attrs["layer_names"] = [np.bytes_(n) for n in weights]
        if not root:
            g.attrs["keras_version"] = np.bytes_(version)
            g.attrs["backend"] = np.bytes_("tensorflow")
        for name, arrays in weights.items():
            l = g.create_group(name)
            l.attrs["weight_names"] = [np.bytes_(n) for n, _ in arrays] if arrays else np.zeros((0,))
            for n, a in arrays:
                l.create_dataset(n, data=np.asarray(a))


def tokens():
    return rng.integers(1, V, (B, T)).astype("int32")


# Keras 1.2: other names of options, a list for a config, nine arrays of a GRU, kernels of convolutions with four dimensions
m = Sequential([Input((T,), dtype="int32"), L.Embedding(V, 6), L.Dropout(0.3), L.Conv1D(5, 3, padding="same", activation="relu"), L.MaxPooling1D(2),
                L.GRU(7, return_sequences=True, reset_after=False, recurrent_activation=hard), L.BatchNormalization(epsilon=1e-5),
                L.Bidirectional(L.GRU(3, return_sequences=True, reset_after=False, recurrent_activation=hard), merge_mode="ave"),
                L.TimeDistributed(L.Dense(4, activation=hard)), L.LeakyReLU(negative_slope=0.3), L.Flatten(), L.Dense(2, activation="softmax")])
randomise(m)
e, _, c, _, g, b, bi, td, _, _, d = m.layers
def nine(layer, prefix):
    k, r, bias = [np.asarray(w) for w in layer.weights]
    n = r.shape[0]
    a = []
    for i, gate in enumerate("zrh"):
        a += [(f"{prefix}_W_{gate}:0", k[:, i * n:(i + 1) * n]), (f"{prefix}_U_{gate}:0", r[:, i * n:(i + 1) * n]), (f"{prefix}_b_{gate}:0", bias[i * n:(i + 1) * n])]
    return a
gru1 = lambda n, name, **o: {"class_name": "GRU", "config": {"name": name, "trainable": True, "return_sequences": True, "go_backwards": False, "stateful": False, "unroll": False,
    "consume_less": "cpu", "output_dim": n, "init": "glorot_uniform", "inner_init": "orthogonal", "activation": "tanh", "inner_activation": "hard_sigmoid", "W_regularizer": None,
    "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.0, "dropout_U": 0.0, **o}}
dense1 = lambda n, name, act, **o: {"class_name": "Dense", "config": {"name": name, "trainable": True, "output_dim": n, "init": "glorot_uniform", "activation": act, "W_regularizer": None, "b_regularizer": None,
    "activity_regularizer": None, "W_constraint": None, "b_constraint": None, "bias": True, "input_dim": None, **o}}
config = [
    {"class_name": "Embedding", "config": {"name": "embedding_1", "trainable": True, "batch_input_shape": [None, T], "input_dtype": "int32", "input_dim": V, "output_dim": 6, "init": "uniform", "input_length": T,
        "mask_zero": False, "activity_regularizer": None, "W_regularizer": None, "W_constraint": None, "dropout": 0.0}},
    {"class_name": "Dropout", "config": {"name": "dropout_1", "trainable": True, "p": 0.3}},
    {"class_name": "Convolution1D", "config": {"name": "convolution1d_1", "trainable": True, "nb_filter": 5, "filter_length": 3, "init": "glorot_uniform", "activation": "relu", "border_mode": "same",
        "subsample_length": 1, "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None, "W_constraint": None, "b_constraint": None, "bias": True, "input_dim": None, "input_length": None}},
    {"class_name": "MaxPooling1D", "config": {"name": "maxpooling1d_1", "trainable": True, "pool_length": 2, "stride": 2, "border_mode": "valid"}},
    gru1(7, "gru_1", input_dim=5, input_length=4),
    {"class_name": "BatchNormalization", "config": {"name": "batchnormalization_1", "trainable": True, "epsilon": 1e-5, "mode": 0, "axis": -1, "momentum": 0.99, "gamma_regularizer": None, "beta_regularizer": None}},
    {"class_name": "Bidirectional", "config": {"name": "bidirectional_1", "trainable": True, "merge_mode": "ave", "layer": gru1(3, "gru_2")}},
    {"class_name": "TimeDistributed", "config": {"name": "timedistributed_1", "trainable": True, "layer": dense1(4, "dense_1", "hard_sigmoid")}},
    {"class_name": "LeakyReLU", "config": {"name": "leakyrelu_1", "trainable": True, "alpha": 0.30000001192092896}},
    {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
    dense1(2, "dense_2", "softmax")]
weights = {
    "embedding_1": [("embedding_1_W:0", e.weights[0])], "dropout_1": [],
    "convolution1d_1": [("convolution1d_1_W:0", np.asarray(c.weights[0])[:, None]), ("convolution1d_1_b:0", c.weights[1])], "maxpooling1d_1": [],
    "gru_1": nine(g, "gru_1"),
    "batchnormalization_1": [(f"batchnormalization_1_{n}:0", w) for n, w in zip(["gamma", "beta", "running_mean", "running_std"], b.weights)],
    "bidirectional_1": nine(bi.forward_layer, "forward_gru_2") + nine(bi.backward_layer, "backward_gru_2"),
    "timedistributed_1": [("timedistributed_1_W:0", td.weights[0]), ("timedistributed_1_b:0", td.weights[1])], "leakyrelu_1": [], "flatten_1": [],
    "dense_2": [("dense_2_W:0", d.weights[0]), ("dense_2_b:0", d.weights[1])]}
p = folder("keras_1_2", m, {"x": tokens()})
legacy(os.path.join(p, "model.h5"), "1.2.2", {"class_name": "Sequential", "config": config}, weights, backend=False)

# Keras 2.1: an Embedding that has the type of its input, a functional model with a model in it, whose calls are counted from 1
inner = Sequential([Input((T, 6)), L.GRU(5, return_sequences=True, reset_after=False, recurrent_activation=hard), L.BatchNormalization(), L.Dense(3, activation="tanh")], name="sequential_1")
x = Input((T,), dtype="int32", name="words")
w = Input((T, 6), name="other")
h = L.Embedding(V, 6, name="embedding_1")(x)
u, v = inner(h), inner(w)
y = L.Dense(2, name="dense_2")(L.Concatenate(name="concatenate_1")([L.GlobalMaxPooling1D(name="global_max_pooling1d_1")(u), L.GlobalAveragePooling1D(name="global_average_pooling1d_1")(v)]))
m = Model([x, w], y)
randomise(m)
gru2 = lambda n, name, **o: {"class_name": "GRU", "config": {"name": name, "trainable": True, "return_sequences": True, "return_state": False, "go_backwards": False, "stateful": False, "unroll": False, "units": n,
    "activation": "tanh", "recurrent_activation": "hard_sigmoid", "use_bias": True, "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0}}, "kernel_regularizer": None,
    "dropout": 0.0, "recurrent_dropout": 0.0, "implementation": 1, **o}}
dense2 = lambda n, name, act: {"class_name": "Dense", "config": {"name": name, "trainable": True, "units": n, "activation": act, "use_bias": True, "kernel_initializer": {"class_name": "Constant", "config": {"value": [[0.5, float("nan")]]}}, "bias_constraint": None}}
def at(layer, *nodes):
    return {**layer, "name": layer["config"]["name"], "inbound_nodes": [[[n, i, 0, {}] for n, i in node] for node in nodes]}
def input2(name, *shape, dtype="float32"):
    return at({"class_name": "InputLayer", "config": {"batch_input_shape": [None, *shape], "dtype": dtype, "sparse": False, "name": name}})
bn2 = {"class_name": "BatchNormalization", "config": {"name": "batch_normalization_1", "trainable": True, "axis": -1, "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True, "moving_mean_initializer": {"class_name": "Zeros", "config": {}}}}
config = {"name": "model_1", "layers": [
    input2("words", T, dtype="int32"), input2("other", T, 6),
    at({"class_name": "Embedding", "config": {"name": "embedding_1", "trainable": True, "dtype": "int32", "input_dim": V, "output_dim": 6, "embeddings_initializer": {"class_name": "Constant", "config": {"value": np.asarray(m.get_layer("embedding_1").weights[0]).tolist()}},
        "embeddings_regularizer": None, "activity_regularizer": None, "embeddings_constraint": None, "mask_zero": False, "input_length": T}}, [("words", 0)]),
    at({"class_name": "Sequential", "config": [gru2(5, "gru_1", batch_input_shape=[None, T, 6], dtype="float32"), bn2, dense2(3, "dense_1", "tanh")], "name": "sequential_1"} | {"config": {"name": "sequential_1", "layers": [gru2(5, "gru_1", batch_input_shape=[None, T, 6], dtype="float32"), bn2, dense2(3, "dense_1", "tanh")]}}, [("embedding_1", 0)], [("other", 0)]),
    at({"class_name": "GlobalMaxPooling1D", "config": {"name": "global_max_pooling1d_1", "trainable": True}}, [("sequential_1", 1)]),
    at({"class_name": "GlobalAveragePooling1D", "config": {"name": "global_average_pooling1d_1", "trainable": True}}, [("sequential_1", 2)]),
    at({"class_name": "Concatenate", "config": {"name": "concatenate_1", "trainable": True, "axis": -1}}, [("global_max_pooling1d_1", 0), ("global_average_pooling1d_1", 0)]),
    at(dense2(2, "dense_2", "linear"), [("concatenate_1", 0)])],
    "input_layers": [["words", 0, 0], ["other", 0, 0]], "output_layers": [["dense_2", 0, 0]]}
ig, ib, idn = inner.layers
weights = {"words": [], "other": [], "embedding_1": [("embedding_1/embeddings:0", m.get_layer("embedding_1").weights[0])],
    "sequential_1": [(f"gru_1/{n}:0", a) for n, a in zip(["kernel", "recurrent_kernel", "bias"], ig.weights)] + [("batch_normalization_1/gamma:0", ib.weights[0]), ("batch_normalization_1/beta:0", ib.weights[1]),
        ("dense_1/kernel:0", idn.weights[0]), ("dense_1/bias:0", idn.weights[1]), ("batch_normalization_1/moving_mean:0", ib.weights[2]), ("batch_normalization_1/moving_variance:0", ib.weights[3])],
    "global_max_pooling1d_1": [], "global_average_pooling1d_1": [], "concatenate_1": [],
    "dense_2": [("dense_2/kernel:0", m.get_layer("dense_2").weights[0]), ("dense_2/bias:0", m.get_layer("dense_2").weights[1])]}
p = folder("keras_2_1_nested", m, {"words": tokens(), "other": rng.standard_normal((B, T, 6)).astype("f")})
legacy(os.path.join(p, "model.h5"), "2.1.6", {"class_name": "Model", "config": config}, weights)
legacy(os.path.join(p, "weights.h5"), "2.1.6", None, weights, root="")
json.dump({"class_name": "Model", "config": config, "keras_version": "2.1.6", "backend": "tensorflow"}, open(os.path.join(p, "model.json"), "w"))

# Keras 2.13 and 2.15: a functional model whose decoder begins with the encoder's state, with a model in it
def keras2(name, root, separator, version):
    a, b = Input((T, I), name="source"), Input((5, I), name="target")
    s = L.GRU(6, name="gru")(a)
    q = L.GRU(6, return_sequences=True, name="gru_1")(b, initial_state=s)
    block = Sequential([Input((5, 6)), L.TimeDistributed(L.Dense(4, activation="relu")), L.Bidirectional(L.GRU(3, return_sequences=True)), L.LayerNormalization()], name="sequential")
    z = L.Dense(2, name="dense")(L.Add(name="add")([block(q), q]))
    m = Model([a, b], z)
    randomise(m)
    def entry(cls, cfg, *nodes, named=True):
        cfg = {k: v for k, v in cfg.items() if k not in ("seed", "quantization_config")} | {"dtype": "float32"}
        e = {"module": "keras.layers", "class_name": cls, "config": cfg, "registered_name": None, "build_config": {"input_shape": [None, T, I]}}
        return {**e, "name": cfg["name"], "inbound_nodes": [[[n, i, k, {}] for n, i, k in node] for node in nodes]} if named else e
    def own(l, *nodes, named=True, **o):
        return entry(l.__class__.__name__, {**l.get_config(), **o}, *nodes, named=named)
    td, bi, ln = block.layers
    wrapped = lambda l: {"module": "keras.layers", "class_name": l.__class__.__name__, "config": {**{k: v for k, v in l.get_config().items() if k not in ("seed", "quantization_config")}, "dtype": "float32"}, "registered_name": None}
    layers = [entry("InputLayer", {"batch_input_shape": [None, T, I], "sparse": False, "ragged": False, "name": "source"}), entry("InputLayer", {"batch_input_shape": [None, 5, I], "sparse": False, "ragged": False, "name": "target"}),
        own(m.get_layer("gru"), [("source", 0, 0)], time_major=False), own(m.get_layer("gru_1"), [("target", 0, 0), ("gru", 0, 0)], time_major=False),
        {"module": "keras", "class_name": "Sequential", "registered_name": None, "build_config": {"input_shape": [None, 5, 6]}, "name": "sequential", "inbound_nodes": [[["gru_1", 0, 0, {}]]], "config": {"name": "sequential", "layers": [
            entry("InputLayer", {"batch_input_shape": [None, 5, 6], "sparse": False, "ragged": False, "name": "time_distributed_input"}, named=False),
            entry("TimeDistributed", {"name": "time_distributed", "trainable": True, "layer": wrapped(td.layer)}, named=False),
            entry("Bidirectional", {"name": "bidirectional", "trainable": True, "merge_mode": "concat", "layer": wrapped(bi.forward_layer)}, named=False),
            own(ln, named=False, axis=[2])]}},
        own(m.get_layer("add"), [("sequential", 1, 0), ("gru_1", 0, 0)]), own(m.get_layer("dense"), [("add", 0, 0)])]
    config = {"module": "keras.src.engine.functional", "class_name": "Functional", "registered_name": "Functional", "build_config": {"input_shape": [[None, T, I], [None, 5, I]]},
        "config": {"name": "model", "trainable": True, "layers": layers, "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["dense", 0, 0]]}}
    twice = root.startswith("_")
    n = lambda base, i: base if i == 0 else f"{base}_{i}"
    j = separator.join
    weights = {j([root, n("gru", 0), "cell"]): m.get_layer("gru").weights, j([root, n("gru", 2 if twice else 1), "cell"]): m.get_layer("gru_1").weights,
        j([root, "sequential", root, "time_distributed", "layer"]): td.weights, j([root, "sequential", root, "bidirectional", "forward_layer", "cell"]): bi.forward_layer.weights,
        j([root, "sequential", root, "bidirectional", "backward_layer", "cell"]): bi.backward_layer.weights, j([root, "sequential", root, "layer_normalization"]): ln.weights,
        j([root, "dense"]): m.get_layer("dense").weights}
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as f:
        for group, ws in weights.items():
            v = f.require_group(group).require_group("vars")
            for i, w in enumerate([w for w in ws if "seed" not in w.path]):
                v.create_dataset(str(i), data=np.asarray(w))
        f.require_group(j(["optimizer"])).require_group("vars").create_dataset("0", data=np.int64(7))
    p = folder(name, m, {"source": rng.standard_normal((B, T, I)).astype("f"), "target": rng.standard_normal((B, 5, I)).astype("f")})
    with zipfile.ZipFile(os.path.join(p, "model.keras"), "w") as z:
        z.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-01-20@04:59:56"}))
        z.writestr("config.json", json.dumps(config))
        z.writestr("model.weights.h5", buffer.getvalue())
keras2("keras_2_13_nested", "_layer_checkpoint_dependencies", "/", "2.13.1")
keras2("keras_2_13_nested_windows", "_layer_checkpoint_dependencies", "\\", "2.13.1")
keras2("keras_2_15_nested", "layers", "/", "2.15.0")
