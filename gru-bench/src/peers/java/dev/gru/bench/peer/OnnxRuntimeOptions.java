package dev.gru.bench.peer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** How sessions of ONNX Runtime are to run. */
final class OnnxRuntimeOptions {
    private OnnxRuntimeOptions() {
    }

    /**
     * Returns options for one thread and all optimisations.
     *
     * @param steps steps of all streams of a run
     */
    static OrtSession.SessionOptions onOneThread(int steps) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        // With as little scratch memory as one step of one stream needs, malloc is faster than the arena.
        options.setCPUArenaAllocator(steps > 1);
        return options;
    }
}
