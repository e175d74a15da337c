/**
 * The arithmetic that kernels share: one polynomial for all activations. It knows no other package of the project.
 */
package dev.gru.kernel.math;
