"""Writes further ONNX models around GRUs, by both of PyTorch's exporters and node by node, with ONNX Runtime's outputs.

    python make_onnx_cases.py OUT SEED      (torch, onnx, onnxruntime, onnxscript, safetensors)
"""
import os, sys, warnings
import numpy as np, torch, onnx, onnxruntime as ort
import torch.nn.functional as F
from torch import nn
from onnx import helper as h, numpy_helper, TensorProto as TP
from safetensors.numpy import save_file

warnings.filterwarnings("ignore")
out, seed = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(seed)
torch.manual_seed(seed)
o = seed % 4
B, T, I, H = 2, 8 + o, 3 + o, 5 + o


def finish(folder, feeds):
    session = ort.InferenceSession(os.path.join(folder, "model.onnx"), providers=["CPUExecutionProvider"])
    feeds = {i.name: feeds[i.name] for i in session.get_inputs()}
    outputs = session.run(None, feeds)
    arrays = {**feeds, **{t.name: y for t, y in zip(session.get_outputs(), outputs)}}
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, os.path.join(folder, "io.safetensors"))


def slim(path):
    """Leaves out what says where a node came from in Python, which is most of a small file."""
    model = onnx.load(path, load_external_data=False)
    for node in model.graph.node:
        del node.metadata_props[:]
    for value in list(model.graph.input) + list(model.graph.output):
        del value.metadata_props[:]
    del model.graph.value_info[:], model.metadata_props[:], model.graph.metadata_props[:]
    onnx.save(model, path)


def case(name, net, inputs, mode, outputs=("y",), opset=None, dynamic=None):
    """mode: dynamo, beside (dynamo, weights in a file of their own), script; dynamic: dimensions by input."""
    net.eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            with torch.no_grad():
                module.running_mean.normal_(); module.running_var.uniform_(0.5, 1.5)
                module.weight.normal_(); module.bias.normal_()
        if isinstance(module, nn.LayerNorm) and module.weight is not None:
            with torch.no_grad():
                module.weight.normal_(); module.bias.normal_()
    folder = os.path.join(out, name); os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.onnx")
    names = list(inputs)
    options = dict(input_names=names, output_names=list(outputs))
    if mode == "script":
        options |= dict(dynamo=False, opset_version=opset or 17)
        if dynamic:
            options["dynamic_axes"] = {n: {i: d for i, d in dims.items()} for n, dims in dynamic.items()}
    else:
        options |= dict(dynamo=True, external_data=mode == "beside", verbose=False)
        if opset:
            options["opset_version"] = opset
        if dynamic:
            options["dynamic_shapes"] = [{i: torch.export.Dim(d, min=2, max=64) for i, d in dynamic.get(n, {}).items()} or None for n in names]
    torch.onnx.export(net, tuple(inputs.values()), path, **options)
    slim(path)
    finish(folder, {k: v.numpy() for k, v in inputs.items()})


class Module(nn.Module):
    def __init__(self, forward, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.function = forward

    def forward(self, x, z=None):
        return self.function(self, x) if z is None else self.function(self, x, z)


def gru(inputs=I, layers=1, bidirectional=False, units=H):
    return nn.GRU(inputs, units, layers, batch_first=True, bidirectional=bidirectional)


x = torch.randn(B, T, I)
BT = {"x": {0: "batch", 1: "time"}}


def causal(m, x):
    v = x.transpose(1, 2)
    v = torch.relu(m.a(F.pad(v, (2, 0)))); v = torch.relu(m.b(F.pad(v, (4, 0)))).transpose(1, 2)
    return m.f(m.g(v)[0])


causal_parts = lambda: dict(a=nn.Conv1d(I, 6, 3), b=nn.Conv1d(6, 4, 3, dilation=2), g=gru(4), f=nn.Linear(H, 2))
case("causal_dilated_script", Module(causal, **causal_parts()), {"x": x}, "script", dynamic=BT)
case("causal_dilated_dynamo", Module(causal, **causal_parts()), {"x": x}, "dynamo", dynamic=BT)

case("separable_hardswish", Module(lambda m, x: m.f(m.g(F.hardswish(m.n(m.p(m.d(x)))).transpose(1, 2))[0][:, -1]),
     d=nn.Conv1d(I, I, 3, padding=1, groups=I), p=nn.Conv1d(I, 6, 1), n=nn.BatchNorm1d(6), g=gru(6), f=nn.Linear(H, 3)),
     {"x": torch.randn(B, I, T)}, "script", dynamic={"x": {0: "batch", 2: "time"}})

case("strided_conv_max_pool", Module(lambda m, x: m.f(m.g(m.p(F.elu(m.c(x.transpose(1, 2)))).transpose(1, 2))[0][:, -1]),
     c=nn.Conv1d(I, 6, 3, stride=2), p=nn.MaxPool1d(2), g=gru(6), f=nn.Linear(H, 2)), {"x": torch.randn(B, 16 + o, I)}, "dynamo")

case("average_pool_padded", Module(lambda m, x: m.g(m.p(x.transpose(1, 2)).transpose(1, 2))[0],
     p=nn.AvgPool1d(3, stride=2, padding=1), g=gru()), {"x": x}, "script", dynamic=BT)


def pooled(m, t):
    y = m.g(m.e(t))[0]
    return m.f(torch.cat([y.mean(1), y.amax(1), y[:, -1]], 1))


pooled_parts = lambda: dict(e=nn.Embedding(11, 4), g=gru(4, 1, True), f=nn.Sequential(nn.Linear(6 * H, 5), nn.ReLU(), nn.Dropout(0.3), nn.Linear(5, 2)))
tokens = torch.randint(0, 11, (B, T))
case("embedding_mean_max_last_script", Module(pooled, **pooled_parts()), {"x": tokens}, "script", dynamic=BT)
case("embedding_mean_max_last_beside", Module(pooled, **pooled_parts()), {"x": tokens}, "beside")


def encoder_decoder(m, x, z):
    _, hn = m.a(x)
    return m.f(m.b(z, hn)[0])


z = torch.randn(B, T - 2, 2)
decoder_parts = lambda: dict(a=gru(), b=gru(2), f=nn.Linear(H, 2))
case("encoder_decoder_script", Module(encoder_decoder, **decoder_parts()), {"x": x, "z": z}, "script", dynamic={**BT, "z": {0: "batch", 1: "time2"}})
case("encoder_decoder_dynamo", Module(encoder_decoder, **decoder_parts()), {"x": x, "z": z}, "dynamo")


def context(m, x, c):
    return torch.softmax(m.f(torch.cat([m.g(x)[1][0], torch.tanh(m.c(c))], 1)), -1)


case("context_vector", Module(context, g=gru(), c=nn.Linear(3, 4), f=nn.Linear(H + 4, 3)), {"x": x, "c": torch.randn(B, 3)}, "script",
     dynamic={**BT, "c": {0: "batch"}})


def arithmetic(m, x):
    a, b = m.a(x)[0], m.b(x)[0]
    gate = torch.sigmoid(m.f(a))
    return (gate * a + (1 - gate) * b - a / (b.abs() + 2 if False else 2.0)) * 0.5 + torch.maximum(a, b) - torch.minimum(a, b * 3)


case("arithmetic_between_branches", Module(arithmetic, a=gru(), b=gru(), f=nn.Linear(H, H)), {"x": x}, "dynamo", dynamic=BT)
case("arithmetic_with_one_feature", Module(lambda m, x: m.g(x)[0] * torch.sigmoid(m.a(x)), g=gru(), a=nn.Linear(I, 1)), {"x": x}, "script", dynamic=BT)


def activations(m, x):
    v = F.leaky_relu(m.f(x), 0.2)
    v = F.elu(m.f2(v), 0.7); v = F.selu(m.f3(v)); v = F.softplus(v); v = F.hardsigmoid(v) + F.silu(v); v = F.mish(v) - F.softsign(v)
    return F.relu6(m.g(F.hardtanh(v, -0.5, 2.0))[0] * 4)


parts = lambda: dict(f=nn.Linear(I, 6), f2=nn.Linear(6, 6), f3=nn.Linear(6, 6), g=gru(6))
case("activations_script", Module(activations, **parts()), {"x": x}, "script", dynamic=BT)
case("activations_dynamo", Module(activations, **parts()), {"x": x}, "dynamo")


def old(m, x):
    return m.f(F.gelu(m.n2(m.g(m.n(x))[0])))


old_parts = lambda: dict(n=nn.LayerNorm(I), g=gru(), n2=nn.LayerNorm(H), f=nn.Linear(H, 2))
case("layer_norm_gelu_opset_11", Module(old, **old_parts()), {"x": x}, "script", opset=11, dynamic=BT)
case("layer_norm_gelu_opset_14", Module(old, **old_parts()), {"x": x}, "script", opset=14)
case("layer_norm_without_weights", Module(lambda m, x: m.g(m.n(x))[0], n=nn.LayerNorm(I, elementwise_affine=False), g=gru()), {"x": x}, "script", opset=13, dynamic=BT)
case("gelu_tanh", Module(lambda m, x: F.gelu(m.f(m.g(x)[0]), approximate="tanh"), g=gru(), f=nn.Linear(H, 3)), {"x": x}, "dynamo", opset=20)

case("batch_norm_global_average", Module(lambda m, x: m.f(m.p(m.b(m.g(x)[0].transpose(1, 2))).flatten(1)), g=gru(), b=nn.BatchNorm1d(H),
     p=nn.AdaptiveAvgPool1d(1), f=nn.Linear(H, 2)), {"x": x}, "script", dynamic=BT)
case("global_max_pool", Module(lambda m, x: m.f(m.p(m.g(x)[0].transpose(1, 2)).squeeze(-1)), g=gru(), p=nn.AdaptiveMaxPool1d(1), f=nn.Linear(H, 2)), {"x": x}, "dynamo")


def residual(m, x):
    v = m.i(x)
    for g, f, n in ((m.a, m.fa, m.na), (m.b, m.fb, m.nb)):
        v = n(v + f(g(v)[0]))
    return m.o(v)


case("residual_bidirectional", Module(residual, i=nn.Linear(I, 6), a=gru(6, 1, True), fa=nn.Linear(2 * H, 6), na=nn.LayerNorm(6), b=gru(6, 1, True),
     fb=nn.Linear(2 * H, 6), nb=nn.LayerNorm(6), o=nn.Linear(6, 2)), {"x": x}, "dynamo", dynamic=BT)
case("residual_around_bidirectional", Module(lambda m, x: torch.tanh(m.i(x) + m.a(x)[0]), i=nn.Linear(I, 2 * H), a=gru(I, 1, True)), {"x": x}, "script", dynamic=BT)


class LearntState(nn.Module):
    def __init__(self):
        super().__init__(); self.g = gru(); self.h = nn.Parameter(torch.randn(1, 1, H))
    def forward(self, x):
        return self.g(x, self.h.expand(1, x.shape[0], H).contiguous())[0]


case("learnt_initial_state", LearntState(), {"x": x}, "script")


class Packed(nn.Module):
    def __init__(self):
        super().__init__(); self.g = gru(); self.f = nn.Linear(H, 2)
    def forward(self, x, lengths):
        p = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        y, hn = self.g(p)
        return self.f(hn[0])


class Several(nn.Module):
    def __init__(self):
        super().__init__(); self.a = gru(); self.b = gru(H); self.f = nn.Linear(H, 2); self.v = nn.Linear(H, 1)
    def forward(self, x):
        y, ha = self.a(x); z, hb = self.b(y)
        return self.f(z), torch.sigmoid(self.v(y)), ha, y[:, -1] - hb[0]


case("several_outputs", Several(), {"x": x}, "script", outputs=("y", "vad", "ha", "d"), dynamic=BT)


def glu(m, x):
    a, b = m.f(x).chunk(2, -1)
    y = m.g(a * torch.sigmoid(b))[0]
    return torch.cat([y[..., 2:], y[..., :2]], -1)


case("chunks_and_slices_script", Module(glu, f=nn.Linear(I, 8), g=gru(4)), {"x": x}, "script", dynamic=BT)
case("chunks_and_slices_dynamo", Module(glu, f=nn.Linear(I, 8), g=gru(4)), {"x": x}, "dynamo")
case("flatten_over_steps", Module(lambda m, x: m.f(m.g(x)[0].flatten(1)), g=gru(units=3), f=nn.Linear(3 * T, 4)), {"x": x}, "dynamo")
case("flatten_channels_first", Module(lambda m, x: m.f(torch.relu(m.c(m.g(x)[0].transpose(1, 2))).flatten(1)), g=gru(units=3), c=nn.Conv1d(3, 2, 3), f=nn.Linear(2 * (T - 2), 4)),
     {"x": x}, "script")
case("channels_first_in_and_out", Module(lambda m, x: m.c(m.g(m.p(x).transpose(1, 2))[0].transpose(1, 2)), p=nn.Conv1d(I, 4, 5, padding=2), g=gru(4), c=nn.Conv1d(H, 2, 1)),
     {"x": torch.randn(B, I, T)}, "dynamo")
case("both_ends_of_bidirectional", Module(lambda m, x: m.f(m.g(x)[0][:, -1] + m.g(x)[0][:, 0]), g=gru(I, 2, True), f=nn.Linear(2 * H, 2)), {"x": x}, "dynamo")
case("another_step", Module(lambda m, x: m.f(m.g(x)[0][:, 2]) - m.f(m.g(x)[0][:, -3]), g=gru(), f=nn.Linear(H, 2)), {"x": x}, "script", dynamic=BT)
case("cropped_steps", Module(lambda m, x: m.a(m.g(x)[0][:, 2:-1])[0], g=gru(), a=gru(H)), {"x": x}, "script", dynamic=BT)
case("steps_joined", Module(lambda m, x: m.a(torch.cat([m.g(x)[0], m.b(x)[0]], 1))[0], g=gru(), b=gru(), a=gru(H)), {"x": x}, "dynamo")
case("prelu_per_channel", Module(lambda m, x: m.p(m.f(m.g(x)[0]).transpose(1, 2)).transpose(1, 2), g=gru(), f=nn.Linear(H, 4), p=nn.PReLU(4)), {"x": x}, "script", dynamic=BT)


class Noise(nn.Module):
    """As in RNNoise: three GRUs, each on what came before and the input."""
    def __init__(self):
        super().__init__(); self.i = nn.Linear(I, 4); self.v = gru(4, units=3); self.n = gru(I + 7, units=4); self.d = gru(I + 7, units=6)
        self.g = nn.Linear(6, I); self.s = nn.Linear(3, 1)
    def forward(self, x):
        t = torch.tanh(self.i(x)); v = self.v(t)[0]
        n = F.relu(self.n(torch.cat([t, v, x], -1))[0]); d = F.relu(self.d(torch.cat([v, n, x], -1))[0])
        return torch.sigmoid(self.g(d)), torch.sigmoid(self.s(v))


case("softmax_over_steps", Module(lambda m, x: m.g(x)[0] * torch.softmax(m.f(m.g(x)[0]), 1), g=gru(), f=nn.Linear(H, 1)), {"x": x}, "script", dynamic=BT)
case("noise_suppression_script", Noise(), {"x": x}, "script", outputs=("gains", "vad"), dynamic=BT)
case("noise_suppression_beside", Noise(), {"x": x}, "beside", outputs=("gains", "vad"))


# GRUs as a Loop over steps, whose body is one step in elementary operators: what tf2onnx makes of TensorFlow's while loops.
def const(name, a):
    return numpy_helper.from_array(np.asarray(a), name)


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def loop(name, opset=13, reset_after=True, order="zrn", gates="Sigmoid", candidate="Tanh", sequences=False, joined=False, complement=False,
         update="keras", initial=False, dynamic=False, down=False, whole=True, transposed=False, final=False, squeeze_bias=False, conditions=1,
         batch_axis=1, biases=True, reverse=None):
    """order: of the gates in the weights; joined: one product of [x, h]; complement: z and 1 − z exchanged; update: keras, difference;
    down: from the last step; reverse: the input is turned around, and the outputs are again, by a slice or by ReverseSequence; whole: weights of all gates in one matrix; final: the carried state is the output."""
    W, U = ((rng.standard_normal((n, 3 * H)) * 0.4).astype("f") for n in (I, H))
    b = (rng.standard_normal((2, 3 * H)) * 0.2).astype("f")
    body, init, main, minit = [], [], [], []
    count = [0]

    def n(op, inputs, output=None, **k):
        count[0] += 1
        outputs = output if isinstance(output, list) else [output or f"{op.lower()}_{count[0]}"]
        body.append(h.make_node(op, inputs, outputs, name="while/" + outputs[0], **k))
        return outputs[0] if len(outputs) == 1 else outputs

    def c(a):
        count[0] += 1
        init.append(const(f"const_{count[0]}", a))
        return init[-1].name

    def columns(m, gate):
        j = order.index(gate)
        return m[..., j * H:(j + 1) * H]

    def sliced(v, start, end):
        return n("Slice", [v, c(np.array([0, start], "int64")), c(np.array([2 ** 31 - 1, end], "int64")), c(np.array([0, 1], "int64"))]) if opset >= 10 \
            else n("Slice", [v], starts=[0, start], ends=[2 ** 31 - 1, end], axes=[0, 1])

    def split(v):
        outputs = [f"part_{count[0]}_{g}" for g in order]
        if opset >= 13:
            n("Split", [v, c(np.array([H] * 3, "int64"))], outputs, axis=1)
        else:
            n("Split", [v], outputs, axis=1, split=[H] * 3)
        return dict(zip(order, outputs))

    def product(v, m):
        return n("Gemm", [v, c(m.T.copy())], transB=1) if transposed else n("MatMul", [v, c(m)])

    def act(v):
        if gates == "Sigmoid":
            return n("Sigmoid", [v])
        if gates == "minmax":      # Keras 2
            return n("Max", [n("Min", [n("Add", [n("Mul", [v, c(np.float32(0.2))]), c(np.float32(0.5))]), c(np.float32(1))]), c(np.float32(0))])
        if gates == "relu6":       # Keras 3: relu6(v + 3) / 6
            return n("Div", [n("Clip", [n("Add", [v, c(np.float32(3))]), c(np.float32(0)), c(np.float32(6))]), c(np.float32(6))])
        if gates == "clipmul":
            return n("Mul", [n("Min", [n("Relu", [n("Add", [c(np.float32(3)), v])]), c(np.float32(6))]), c(np.float32(1 / 6))])
        return n("HardSigmoid", [v], alpha=0.25, beta=0.5)

    steps = "steps" if dynamic else None
    n("Add", ["i", c(np.int32(1))], "i_next")
    if steps:
        n("Less", ["i_next", "steps32"], "more")
    else:
        n("Less", [n("Cast", ["i_next"], to=TP.FLOAT), c(np.float32(T))], "more")
    if conditions == 2:
        n("Add", ["j", c(np.int32(1))], "j_next")
        n("And", ["more", n("Less", ["j_next", "steps32" if steps else c(np.int32(T))])], "go_on")
    else:
        n("Identity", ["more"], "go_on")
    at = n("Sub", [c(np.int32(T - 1)), "i"]) if down else "i"
    n("Gather", ["xs", at], "x_t", axis=1 - batch_axis)
    bx, bh = b[0], b[1] if reset_after else np.zeros_like(b[1])
    add = lambda v, bias: n("Add", [v, n("Squeeze", [c(bias[None]), c(np.array([0], "int64"))]) if squeeze_bias else c(bias)]) if biases else v
    if joined:                     # TensorFlow 1's GRUCell
        xh = n("Concat", ["x_t", "h_in"], axis=1)
        zr = add(product(xh, np.concatenate([np.concatenate([columns(W, "r"), columns(W, "z")], 1), np.concatenate([columns(U, "r"), columns(U, "z")], 1)])),
                 np.concatenate([columns(bx, "r"), columns(bx, "z")]))
        ru = act(zr)
        if opset >= 13:
            r, z = n("Split", [ru, c(np.array([H, H], "int64"))], ["r", "z"], axis=1)
        else:
            r, z = n("Split", [ru], ["r", "z"], axis=1, split=[H, H])
        xr = n("Concat", ["x_t", n("Mul", [r, "h_in"])], axis=1)
        s = add(product(xr, np.concatenate([columns(W, "n"), columns(U, "n")])), columns(bx, "n"))
    else:
        if whole:
            mx = split(add(product("x_t", W), bx))
        else:
            mx = {g: add(product("x_t", columns(W, g)), columns(bx, g)) for g in order}
        if reset_after:
            if whole:
                all_h = add(product("h_in", U), bh)
                mh = {g: sliced(all_h, j * H, (j + 1) * H) for j, g in enumerate(order)}
            else:
                mh = {g: add(product("h_in", columns(U, g)), columns(bh, g)) for g in order}
        else:
            mh = {g: product("h_in", columns(U, g)) for g in "zr"}
        z = act(n("Add", [mx["z"], mh["z"]])); r = act(n("Add", [mh["r"], mx["r"]]))
        hn = n("Mul", [r, mh["n"]]) if reset_after else product(n("Mul", [r, "h_in"]), columns(U, "n"))
        s = n("Add", [hn, mx["n"]])
    g = n(candidate, [s]) if candidate else s
    if complement:
        n("Add", [n("Mul", [n("Sub", [c(np.float32(1)), z]), "h_in"]), n("Mul", [z, g])], "h_out")
    elif update == "keras":
        n("Add", [n("Mul", [z, "h_in"]), n("Mul", [n("Sub", [c(np.float32(1)), z]), g])], "h_out")
    else:
        n("Add", [n("Mul", [n("Sub", ["h_in", g]), z]), g], "h_out")
    n("Identity", ["h_out"], "y_t")
    carried_in = [value("i", TP.INT32, [])] + ([value("j", TP.INT32, [])] if conditions == 2 else []) + [value("h_in", TP.FLOAT, [None, H])]
    carried_out = [value("i_next", TP.INT32, [])] + ([value("j_next", TP.INT32, [])] if conditions == 2 else []) + [value("h_out", TP.FLOAT, None)]
    graph = h.make_graph(body, "body", [value("iter", TP.INT64, []), value("cond", TP.BOOL, [])] + carried_in,
                         [value("go_on", TP.BOOL, [])] + carried_out + [value("y_t", TP.FLOAT, None)], init)
    m = lambda op, i, out, **k: main.append(h.make_node(op, i, out if isinstance(out, list) else [out], **k))
    k = lambda label, a: minit.append(const(label, a)) or label
    k("zero", np.array([0], "int64")); k("one", np.array([1], "int64")); k("two", np.array([2], "int64"))
    m("Shape", ["x"], "shape"); m("Slice", ["shape", "zero", "one", "zero"], "batch")

    def turned(v, output, axis):
        if reverse == "slice":
            m("Slice", [v, k("from_" + output, np.array([-1], "int64")), k("to_" + output, np.array([-2 ** 31], "int64")), k("axis_" + output, np.array([axis], "int64")), "from_" + output], output)
        else:                      # TensorFlow's reverse
            m("Slice", ["shape", "one", "two", "zero"], "time_" + output); m("Expand", ["time_" + output, "batch"], "lengths_" + output)
            m("ReverseSequence", [v, "lengths_" + output], output, time_axis=axis, batch_axis=1 - axis)

    if reverse:
        turned("x", "x_turned", 1)
    m("Transpose", ["x_turned" if reverse else "x"], "xs", perm=[1, 0, 2]) if batch_axis == 1 else m("Identity", ["x_turned" if reverse else "x"], "xs")
    if steps:
        m("Slice", ["shape", "one", "two", "zero"], "steps1")
        if opset >= 13:
            m("Squeeze", ["steps1", "zero"], "steps64")
        else:
            m("Squeeze", ["steps1"], "steps64", axes=[0])
        m("Cast", ["steps64"], "steps32", to=TP.INT32)
    h0 = "h0"
    if not initial:
        m("Concat", ["batch", k("units", np.array([H], "int64"))], "h_shape", axis=0); m("Expand", [k("zero_f", np.float32(0)), "h_shape"], "h0")
    trips = k("trips", np.int64(2 ** 31 - 1 if steps else T))
    m("Loop", [trips, k("true", np.array(True)), k("i0", np.int32(0))] + (["i0"] if conditions == 2 else []) + [h0],
      ["i_last"] + (["j_last"] if conditions == 2 else []) + ["h_last", "ys"], name="while", body=graph)
    if final:
        m("Identity", ["h_last"], "hs")
    elif sequences:
        if reverse:
            turned("ys", "ys_turned", 0)
        m("Transpose", ["ys_turned" if reverse else "ys"], "hs", perm=[1, 0, 2])
    else:
        m("Gather", ["ys", k("last", np.int64(-1))], "hs", axis=0)
    D = (rng.standard_normal((H, 2)) * 0.5).astype("f")
    m("MatMul", ["hs", k("D", D)], "d"); m("Add", ["d", k("db", np.array([0.1, -0.2], "f"))], "y")
    inputs = [value("x", TP.FLOAT, ["batch", "steps" if steps else T, I])] + ([value("h0", TP.FLOAT, ["batch", H])] if initial else [])
    model = h.make_model(h.make_graph(main, "tf2onnx", inputs, [value("y", TP.FLOAT, None)], minit),
                         opset_imports=[h.make_opsetid("", opset)], producer_name="tf2onnx")
    model.ir_version = 8
    folder = os.path.join(out, "loop_" + name); os.makedirs(folder, exist_ok=True); onnx.save(model, os.path.join(folder, "model.onnx"))
    finish(folder, {"x": rng.standard_normal((B, T, I)).astype("f"), "h0": rng.standard_normal((B, H)).astype("f")})


loop("keras3_hard_sigmoid", gates="relu6", sequences=True)
loop("keras3_relu_candidate", candidate="Relu", conditions=2)
loop("keras2_opset_11", opset=11, reset_after=False, gates="minmax", whole=False)
loop("linear_candidate_reset_after", candidate=None, sequences=True, gates="clipmul")
loop("tensorflow1_cell", reset_after=False, joined=True)
loop("tensorflow1_cell_opset_10", opset=10, reset_after=False, joined=True, sequences=True)
loop("complement", complement=True, sequences=True)
loop("complement_hard_sigmoid", complement=True, gates="minmax", reset_after=False, whole=False)
loop("difference", update="difference", order="rzn")
loop("order_nrz", order="nrz", sequences=True, transposed=True)
loop("order_rnz_parts", order="rnz", whole=False, sequences=True)
loop("initial_state", initial=True, sequences=True)
loop("dynamic_steps", dynamic=True, sequences=True)
loop("dynamic_steps_two_conditions", dynamic=True, conditions=2, opset=12)
loop("backwards", down=True, sequences=True)
loop("backwards_last", down=True, batch_axis=0)
loop("final_state", final=True, squeeze_bias=True)
loop("without_bias", biases=False, reset_after=True)
loop("turned_around", reverse="sequence", sequences=True)
loop("turned_around_last", reverse="sequence", dynamic=True)
loop("turned_around_by_slices", reverse="slice", sequences=True, dynamic=True)
loop("turned_around_final", reverse="slice", final=True)
loop("hard_sigmoid_operator", gates="HardSigmoid", candidate="Softsign", batch_axis=0, final=True)


class Gated(nn.Module):
    def __init__(self):
        super().__init__(); self.c = nn.Conv1d(I, 8, 3); self.f = nn.Linear(4, 6); self.g = gru(3); self.o = nn.Linear(H, 2)
    def forward(self, x):
        y = F.glu(self.c(F.pad(x.transpose(1, 2), (2, 0))), 1).transpose(1, 2)
        return F.glu(self.o(self.g(F.glu(self.f(y)))[0]))


case("gates_script", Gated(), {"x": x}, "script", dynamic=BT)
case("gates_dynamo", Gated(), {"x": x}, "dynamo")
case("conv_strided_dilated", Module(lambda m, x: m.g(torch.tanh(m.c(x.transpose(1, 2))).transpose(1, 2))[0], c=nn.Conv1d(I, 4, 3, stride=2, dilation=3, padding=2), g=gru(4)),
     {"x": torch.randn(B, 13, I)}, "script", dynamic=BT)
case("max_pool_padded", Module(lambda m, x: m.g(m.q(m.p(x.transpose(1, 2))).transpose(1, 2))[0], p=nn.MaxPool1d(3, stride=2, padding=1), q=nn.MaxPool1d(2, stride=2, padding=1), g=gru()),
     {"x": torch.randn(B, 13, I) - 2}, "script", dynamic=BT)
