package dev.gru.bench.peer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * A session of ONNX Runtime whose inputs and outputs are in native memory of its own, so that a run copies nothing.
 * Each run starts from the states that were set.
 *
 * <p>The model's only output is Y: the states after the last step are its last rows.
 */
final class OnnxRuntimeLayer implements PreparedLayer {
    private final int inputSize;
    private final int hiddenSize;
    private final int batch;
    private final int steps;
    private final FloatBuffer x;
    private final FloatBuffer h0;
    private final FloatBuffer y;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    OnnxRuntimeLayer(byte[] model, int inputSize, int hiddenSize, int batch, int steps) throws OrtException {
        this.inputSize = inputSize;
        this.hiddenSize = hiddenSize;
        this.batch = batch;
        this.steps = steps;
        x = direct(steps * batch * inputSize);
        h0 = direct(batch * hiddenSize);
        y = direct(steps * batch * hiddenSize);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = OnnxRuntimeOptions.onOneThread(batch * steps)) {
            session = environment.createSession(model, options);
        }
        inputs = Map.of(OnnxGruModel.X, OnnxTensor.createTensor(environment, x, new long[]{steps, batch, inputSize}),
                OnnxGruModel.INITIAL_H,
                OnnxTensor.createTensor(environment, h0, new long[]{1, batch, hiddenSize}));
        outputs = Map.of(OnnxGruModel.Y,
                OnnxTensor.createTensor(environment, y, new long[]{steps, 1, batch, hiddenSize}));
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public void set(float[] newX, float[] newH0) {
        for (int row = 0; row < batch; row++) {
            for (int step = 0; step < steps; step++) {
                x.put((step * batch + row) * inputSize, newX, (row * steps + step) * inputSize, inputSize);
            }
        }
        h0.put(0, newH0, 0, batch * hiddenSize);
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
    public void get(float[] toY, float[] hn) {
        for (int row = 0; row < batch; row++) {
            for (int step = 0; step < steps; step++) {
                y.get((step * batch + row) * hiddenSize, toY, (row * steps + step) * hiddenSize, hiddenSize);
            }
        }
        y.get((steps - 1) * batch * hiddenSize, hn, 0, batch * hiddenSize);
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
