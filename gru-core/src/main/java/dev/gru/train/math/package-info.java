/**
 * The arithmetic that training in floats and its reference in double have in common: losses, the formulas of
 * optimizers, parameters by name, random numbers. Not API.
 */
package dev.gru.train.math;
