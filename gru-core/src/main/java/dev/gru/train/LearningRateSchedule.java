package dev.gru.train;

import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * How the learning rate changes in the course of a training: what that of the optimizer is multiplied by. It has no
 * state: the factor follows from the number of the step and the history.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface LearningRateSchedule {
    /**
     * Returns the factor of a step.
     *
     * @param step how many steps there were before it, from 0
     * @param history the epochs before that of the step
     */
    double factor(long step, History history);

    /** The learning rate stays as it is. */
    record Constant() implements LearningRateSchedule {
        @Override
        public double factor(long step, History history) {
            return 1;
        }
    }

    /**
     * The learning rate falls along half a cosine, and stays where it ends:
     *
     * <pre>
     * factor = lowest + (1 − lowest) (1 + cos(π min(step, steps) / steps)) / 2
     * </pre>
     *
     * Keras's {@code CosineDecay}; Loshchilov and Hutter, <a href="https://arxiv.org/abs/1608.03983">SGDR: Stochastic
     * Gradient Descent with Warm Restarts</a> (2016), without the restarts.
     *
     * @param steps steps until it has fallen, at least 1
     * @param lowest the last factor, from 0 to 1
     */
    record Cosine(long steps, double lowest) implements LearningRateSchedule {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Cosine {
            if (steps < 1) {
                throw new IllegalArgumentException("steps must be at least 1, was " + steps);
            }
            requireShare("lowest", lowest);
        }

        @Override
        public double factor(long step, History history) {
            double angle = Math.PI * Math.min(step, steps) / steps;
            return lowest + (1 - lowest) * (1 + StrictMath.cos(angle)) / 2;
        }
    }

    /**
     * The learning rate is lowered whenever a value has not become better for some epochs. Keras's
     * {@code ReduceLROnPlateau} without a cooldown.
     *
     * @param monitor which value
     * @param patience epochs without improvement after which the rate is lowered, at least 1
     * @param times what it is multiplied by each time, from 0 to 1
     * @param lowest what the factor never falls below, from 0 to 1
     */
    record Plateau(Metric monitor, int patience, double times, double lowest) implements LearningRateSchedule {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Plateau {
            Objects.requireNonNull(monitor, "monitor");
            Shapes.requirePositive("patience", patience);
            requireShare("times", times);
            requireShare("lowest", lowest);
        }

        @Override
        public double factor(long step, History history) {
            Objects.requireNonNull(history, "history");
            double factor = 1;
            int waited = 0;
            for (boolean improved : history.improvements(monitor, 0)) {
                waited = improved ? 0 : waited + 1;
                if (waited == patience) {
                    factor *= times;
                    waited = 0;
                }
            }
            return Math.max(factor, lowest);
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, was " + value);
        }
    }
}
