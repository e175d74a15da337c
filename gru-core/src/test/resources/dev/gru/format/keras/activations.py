"""Writes activations.txt: what Keras makes of some numbers. python activations.py, with Keras 3 on TensorFlow.

A line has the function with its parameters, a bar, and the outputs. The first line has the inputs: rows of 8.
"""
import numpy as np
from keras import activations as a

x = np.array(
    [-30, -12.5, -6, -3.5, -3, -2.2, -1.6, -1, -0.8, -0.55, -0.5, -0.31, -0.25, -0.1, -1e-3, -1e-7,
     0, 1e-7, 1e-3, 0.05, 0.2, 0.25, 0.3, 0.45, 0.5, 0.7, 0.9, 1, 1.2, 1.75, 2, 2.4,
     2.9, 3, 3.3, 4.1, 5, 6, 6.5, 8, 9.25, 11, 14, 17, 20.5, 25, 30, 31.5], dtype=np.float32).reshape(-1, 8)

calls = [(name, {}) for name in
         "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear "
         "log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus "
         "sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink".split()]
calls += [("celu", {"alpha": 0.6}), ("elu", {"alpha": 0.3}), ("gelu", {"approximate": 1}),
          ("hard_shrink", {"threshold": 0.28}), ("soft_shrink", {"threshold": 1.1}),
          ("leaky_relu", {"negative_slope": 0.01}), ("squareplus", {"b": 0.7}),
          ("threshold", {"threshold": 0.4, "default_value": -2.5}),
          ("relu", {"negative_slope": 0.1}), ("relu", {"max_value": 2.5}), ("relu", {"threshold": 0.4}),
          ("relu", {"negative_slope": 0.1, "max_value": 3.2, "threshold": 0.4}),
          ("relu", {"max_value": 3.2, "threshold": 0.4})]


def line(head, values):
    return head + " | " + " ".join(repr(float(v)) for v in np.asarray(values, dtype=np.float32).ravel())


with open("activations.txt", "w") as out:
    print(line("inputs", x), file=out)
    for name, options in calls:
        head = " ".join([name] + ["%s=%s" % option for option in options.items()])
        print(line(head, getattr(a, name)(x, **options)), file=out)
