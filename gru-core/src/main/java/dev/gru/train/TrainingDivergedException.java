package dev.gru.train;

/**
 * A training came to numbers that are infinite or NaN: a loss, a gradient, a weight, or what the optimizer keeps. The
 * message says which, and, from a {@link Trainer}, in which batch of which epoch.
 *
 * <p>Such a training has no result. No checkpoint and no model is written of it after its last finite step, and no
 * callback sees it: what lies on the disk, such as the newest checkpoint, is from before. With the same options it
 * would come to the same numbers again; a lower learning rate, a bound on the norm of the gradients or smaller features
 * may help.
 */
public final class TrainingDivergedException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    TrainingDivergedException(String message) {
        super(message);
    }
}
