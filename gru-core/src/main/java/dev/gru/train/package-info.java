/**
 * Training, on the layers of {@link dev.gru.layer}: losses, optimizers, and gradients by backpropagation through time.
 *
 * <p>{@link dev.gru.train.Trainer} is where most users start: it fits a model, whose first weights an
 * {@link dev.gru.train.Initializer} has drawn or a file had, to {@link dev.gru.train.TrainingData}, and goes on after
 * it was interrupted. {@link dev.gru.train.BatchTrainer} makes single steps.
 */
package dev.gru.train;
