/**
 * The seam of training: products over rows, activations, and cells that run a recurrence forward and backward; and the
 * reference and the portable form of it. Not API.
 */
package dev.gru.kernel.training;
