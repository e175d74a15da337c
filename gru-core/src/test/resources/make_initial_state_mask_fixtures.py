"""Writes Keras models in which steps are masked before a GRU that has an initial state, with the outputs that Keras computes.

    python make_initial_state_mask_fixtures.py OUT      (Keras 3.15.1 on TensorFlow, h5py, safetensors)

Keras 3 does not show such a GRU the mask, but hands it on; it does show it if the call names the mask. Keras 2 always
shows it: its files are those of models that name the masks, with the configuration in the form of Keras 2.
"""
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import h5py, numpy as np, keras
from keras import layers as L, Input, Model
from safetensors.numpy import save_file

rng = np.random.default_rng(3)
T, S, V = 7, 6, 20


def padded(*rows):
    """Token ids, of which 0 is masked, where a row says so."""
    keep = np.array([[c == "x" for c in row] for row in rows])
    return np.where(keep, rng.integers(1, V, keep.shape), 0).astype("int32")


# Padded behind and before, with a hole, not at all, and nothing but padding.
source = padded("xxxxxxx", "xxxx...", "....xxx", "xx.x.xx", ".......", "xxxxxxx")
target = padded("xxxxxx", "...xxx", "x.....", ".x.xx.", "xxx...", "......")
state = rng.standard_normal((6, 5)).astype("f")


def case(name, model, folder="graphs", keras2=None):
    p = os.path.join(sys.argv[1], folder, name)
    os.makedirs(p, exist_ok=True)
    for v in model.weights:
        if "seed" not in v.path:
            v.assign(rng.standard_normal(v.shape).astype("f") * 0.4)
    model.save(os.path.join(p, "model.h5"))
    if keras2:
        in_form_of_keras2(os.path.join(p, "model.h5"), model, keras2)
    else:
        model.save(os.path.join(p, "model.keras"))
    if folder == "graphs":
        arrays = {"source": source, "target": target, "state": state}
        given = {i.name: arrays[i.name] for i in model.inputs}
        y = model(list(given.values()), training=False)
        y = y if isinstance(y, (list, tuple)) else [y]
        save_file({k: np.ascontiguousarray(v) for k, v in {**given, **{("y" if i == 0 else f"y{i}"): np.asarray(v) for i, v in enumerate(y)}}.items()},
                  os.path.join(p, "io.safetensors"))


def in_form_of_keras2(file, model, version):
    config = model.get_config()
    layers = []
    for layer in config["layers"]:
        if layer["class_name"] == "NotEqual":
            continue
        own = {k: v for k, v in layer["config"].items() if k not in ("quantization_config", "optional", "ragged", "seed")}
        own["dtype"] = own["dtype"]["config"]["name"] if isinstance(own["dtype"], dict) else own["dtype"]
        if "batch_shape" in own:
            own["batch_input_shape"] = own.pop("batch_shape")
        nodes = []
        for node in layer["inbound_nodes"]:
            tensors = [*node["args"], *node["kwargs"].get("initial_state", [])] if not isinstance(node["args"][0], (list, tuple)) else node["args"][0]
            nodes.append([[*t["config"]["keras_history"], {}] for t in (keras.saving.serialize_keras_object(t) for t in tensors)])
        layers.append({"class_name": layer["class_name"], "name": layer["name"], "config": own, "inbound_nodes": nodes})
    ends = lambda key: [list(e) for e in (config[key] if isinstance(config[key][0], (list, tuple)) else [config[key]])]
    config = {"class_name": "Functional", "config": {"name": config["name"], "trainable": True, "layers": layers, "input_layers": ends("input_layers"), "output_layers": ends("output_layers")}}
    with h5py.File(file, "r+") as f:
        f.attrs["keras_version"] = np.bytes_(version)
        f.attrs["model_config"] = np.bytes_(json.dumps(config))


def table():
    return L.Embedding(V, 4, mask_zero=True)


def inputs():
    return Input((T,), dtype="int32", name="source"), Input((S,), dtype="int32", name="target")


def encoder(a, **options):
    return L.GRU(5, return_state=True, **options)(table()(a))


class Decoder:
    """The embedding of a target, and layers with the encoder's state, which are shown the mask or not."""

    def __init__(self, b, named=False):
        embedding = table()
        self.b, self.x = b, embedding(b)
        self.mask = lambda: {"mask": embedding.compute_mask(b)} if named else {}

    def __call__(self, layer, *states):
        return layer(self.x, initial_state=list(states), **self.mask())


def decoder(after=None, named=False):
    a, b = inputs()
    _, s = encoder(a)
    y = Decoder(b, named)(L.GRU(5, return_sequences=True), s)
    return Model([a, b], L.Dense(4)(y if after is None else after(y)))


def pair():
    a, b = inputs()
    _, f, k = L.Bidirectional(L.GRU(5, return_state=True))(table()(a))
    y, _ = L.GRU(10, return_sequences=True, return_state=True)(table()(b), initial_state=L.Concatenate()([f, k]))
    return Model([a, b], L.Dense(4)(y))


def translation(named=False, **options):
    """Sequence to sequence with attention, as it is published."""
    a, b = inputs()
    e, s = encoder(a, return_sequences=True)
    y = Decoder(b, named)(L.GRU(5, return_sequences=True, **options), s)
    c = L.Attention()([y, e])
    return Model([a, b], L.Dense(V, activation="softmax")(L.Concatenate()([y, c])))


def stack():
    """Two layers in the decoder, both with states, and an attention that is additive."""
    a, b = inputs()
    e, s = encoder(a, return_sequences=True)
    y = Decoder(b)(L.GRU(5, return_sequences=True), s)
    y, last = L.GRU(5, return_sequences=True, return_state=True)(y, initial_state=s)
    return Model([a, b], [L.Dense(4)(L.AdditiveAttention()([y, e])), L.Dense(2)(last)])


def bidirectional():
    a, b = inputs()
    e, f, k = L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True))(table()(a))
    y, g, h = Decoder(b)(L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True)), f, k)
    return Model([a, b], [L.Dense(4)(L.Attention()([y, e])), L.Dense(2)(L.Concatenate()([g, h]))])


def shared():
    a, b = inputs()
    words, gru = table(), L.GRU(5, return_sequences=True, return_state=True)
    e, s = gru(words(a))
    y, last = gru(words(b), initial_state=s)
    return Model([a, b], [L.Dense(4)(L.Attention()([y, e])), L.Dense(2)(last)])


def sequences():
    b, s = Input((S,), dtype="int32", name="target"), Input((5,), name="state")
    d = Decoder(b, True)
    y = [d(L.GRU(5, return_sequences=True, **o), s) for o in ({}, {"go_backwards": True}, {"zero_output_for_mask": True}, {"go_backwards": True, "zero_output_for_mask": True, "reset_after": False})]
    y.append(d(L.Bidirectional(L.GRU(5, return_sequences=True), merge_mode="sum"), s, s))
    return Model([b, s], y + [L.GRU(2)(y[0])])


def last():
    b, s = Input((S,), dtype="int32", name="target"), Input((5,), name="state")
    d = Decoder(b, True)
    return Model([b, s], [d(L.GRU(5), s), d(L.GRU(5, go_backwards=True), s), d(L.Bidirectional(L.GRU(5)), s, s), d(L.Bidirectional(L.GRU(5), merge_mode="mul"), s, s)])


def states():
    b, s = Input((S,), dtype="int32", name="target"), Input((5,), name="state")
    d = Decoder(b, True)
    y, h = d(L.GRU(5, return_sequences=True, return_state=True), s)
    z, k = d(L.GRU(5, return_state=True, go_backwards=True), s)
    _, m = d(L.GRU(5, return_sequences=True, return_state=True, zero_output_for_mask=True), s)
    _, n = d(L.GRU(5, return_state=True, go_backwards=True, zero_output_for_mask=True), s)
    w, p, q = d(L.Bidirectional(L.GRU(5, return_sequences=True, return_state=True)), s, s)
    return Model([b, s], [y, h, z, k, m, n, w, p, q])


def step():
    """A decoder that is run with the state that it returned before."""
    b, s = Input((S,), dtype="int32", name="target"), Input((5,), name="state")
    y, h = Decoder(b, True)(L.GRU(5, return_sequences=True, return_state=True), s)
    return Model([b, s], [L.Dense(V, activation="softmax")(y), h])


def pair_of_states():
    b, s = Input((S,), dtype="int32", name="target"), Input((5,), name="state")
    return Model([b, s], Decoder(b, True)(L.Bidirectional(L.GRU(5, return_state=True)), s, s))


def shown_and_not():
    a, b = inputs()
    gru = L.GRU(5, return_state=True)
    _, s = gru(table()(a))
    return Model([a, b], Decoder(b, True)(gru, s)[1])


case("mask_initial_state", decoder())
case("mask_initial_state_of_pair", pair())
case("mask_initial_state_then_gru", decoder(L.GRU(3)))
case("mask_initial_state_then_average", decoder(L.GlobalAveragePooling1D()))
case("mask_initial_state_attention", translation())
case("mask_initial_state_zero_output", translation(zero_output_for_mask=True))
case("mask_initial_state_stack", stack())
case("mask_initial_state_bidirectional", bidirectional())
case("mask_initial_state_shared", shared())
case("mask_shown_then_gru", decoder(L.GRU(3), named=True))
case("mask_shown_sequences", sequences())
case("mask_shown_last", last())
case("mask_shown_states", states())
case("mask_shown_keras_2_11", translation(named=True), keras2="2.11.0")
case("mask_shown_tensorflow_2_1", step(), keras2="2.2.4-tf")
case("mask_shown_keras_2_2", step(), "refused", keras2="2.2.4")
case("mask_shown_pair_of_states", pair_of_states(), "refused")
case("mask_shown_and_not", shown_and_not(), "refused")
