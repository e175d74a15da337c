package dev.gru.kernel.math;

/**
 * The distribution function of the normal distribution in double, which Java does not have, by {@link StrictMath}.
 * Stateless and safe for use by any number of threads.
 *
 * <pre>
 * |v| ≤ 3   Φ(v) = 1/2 + φ(v) Σ_k v^(2k + 1) / (1 · 3 ⋯ (2k + 1))
 * |v| &gt; 3   Φ(−|v|) = φ(v) / (|v| + 1 / (|v| + 2 / (|v| + 3 / (|v| + …))))
 * φ(v) = e^(−v² / 2) / √(2π)
 * </pre>
 *
 * <p>These are 26.2.11 and 26.2.14 of Abramowitz and Stegun. All terms of the series have one sign; it is summed until
 * it changes no more. The fraction is cut after enough levels. The relative error is at most 2^-40, that of Φ(−3) from
 * the series.
 */
final class ErrorFunction {
    /** Below −|this|, Φ is computed by the fraction. */
    private static final double SERIES_END = 3;
    /** Levels of the fraction; 60 are enough for 3. */
    private static final int LEVELS = 80;
    private static final double ROOT_TWO_PI = StrictMath.sqrt(2 * Math.PI);

    private ErrorFunction() {
    }

    /** Returns φ(v), the density. */
    static double density(double v) {
        return StrictMath.exp(-v * v / 2) / ROOT_TWO_PI;
    }

    /** Returns Φ(v) = (1 + erf(v / √2)) / 2. */
    static double normal(double v) {
        if (Math.abs(v) > SERIES_END) {
            double tail = density(v) / fraction(Math.abs(v));
            return v < 0 ? tail : 1 - tail;
        }
        double term = v;
        double sum = v;
        double before = Double.NaN;
        for (int k = 1; sum != before && !Double.isNaN(sum); k++) {
            before = sum;
            term *= v * v / (2 * k + 1);
            sum += term;
        }
        return 0.5 + density(v) * sum;
    }

    private static double fraction(double v) {
        double f = v;
        for (int level = LEVELS; level > 0; level--) {
            f = v + level / f;
        }
        return f;
    }
}
