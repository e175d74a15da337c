/**
 * The reference of training: the same as {@link dev.gru.train.network} in double. It reads like the equations and is
 * never tuned. Not API.
 *
 * <p>A model's weights are taken out into {@link dev.gru.train.math.Parameters}, changed there by a
 * {@link dev.gru.train.reference.ScalarOptimizerState} along the {@link dev.gru.train.reference.ScalarGradients} that
 * {@link dev.gru.train.reference.ScalarBackpropagation} computes, and put back into a model.
 */
package dev.gru.train.reference;
