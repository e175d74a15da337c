package dev.gru.simd;

import java.util.Optional;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruKernelProvider;
import dev.gru.simd.loops.Lanes;

/**
 * Offers {@link SimdGruKernel} where it can run well. This class loads without the module
 * {@code jdk.incubator.vector}; it touches the Vector API only once that is known to be there.
 */
public final class SimdGruKernelProvider implements GruKernelProvider {
    private static final String INCUBATOR = "jdk.incubator.vector";

    /** Makes the provider, for {@link java.util.ServiceLoader}. */
    public SimdGruKernelProvider() {
    }

    @Override
    public String name() {
        return SimdGruKernel.NAME;
    }

    @Override
    public Optional<String> obstacle() {
        boolean readable = ModuleLayer.boot().findModule(INCUBATOR)
                .filter(getClass().getModule()::canRead).isPresent();
        if (!readable) {
            return Optional.of("the module " + INCUBATOR + " is not there; start java with --add-modules " + INCUBATOR);
        }
        return JvmTraits.obstacle().or(() -> Lanes.BYTES < 16
                ? Optional.of("this CPU has vectors of only " + Lanes.BYTES * Byte.SIZE + " bits")
                : Optional.empty());
    }

    @Override
    public String description() {
        return Lanes.BYTES * Byte.SIZE + "-bit vectors";
    }

    @Override
    public GruKernel kernel() {
        return new SimdGruKernel();
    }
}
