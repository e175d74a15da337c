/**
 * GRU networks on the CPU in plain Java: models, sessions, file formats, and the scalar reference kernel.
 *
 * <p>{@link dev.gru.GruModel} is where most users start. With the module {@code dev.gru.simd} present, models run on its
 * vectorised kernels. Reading Keras files needs the libraries {@code io.jhdf:jhdf} and
 * {@code com.fasterxml.jackson.core:jackson-core}, safetensors files the second of them; nothing else does.
 */
// Both libraries are optional, and jhdf is known by its automatic name only.
@SuppressWarnings("requires-automatic")
module dev.gru.core {
    requires static com.fasterxml.jackson.core;
    requires static io.jhdf;

    exports dev.gru;
    exports dev.gru.format;
    exports dev.gru.kernel;
    exports dev.gru.layer;

    uses dev.gru.kernel.GruKernelProvider;
}
