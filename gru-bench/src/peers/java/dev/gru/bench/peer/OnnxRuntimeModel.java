package dev.gru.bench.peer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

import dev.gru.bench.model.OnnxExport;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;

/**
 * A whole model on ONNX Runtime, whose inputs, states and outputs are in native memory of its own, so that a run copies
 * nothing. Each run starts from zero states.
 */
final class OnnxRuntimeModel implements PreparedModel {
    private final int steps;
    private final int batch;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    private final FloatBuffer y;

    OnnxRuntimeModel(Graph model, ModelInput input) throws OrtException {
        steps = input.steps();
        batch = input.batch();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = OnnxRuntimeOptions.onOneThread(batch * steps)) {
            session = environment.createSession(OnnxExport.of(model, steps, batch), options);
        }
        for (Map.Entry<String, NodeInfo> in : session.getInputInfo().entrySet()) {
            long[] shape = ((TensorInfo) in.getValue().getInfo()).getShape();
            boolean isX = in.getKey().equals(OnnxExport.X);
            inputs.put(in.getKey(), isX && input.tokens() != null
                    ? OnnxTensor.createTensor(environment, tokens(input.tokens()), shape)
                    : OnnxTensor.createTensor(environment,
                            isX ? features(input.features(), model.inputSize()) : floats(shape), shape));
        }
        FloatBuffer first = null;
        for (Map.Entry<String, NodeInfo> out : session.getOutputInfo().entrySet()) {
            long[] shape = ((TensorInfo) out.getValue().getInfo()).getShape();
            FloatBuffer values = floats(shape);
            first = out.getKey().equals(OnnxExport.output(0)) ? values : first;
            outputs.put(out.getKey(), OnnxTensor.createTensor(environment, values, shape));
        }
        y = first;
    }

    private static FloatBuffer floats(long... shape) {
        int bytes = Float.BYTES;
        for (long size : shape) {
            bytes = Math.toIntExact(Math.multiplyExact(bytes, size));
        }
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private IntBuffer tokens(int[] tokens) {
        IntBuffer bySteps = ByteBuffer.allocateDirect(tokens.length * Integer.BYTES).order(ByteOrder.nativeOrder())
                .asIntBuffer();
        for (int i = 0; i < tokens.length; i++) {
            bySteps.put(i % steps * batch + i / steps, tokens[i]);
        }
        return bySteps;
    }

    private FloatBuffer features(float[] x, int size) {
        FloatBuffer bySteps = floats(x.length);
        for (int i = 0; i < steps * batch; i++) {
            bySteps.put((i % steps * batch + i / steps) * size, x, i * size, size);
        }
        return bySteps;
    }

    @Override
    public void run() {
        try {
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed", e);
        }
    }

    @Override
    public float[] output() {
        run();
        float[] byRows = new float[y.capacity()];
        boolean everyStep = outputs.get(OnnxExport.output(0)).getInfo().getShape().length == 3;
        int ofRow = everyStep ? steps : 1;
        int size = byRows.length / (batch * ofRow);
        for (int i = 0; i < batch * ofRow; i++) {
            y.get((i % ofRow * batch + i / ofRow) * size, byRows, i * size, size);
        }
        return byRows;
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed to close a session", e);
        }
    }
}
