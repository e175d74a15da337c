/**
 * Keras's files: what their configuration means, where their variables are, and the layers that come of both.
 * {@link dev.gru.format.keras.KerasFile} is where reading begins. Not API.
 */
package dev.gru.format.keras;
