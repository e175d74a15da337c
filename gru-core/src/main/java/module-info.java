/**
 * GRU networks on the CPU in plain Java: models, sessions, file formats, and two kernels: the scalar reference, and a
 * portable one that needs nothing beside this module.
 *
 * <p>{@link dev.gru.GruModel} is where most users start. With the module {@code dev.gru.simd} present, models run on
 * its vectorised kernels. Reading Keras files needs the library {@code io.jhdf:jhdf}, reading ONNX files
 * {@code org.tribuo:tribuo-util-onnx}; nothing else does.
 */
// These libraries are optional, and known by their automatic names only. dev.gru.simd is compiled after this module.
@SuppressWarnings({"requires-automatic", "module"})
module dev.gru.core {
    requires static io.jhdf;
    requires static com.google.protobuf;
    requires static org.tribuo.util.onnx;
    // Only to ask the JVM whether it uses FMA.
    requires static jdk.management;

    exports dev.gru;
    exports dev.gru.format;
    exports dev.gru.format.file;
    exports dev.gru.layer;
    exports dev.gru.train;
    exports dev.gru.weights;

    // The seam between models and kernels; not API.
    exports dev.gru.internal to dev.gru.simd;
    exports dev.gru.kernel to dev.gru.simd;
    exports dev.gru.kernel.math to dev.gru.simd;
    exports dev.gru.kernel.training to dev.gru.simd;

    uses dev.gru.kernel.GruKernelProvider;
}
