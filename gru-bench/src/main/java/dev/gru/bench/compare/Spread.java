package dev.gru.bench.compare;

import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * The median and the range of the figures of a few rounds.
 *
 * @param median the median
 * @param least the smallest
 * @param most the largest
 */
public record Spread(double median, double least, double most) {

    /** Returns the spread of at least one value. */
    static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        DescriptiveStatistics statistics = new DescriptiveStatistics(values);
        return new Spread(statistics.getPercentile(50), statistics.getMin(), statistics.getMax());
    }
}
