package dev.gru.bench.peer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** ONNX Runtime's {@code GRU} operator on its own CPU kernels. */
public final class OnnxRuntimeContender implements Contender {

    /** Creates the contender; the native library is loaded by {@link #prepare}. */
    public OnnxRuntimeContender() {
    }

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public String version() {
        return "ONNX Runtime " + OrtEnvironment.class.getPackage().getImplementationVersion();
    }

    @Override
    public boolean isOurs() {
        return false;
    }

    @Override
    public Precision precision() {
        return Precision.FP32;
    }

    @Override
    public PreparedLayer prepare(GruWeights weights, int batch, int steps) {
        try {
            return new OnnxRuntimeLayer(OnnxGruModel.of(weights, batch, steps), weights.inputSize(),
                    weights.hiddenSize(), batch, steps);
        } catch (OrtException | LinkageError e) {
            throw new UnsupportedOperationException("ONNX Runtime cannot run a GRU here: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean runsModels() {
        return true;
    }

    @Override
    public PreparedModel prepare(Graph model, ModelInput input) {
        try {
            return new OnnxRuntimeModel(model, input);
        } catch (OrtException | LinkageError e) {
            throw new UnsupportedOperationException("ONNX Runtime cannot run the model here: " + e.getMessage(), e);
        }
    }
}
