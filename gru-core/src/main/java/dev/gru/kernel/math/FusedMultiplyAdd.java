package dev.gru.kernel.math;

import java.lang.management.ManagementFactory;
import java.util.Optional;

import com.sun.management.HotSpotDiagnosticMXBean;

/** Whether {@link Math#fma} is an instruction; where it is not, it takes half a microsecond. */
public final class FusedMultiplyAdd {
    private FusedMultiplyAdd() {
    }

    /**
     * Returns why it is not an instruction, or empty if it is. A JVM that cannot be asked gets the benefit of the
     * doubt.
     */
    public static Optional<String> obstacle() {
        try {
            var flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (flags == null || Boolean.parseBoolean(flags.getVMOption("UseFMA").getValue())) {
                return Optional.empty();
            }
            return Optional.of("the CPU has no fused multiply-add, or -XX:-UseFMA turned it off");
        } catch (IllegalArgumentException | LinkageError e) {
            // No such flag in this JVM, or no module jdk.management.
            return Optional.empty();
        }
    }
}
