import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lines that the generated classes have in common. */
final class Lines {

    private Lines() {
    }

    static final String IMPORTS = """
            package dev.gru.simd;

            import static java.nio.ByteOrder.nativeOrder;
            import static jdk.incubator.vector.VectorOperators.*;

            import java.lang.foreign.MemorySegment;

            import jdk.incubator.vector.FloatVector;
            import jdk.incubator.vector.IntVector;
            import jdk.incubator.vector.VectorSpecies;

            """;

    /** Those of classes that work on arrays of floats. */
    static final String ARRAY_IMPORTS = IMPORTS.replace("import java.lang.foreign.MemorySegment;\n\n", "")
            .replace("import static java.nio.ByteOrder.nativeOrder;\n", "")
            .replace("import jdk.incubator.vector.IntVector;\n", "");

    /**
     * Makes C2 know the class of segments. The methods of the Vector API ask a segment for its size and so on, and what
     * C2 knows of classes there comes from all the callers in the JVM: as soon as one of them had a segment on the heap,
     * every single access tells the two classes apart, some ten instructions each. A call from the kernel itself has a
     * profile of its own, in which there is one class; from there on, C2 takes it for granted.
     */
    static String requireNative(String... segments) {
        return Stream.of(segments).map(segment -> "!%s.isNative()".formatted(segment))
                .collect(Collectors.joining(" || ", "if (", ") {\nthrow new IllegalArgumentException();\n}"));
    }

    static String load(String segment, String offset, int vector) {
        return "FloatVector.fromMemorySegment(S, %s, %s, nativeOrder())".formatted(segment, at(offset, vector));
    }

    static String store(String vector, String segment, String offset, int index) {
        return "%s.intoMemorySegment(%s, %s, nativeOrder());".formatted(vector, segment, at(offset, index));
    }

    /** The place of a vector, counted from an offset in bytes. */
    static String at(String offset, int vector) {
        return vector == 0 ? offset : vector == 1 ? offset + " + B" : offset + " + " + vector + " * B";
    }

    static String loadArray(String array, String index, int vector) {
        return "FloatVector.fromArray(S, %s, %s)".formatted(array, inArray(index, vector));
    }

    static String storeArray(String vector, String array, String index, int number) {
        return "%s.intoArray(%s, %s);".formatted(vector, array, inArray(index, number));
    }

    /** The place of a vector, counted from an index. */
    private static String inArray(String index, int vector) {
        return vector == 0 ? index : vector == 1 ? index + " + L" : index + " + " + vector + " * L";
    }
}
