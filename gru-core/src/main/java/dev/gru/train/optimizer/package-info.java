/**
 * The steps of an optimizer, in floats, for the arrays of a {@link dev.gru.train.network.Backpropagation}. Not API.
 */
package dev.gru.train.optimizer;
