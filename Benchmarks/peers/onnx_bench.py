"""Measures ONNX Runtime: `onnx_bench.py predict WORKLOAD THREADS`. Prints one line of JSON."""

import json
import sys

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from workloads import WORKLOADS, data, layers, median_time


def graph(workload):
    """Returns the autoencoder with random weights, in ONNX's time-major layout."""
    random = numpy.random.default_rng(0)
    nodes, constants = [], []

    def constant(name, array):
        constants.append(numpy_helper.from_array(array, name))
        return name

    def weights(name, *shape):
        return constant(name, random.uniform(-0.1, 0.1, shape).astype("float32"))

    nodes.append(helper.make_node("Transpose", ["windows"], ["x"], perm=[1, 0, 2]))
    current = "x"
    activations = ["Sigmoid"] + 2 * ["Relu" if workload.activation == "relu" else "Tanh"]
    axis = constant("axis", numpy.array([1]))
    repeats = constant("repeats", numpy.array([workload.timesteps, 1, 1]))
    for index, (inputs, units, returns_sequences) in enumerate(layers(workload)):
        names = [weights(f"W{index}", 1, 4 * units, inputs), weights(f"R{index}", 1, 4 * units, units),
                 weights(f"B{index}", 1, 8 * units)]
        nodes.append(
            helper.make_node(
                "LSTM", [current] + names, [f"y{index}", f"h{index}"], hidden_size=units,
                activations=activations
            )
        )
        current = f"s{index}"
        if returns_sequences:
            nodes.append(helper.make_node("Squeeze", [f"y{index}", axis], [current]))
        else:
            nodes.append(helper.make_node("Tile", [f"h{index}", repeats], [current]))
    nodes.append(helper.make_node(
        "MatMul", [current, weights("W", workload.units[0], workload.features)], ["product"]))
    nodes.append(helper.make_node("Add", ["product", weights("b", workload.features)], ["sum"]))
    nodes.append(helper.make_node("Transpose", ["sum"], ["reconstruction"], perm=[1, 0, 2]))
    shape = ["N", workload.timesteps, workload.features]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
              for name in ("windows", "reconstruction")]
    return helper.make_model(
        helper.make_graph(nodes, "autoencoder", values[:1], values[1:], constants),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )


def predict(workload, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph(workload).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    one, many = data(workload, 1), data(workload, 256)
    return {
        "microseconds": 1e6 * median_time(lambda: session.run(None, {"windows": one})),
        "windows_per_second": 256 / median_time(lambda: session.run(None, {"windows": many})),
    }


if __name__ == "__main__":
    _, name, threads = sys.argv[1:]
    print(json.dumps({"name": name} | predict(WORKLOADS[name], int(threads))))
