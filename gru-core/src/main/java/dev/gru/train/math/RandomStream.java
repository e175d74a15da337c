package dev.gru.train.math;

import java.util.Arrays;

/**
 * Random numbers that are the same on every machine and in every release: SplitMix64, of Steele, Lea and Flood,
 * <a href="https://doi.org/10.1145/2660193.2660195">Fast Splittable Pseudorandom Number Generators</a> (2014), with the
 * constants of Java's {@link java.util.SplittableRandom}, whose algorithm is not promised to stay.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class RandomStream {
    /** What the state grows by: the odd number nearest to 2⁶⁴ divided by the golden ratio. */
    public static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;
    /** The second of a pair of normal numbers, or NaN. */
    private double spare = Double.NaN;

    /** Begins where a state says. */
    public RandomStream(long state) {
        this.state = state;
    }

    /**
     * Returns one of many streams that a seed has: each two begin at places that have nothing to do with each other.
     */
    public static RandomStream of(long seed, long index) {
        return new RandomStream(seed(seed, index));
    }

    /** Returns one of many seeds that a seed has. */
    public static long seed(long seed, long index) {
        return mix(mix(seed + GAMMA) + GAMMA * index);
    }

    /** Returns the number of a state. */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Returns a whole number from 0 to below a bound, all of them equally likely but for one part in 2⁶⁴ / bound. */
    public int below(int bound) {
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** Returns a multiple of 2⁻⁵³ from 0 to below 1. */
    private double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /**
     * Returns the numbers from 0 to below a count in an order that is as likely as any other, by the method of Fisher
     * and Yates: for i from the last place down to 1, what is at i changes places with what is at one of the places 0
     * to i.
     */
    public int[] permutation(int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        for (int i = count - 1; i > 0; i--) {
            int j = below(i + 1);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
        return order;
    }

    /** Fills an array with numbers that are uniform from −bound to below bound. */
    public void uniform(double bound, double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = bound * (2 * nextDouble() - 1);
        }
    }

    /** Fills an array with numbers that are normal, with mean 0 and variance 1. */
    public void normal(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = normal();
        }
    }

    /**
     * Returns two independent normal numbers that are made of 64 random bits, by the method of Box and Muller,
     * <a href="https://doi.org/10.1214/aoms/1177706645">A Note on the Generation of Random Normal Deviates</a> (1958).
     */
    public static double[] normals(long bits) {
        double radius = Math.sqrt(-2 * StrictMath.log(((bits & 0xffffffffL) + 0.5) * 0x1p-32));
        double angle = 2 * Math.PI * (bits >>> 32) * 0x1p-32;
        return new double[]{radius * StrictMath.cos(angle), radius * StrictMath.sin(angle)};
    }

    /**
     * The polar method of Marsaglia and Bray, <a href="https://doi.org/10.1137/1006063">A Convenient Method for
     * Generating Normal Variables</a> (1964).
     */
    private double normal() {
        if (!Double.isNaN(spare)) {
            double value = spare;
            spare = Double.NaN;
            return value;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * nextDouble() - 1;
            y = 2 * nextDouble() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
        spare = factor * y;
        return factor * x;
    }
}
