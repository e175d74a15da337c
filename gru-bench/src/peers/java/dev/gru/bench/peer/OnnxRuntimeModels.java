package dev.gru.bench.peer;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

import dev.gru.layer.Tensor;

/** ONNX Runtime's CPU kernels with all optimisations, on one thread. */
public final class OnnxRuntimeModels implements ModelContender {

    /** Creates the contender; the native library is loaded by {@link #open}. */
    public OnnxRuntimeModels() {
    }

    @Override
    public String version() {
        return new OnnxRuntimeContender().version();
    }

    @Override
    public OpenedModel open(Path file) throws IOException {
        // How much a run is given at once is not known yet.
        try (OrtSession.SessionOptions options = OnnxRuntimeOptions.onOneThread(Integer.MAX_VALUE)) {
            OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
            Map<String, TensorInfo> inputs = new LinkedHashMap<>();
            for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
                if (input.getValue().getInfo() instanceof TensorInfo info) {
                    inputs.put(input.getKey(), info);
                }
            }
            return new Opened(session, inputs);
        } catch (OrtException | LinkageError e) {
            throw failure(e);
        }
    }

    private static IOException failure(Throwable e) {
        return new IOException("ONNX Runtime: " + e.getMessage(), e);
    }

    private record Opened(OrtSession session, Map<String, TensorInfo> declared) implements OpenedModel {
        @Override
        public Map<String, List<Long>> inputs() {
            Map<String, List<Long>> sizes = new LinkedHashMap<>();
            declared.forEach((name, info) -> sizes.put(name, Arrays.stream(info.getShape()).boxed().toList()));
            return sizes;
        }

        @Override
        public PreparedModel prepare(Map<String, Tensor> inputs) throws IOException {
            try {
                Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
                for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                    tensors.put(input.getKey(), tensor(input.getValue(), declared.get(input.getKey())));
                }
                // Outputs of the first run are the memory of all others, so that a run allocates nothing for them.
                OrtSession.Result first = session.run(tensors);
                Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
                for (Map.Entry<String, OnnxValue> output : first) {
                    if (output.getValue() instanceof OnnxTensor tensor) {
                        pinned.put(output.getKey(), tensor);
                    }
                }
                return new Prepared(session, tensors, first, pinned);
            } catch (OrtException e) {
                throw failure(e);
            }
        }

        private static OnnxTensor tensor(Tensor array, TensorInfo info) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
            if (!array.isInts()) {
                return OnnxTensor.createTensor(environment, FloatBuffer.wrap(array.floats()), shape);
            }
            if (info.type == OnnxJavaType.INT64) {
                return OnnxTensor.createTensor(environment,
                        LongBuffer.wrap(Arrays.stream(array.ints()).asLongStream().toArray()), shape);
            }
            if (info.type == OnnxJavaType.FLOAT) {
                FloatBuffer floats = FloatBuffer.allocate(array.ints().length);
                Arrays.stream(array.ints()).forEach(floats::put);
                return OnnxTensor.createTensor(environment, floats.flip(), shape);
            }
            return OnnxTensor.createTensor(environment, IntBuffer.wrap(array.ints()), shape);
        }

        @Override
        public void close() {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed to close a session", e);
            }
        }
    }

    private record Prepared(OrtSession session, Map<String, OnnxTensor> inputs, OrtSession.Result memory,
            Map<String, OnnxTensor> pinned) implements PreparedModel {
        @Override
        public void run() {
            try {
                session.run(inputs, pinned).close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed", e);
            }
        }

        @Override
        public Map<String, Tensor> outputs() {
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            pinned.forEach((name, tensor) -> {
                FloatBuffer floats = tensor.getFloatBuffer();
                if (floats != null) {
                    float[] values = new float[floats.remaining()];
                    floats.get(values);
                    outputs.put(name, Tensor.of(values, Arrays.stream(tensor.getInfo().getShape())
                            .mapToInt(Math::toIntExact).toArray()));
                }
            });
            return outputs;
        }

        @Override
        public void close() {
            List<AutoCloseable> all = new ArrayList<>(inputs.values());
            all.add(memory);
            for (AutoCloseable each : all) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IllegalStateException("ONNX Runtime failed to close a tensor", e);
                }
            }
        }
    }
}
