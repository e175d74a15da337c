/**
 * Fused GRU kernels on the Vector API. Exports nothing: {@code dev.gru.core} finds the kernel as a service.
 */
module dev.gru.simd {
    requires dev.gru.core;
    requires jdk.incubator.vector;
    // Only to ask the JVM whether it uses FMA and its optimising compiler.
    requires static jdk.management;

    provides dev.gru.kernel.GruKernelProvider with dev.gru.simd.SimdGruKernelProvider;
}
