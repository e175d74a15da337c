package dev.gru.simd;

import java.lang.management.ManagementFactory;
import java.util.Optional;

import com.sun.management.HotSpotDiagnosticMXBean;

import dev.gru.kernel.math.FusedMultiplyAdd;

/** What must hold of the JVM for vector code to be fast: fused multiply-add, and the optimising compiler. */
final class JvmTraits {
    private JvmTraits() {
    }

    /**
     * Returns why vector code would be slow here, or empty if it would be fast. A JVM that cannot be asked gets the
     * benefit of the doubt.
     */
    static Optional<String> obstacle() {
        try {
            if (System.getProperty("java.vm.info", "").startsWith("interpreted")) {
                return Optional.of("the JVM only interprets (-Xint), and interpreted vector code is very slow");
            }
            var flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (flags == null) {
                return Optional.empty();
            }
            if (Integer.parseInt(flags.getVMOption("TieredStopAtLevel").getValue()) < 4) {
                return Optional.of("the optimising compiler is off (-XX:TieredStopAtLevel), and without it vector code"
                        + " is very slow");
            }
            return FusedMultiplyAdd.obstacle();
        } catch (IllegalArgumentException | LinkageError e) {
            // No such flag in this JVM, or no module jdk.management.
            return Optional.empty();
        }
    }
}
