"""Writes gru_activations.txt: what ONNX Runtime makes of the functions of a GRU whose parameters are given or missing.

    python gru_activations.py      (onnx, onnxruntime 1.30.0)

The first lines are the arrays X (steps, 1, inputs), W, R and B of one direction; two directions have the same. Every
line behind them has linear_before_reset, activations, activation_alpha, activation_beta, and the output Y.
"""
import numpy as np, onnx, onnxruntime as ort
from onnx import helper as h, numpy_helper, TensorProto as TP

rng = np.random.default_rng(26)
STEPS, INPUTS, UNITS = 4, 2, 2
X = rng.standard_normal((STEPS, 1, INPUTS)).astype("f")
W = rng.standard_normal((1, 3 * UNITS, INPUTS)).astype("f")
R = (0.5 * rng.standard_normal((1, 3 * UNITS, UNITS))).astype("f")
B = (0.5 * rng.standard_normal((1, 6 * UNITS))).astype("f")

# Whether a function has an alpha, and whether it has a beta.
FUNCTIONS = {"Affine": (1, 1), "Elu": (1, 0), "HardSigmoid": (1, 1), "LeakyRelu": (1, 0), "Relu": (0, 0), "ScaledTanh": (1, 1),
             "Sigmoid": (0, 0), "Softplus": (0, 0), "Softsign": (0, 0), "Tanh": (0, 0), "ThresholdedRelu": (1, 0)}


def run(before, names, alphas, betas):
    directions = len(names) // 2
    options = dict(activations=names, hidden_size=UNITS, linear_before_reset=before,
                   direction="forward" if directions == 1 else "bidirectional")
    options |= {k: v for k, v in (("activation_alpha", alphas), ("activation_beta", betas)) if v}
    constants = [numpy_helper.from_array(np.repeat(a, directions, 0), n) for a, n in ((W, "W"), (R, "R"), (B, "B"))]
    graph = h.make_graph([h.make_node("GRU", ["X", "W", "R", "B"], ["Y"], **options)], "graph",
                         [h.make_tensor_value_info("X", TP.FLOAT, X.shape)],
                         [h.make_tensor_value_info("Y", TP.FLOAT, None)], constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 14)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"X": X})[0]


def line(*words):
    return " | ".join(" ".join(map(str, w)) for w in words)


def numbers(values):
    return [repr(float(v)) for v in np.asarray(values).ravel()]


calls = []
for function, (alpha, beta) in FUNCTIONS.items():
    for before in (0, 1):
        for names in ([function, "Tanh"], ["Sigmoid", function]):
            for a in ([], [0.7])[:1 + alpha]:
                for b in ([], [0.3])[:1 + beta]:
                    calls.append((before, names, a, b))
# Values go to the functions that have one, in their order, until there are no more.
several = ["HardSigmoid", "Affine", "LeakyRelu", "ScaledTanh"]
calls += [(1, several, [0.3, 0.9, 0.2, 0.8][:n], [0.4, -0.2, 0.7][:m]) for n in range(5) for m in (0, 1, 3)]

with open("gru_activations.txt", "w") as out:
    for array in (X, W, R, B):
        print(line(numbers(array)), file=out)
    for before, names, a, b in calls:
        print(line([before], names, a, b, numbers(run(before, names, a, b))), file=out)
