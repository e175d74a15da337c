package dev.gru.kernel;

import java.util.stream.Stream;

/** The kernels of this module: what holds of kernels in general is tested of each. */
public final class Kernels {
    private Kernels() {
    }

    /** Returns the kernels, for {@code MethodSource}. */
    public static Stream<GruKernel> all() {
        return Stream.of(new ScalarGruKernel(), new PortableGruKernel());
    }
}
