package dev.gru.bench.bits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.bench.ChildJvm;

/** The digest of a kernel in JVMs that use narrower vectors than this machine has. */
public final class VectorWidths {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Flags by what they do; those that a JVM for another CPU does not know have no effect there. */
    private static final Map<String, List<String>> FLAGS = flags();

    private VectorWidths() {
    }

    private static Map<String, List<String>> flags() {
        String ignore = "-XX:+IgnoreUnrecognizedVMOptions";
        Map<String, List<String>> flags = new LinkedHashMap<>();
        flags.put("256-bit vectors at most", List.of(ignore, "-XX:UseAVX=2"));
        flags.put("128-bit vectors at most", List.of(ignore, "-XX:UseAVX=2", "-XX:UseSVE=0", "-XX:MaxVectorSize=16"));
        return flags;
    }

    /** The main class of the other JVMs. */
    static final class Child {
        private Child() {
        }

        /** Prints the digest of the kernel that is named. */
        public static void main(String[] args) {
            System.out.println(OutputBits.digest(OutputBits.of(args[0])));
        }
    }

    /**
     * Returns the digests by the width of the vectors, one JVM after the other.
     *
     * @param kernel the name of the kernel
     * @throws IllegalStateException if a JVM fails; the message has the reason that it printed
     */
    public static Map<String, String> digests(String kernel) throws InterruptedException {
        Map<String, String> digests = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> width : FLAGS.entrySet()) {
            String output = ChildJvm.output(width.getValue(), Child.class, List.of(kernel), LIMIT);
            digests.put(width.getKey(), output.lines().toList().getLast());
        }
        return digests;
    }
}
