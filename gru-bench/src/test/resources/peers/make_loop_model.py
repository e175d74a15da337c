"""Makes an ONNX file of a Keras GRU as Keras 3's model.export(format="onnx") writes it, by way of tf2onnx: a Loop over
the steps whose body is one step in elementary operators, and a dense layer on the last output.

    python make_loop_model.py loop.onnx [units 128] [steps 120] [features 40] [outputs 10]

Weights are random; `gru peers --model loop.onnx` compares how fast ONNX Runtime and this library run it.
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LARGE = 2147483647


def main(path, units=128, steps=120, features=40, outputs=10):
    random = np.random.default_rng(20)
    body, constants = [], []

    def constant(name, value, dtype=np.float32):
        constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def node(operator, inputs, output, **attributes):
        body.append(helper.make_node(operator, inputs, [output], name="cell/" + output, **attributes))
        return output

    def weights(*shape):
        return random.standard_normal(shape) * 0.5 / np.sqrt(shape[-2])

    constant("one", 1)
    constant("one_i", 1, np.int32)
    constant("steps", steps)
    constant("axes", [0, 1], np.int64)
    constant("kernel", weights(features, 3 * units))
    constant("recurrent_kernel", weights(units, 3 * units))
    constant("bias", random.standard_normal(3 * units) * 0.2)
    constant("recurrent_bias", random.standard_normal(3 * units) * 0.2)

    # As Keras computes it: one product of all gates each, in the order update, reset, new.
    node("Add", ["i", "one_i"], "i_next")
    node("Gather", ["xs", "i"], "x_t", axis=0)
    node("Cast", ["i_next"], "i_float", to=TensorProto.FLOAT)
    node("Less", ["i_float", "steps"], "go_on")
    node("MatMul", ["x_t", "kernel"], "mx0")
    node("Add", ["mx0", "bias"], "mx")
    node("MatMul", ["h", "recurrent_kernel"], "mh0")
    node("Add", ["mh0", "recurrent_bias"], "mh")
    body.append(helper.make_node("Split", ["mx"], ["x_z", "x_r", "x_n"], name="cell/split", axis=1))
    for gate, begin, end in (("z", 0, units), ("r", units, 2 * units), ("n", 2 * units, LARGE)):
        node("Slice", ["mh", constant("from_" + gate, [0, begin], np.int64),
                       constant("to_" + gate, [LARGE, end], np.int64), "axes"], "h_" + gate)
    for gate in "zr":
        node("Sigmoid", [node("Add", ["x_" + gate, "h_" + gate], gate + "_sum")], gate)
    node("Tanh", [node("Add", ["x_n", node("Mul", ["r", "h_n"], "reset")], "n_sum")], "n")
    node("Mul", [node("Sub", ["one", "z"], "not_z"), "n"], "fresh")
    node("Add", [node("Mul", ["z", "h"], "kept"), "fresh"], "h_next")
    node("Identity", ["h_next"], "y_t")

    info = helper.make_tensor_value_info
    step = helper.make_graph(
        body, "body",
        [info("iteration", TensorProto.INT64, []), info("condition", TensorProto.BOOL, []),
         info("i", TensorProto.INT32, []), info("h", TensorProto.FLOAT, [None, units])],
        [info("go_on", TensorProto.BOOL, []), info("i_next", TensorProto.INT32, []),
         info("h_next", TensorProto.FLOAT, None), info("y_t", TensorProto.FLOAT, None)], constants)
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in {
        "zero_axis": np.array([0], np.int64), "one_axis": np.array([1], np.int64),
        "units": np.array([units], np.int64), "zero": np.float32(0), "max": np.int64(steps), "true": np.array(True),
        "first": np.int32(0), "last": np.array([-1], np.int64), "end": np.array([LARGE], np.int64),
        "dense": weights(units, outputs).astype(np.float32),
        "dense_bias": random.standard_normal(outputs).astype(np.float32)}.items()]
    nodes = [
        helper.make_node("Transpose", ["x"], ["xs"], perm=[1, 0, 2]),
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Slice", ["shape", "zero_axis", "one_axis", "zero_axis"], ["batch"]),
        helper.make_node("Concat", ["batch", "units"], ["state_shape"], axis=0),
        helper.make_node("Expand", ["zero", "state_shape"], ["h0"]),
        helper.make_node("Loop", ["max", "true", "first", "h0"], ["i_end", "h_end", "ys"], name="while", body=step),
        helper.make_node("Slice", ["ys", "last", "end", "zero_axis"], ["y_last"]),
        helper.make_node("Squeeze", ["y_last", "zero_axis"], ["hs"]),
        helper.make_node("MatMul", ["hs", "dense"], ["product"]),
        helper.make_node("Add", ["product", "dense_bias"], ["y"])]
    graph = helper.make_graph(nodes, "tf2onnx", [info("x", TensorProto.FLOAT, ["batch", steps, features])],
                              [info("y", TensorProto.FLOAT, ["batch", outputs])], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="tf2onnx")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
