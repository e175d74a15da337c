/**
 * Training: gradients by backpropagation through time, losses and optimizers, on the layers of {@link dev.gru.layer}.
 *
 * <p>{@link dev.gru.train.Trainer} is where most users start: it fits a model, whose first weights an
 * {@link dev.gru.train.Initializer} has drawn or a file had, to {@link dev.gru.train.TrainingData}, and goes on after it was
 * interrupted. It runs on {@link dev.gru.train.Backpropagation}, which computes in floats on a kernel.
 *
 * <p>Beside it is the reference, which computes in double, reads like the equations and is never tuned. A model's weights
 * are taken out into {@link dev.gru.train.Parameters}, changed there by an {@link dev.gru.train.Optimizer}, whose averages
 * are in a {@link dev.gru.train.ScalarOptimizerState}, along the {@link dev.gru.train.Gradients} that
 * {@link dev.gru.train.ScalarBackpropagation} computes, and put back into a model.
 */
package dev.gru.train;
