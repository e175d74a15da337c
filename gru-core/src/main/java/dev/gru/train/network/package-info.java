/**
 * A model in training, in floats, on the arithmetic of a {@link dev.gru.kernel.training.TrainingKernel}: its layers as
 * nodes that run forward and backward, their weights and gradients, and the optimizer's step. Not API.
 */
package dev.gru.train.network;
