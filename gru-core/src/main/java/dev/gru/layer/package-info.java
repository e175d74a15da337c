/**
 * What a model is made of: immutable descriptions of layers with their weights, and {@link dev.gru.layer.Sequential},
 * which checks that they fit together. Nothing here computes; {@code dev.gru} packs layers for a kernel and runs them.
 *
 * <p>From layer to layer goes an array of one {@link dev.gru.layer.Shape}: token ids (batch, steps), which only dropout
 * and an embedding take; features for every step (batch, steps, features); or features without steps (batch, features),
 * after a layer that returns its last output only. With a sequence goes a mask, (batch, steps), if one was made: by the
 * lengths of rows, an embedding or a masking layer. {@link dev.gru.layer.Layer#mask} says what a layer does with it.
 */
package dev.gru.layer;
