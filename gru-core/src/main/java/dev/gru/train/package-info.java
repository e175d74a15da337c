/**
 * Training: gradients by backpropagation through time, losses and optimizers, on the layers of {@link dev.gru.layer}.
 *
 * <p>What is here is the reference: it computes in double, reads like the equations and is never tuned. A model's weights
 * are taken out into {@link dev.gru.train.Parameters}, changed there by an {@link dev.gru.train.Optimizer}, whose averages
 * are in a {@link dev.gru.train.ScalarOptimizerState}, along the {@link dev.gru.train.Gradients} that {@link dev.gru.train.ScalarBackpropagation} computes, and put back into a model.
 */
package dev.gru.train;
