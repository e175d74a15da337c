/**
 * What a model is made of: immutable descriptions of layers with their weights, and {@link dev.gru.layer.Sequential},
 * which checks that they fit together. Nothing here computes; {@code dev.gru} packs layers for a kernel and runs them.
 */
package dev.gru.layer;
