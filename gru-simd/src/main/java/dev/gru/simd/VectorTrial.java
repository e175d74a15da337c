package dev.gru.simd;

import java.util.Arrays;
import java.util.Optional;

import jdk.incubator.vector.FloatVector;

import dev.gru.simd.loops.Lanes;

/**
 * Finds out whether this JVM makes instructions of the Vector API: four chains of fused multiply-adds of vectors are
 * run beside one of numbers, where each operation waits for the one before. As instructions, four vectors take as long
 * as one number. If a vector operation is a call of a method instead, compiled or not, they take 10 to 1000 times as
 * long.
 *
 * <p>Where they are instructions, some hundredths of a second pass until the methods are compiled.
 */
final class VectorTrial {
    /** Of each chain. */
    private static final int OPERATIONS = 100;
    /** By then both methods are compiled, even if not by the last compiler, so that their times can be compared. */
    private static final int FIRST_ROUNDS = 200;
    /** Up to this many times as long as the chain of numbers is as long. */
    private static final int LIMIT = 3;
    private static final long NANOS = 2_000_000_000;

    private final float[] lanes = new float[Lanes.COUNT];
    private long ofVectors = Long.MAX_VALUE;
    private long ofNumbers = Long.MAX_VALUE;

    private VectorTrial() {
    }

    /** Returns that vector operations are no instructions, or empty if they are. Takes at most two seconds. */
    static Optional<String> obstacle() {
        return new VectorTrial().run();
    }

    private Optional<String> run() {
        long begin = System.nanoTime();
        for (int round = 0; System.nanoTime() - begin < NANOS; round++) {
            Arrays.fill(lanes, 1);
            long first = System.nanoTime();
            vectors(lanes);
            long second = System.nanoTime();
            numbers(lanes);
            ofNumbers = Math.min(ofNumbers, System.nanoTime() - second);
            ofVectors = Math.min(ofVectors, second - first);
            if (round >= FIRST_ROUNDS && ofVectors < LIMIT * ofNumbers) {
                return Optional.empty();
            }
        }
        return Optional.of("four operations on vectors take %d times as long as one on numbers, so that this JVM makes"
                .formatted(ofVectors / Math.max(1, ofNumbers)) + " no vector instructions of them");
    }

    private static void vectors(float[] at) {
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, 0.5f);
        FloatVector a = FloatVector.fromArray(Lanes.SPECIES, at, 0);
        FloatVector b = a.neg();
        FloatVector c = factor;
        FloatVector d = a.add(factor);
        for (int i = 0; i < OPERATIONS; i++) {
            a = a.fma(factor, factor);
            b = b.fma(factor, factor);
            c = c.fma(factor, factor);
            d = d.fma(factor, factor);
        }
        a.add(b).add(c.add(d)).intoArray(at, 0);
    }

    private static void numbers(float[] at) {
        float sum = at[0];
        for (int i = 0; i < OPERATIONS; i++) {
            sum = Math.fma(sum, 0.5f, 0.5f);
        }
        at[0] = sum;
    }
}
