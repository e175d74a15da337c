package dev.gru.simd;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.sun.management.HotSpotDiagnosticMXBean;

import dev.gru.kernel.math.FusedMultiplyAdd;

/**
 * What must hold of the JVM for vector code to be fast: fused multiply-add, and an optimising compiler that makes
 * instructions of the Vector API. Without such a compiler vector code runs 45 to 130 times slower than
 * plain loops.
 *
 * <p>A HotSpot JVM is asked, by its flags. One that cannot be asked, or that was started with options of its compilers
 * whose effect is not known here, is {@link VectorTrial tried}.
 */
final class JvmTraits {
    private static final String SLOW = ", and without it vector code is very slow";
    /** Options that may take away what makes vector code fast. */
    private static final Pattern OF_COMPILERS = Pattern
            .compile("(?i)-XX:.*(compile|inlin|intrinsic|jvmci|vectorsupport|vectorstubs|tier|flags=).*");

    private JvmTraits() {
    }

    /** Returns why vector code would be slow here, or empty if it would be fast. */
    static Optional<String> obstacle() {
        if (System.getProperty("java.vm.info", "").startsWith("interpreted")) {
            return Optional.of("the JVM only interprets (-Xint), and interpreted vector code is very slow");
        }
        return obstacleOfFlags().or(FusedMultiplyAdd::obstacle)
                .or(() -> isAsUsual() ? Optional.empty() : VectorTrial.obstacle());
    }

    private static Optional<String> obstacleOfFlags() {
        if (flag("UseCompiler").equals("false")) {
            return Optional.of("the compilers are off (-XX:-UseCompiler), and interpreted vector code is very slow");
        }
        if (List.of("0", "1", "2", "3").contains(flag("TieredStopAtLevel"))) {
            return Optional.of("the optimising compiler is off (-XX:TieredStopAtLevel)" + SLOW);
        }
        if (flag("CompilationMode").equals("quick-only")) {
            return Optional.of("the optimising compiler is off (-XX:CompilationMode=quick-only)" + SLOW);
        }
        if (flag("EnableVectorSupport").equals("false")) {
            return Optional.of("the compiler makes no vector instructions (-XX:-EnableVectorSupport)" + SLOW);
        }
        return Optional.empty();
    }

    /** Returns whether this is a HotSpot JVM whose compilers are as it comes. */
    private static boolean isAsUsual() {
        try {
            return flag("UseCompiler").equals("true") && ManagementFactory.getRuntimeMXBean().getInputArguments()
                    .stream().noneMatch(argument -> OF_COMPILERS.matcher(argument).matches());
        } catch (LinkageError e) {
            // No module java.management.
            return false;
        }
    }

    /** Returns the value of a flag; the empty string if there is none, or it is locked and so at its default. */
    private static String flag(String name) {
        try {
            var flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return flags == null ? "" : flags.getVMOption(name).getValue();
        } catch (IllegalArgumentException | LinkageError e) {
            // No such flag in this JVM, or no module jdk.management.
            return "";
        }
    }
}
