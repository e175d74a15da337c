/**
 * What runs a packed model: packed layers, the stages and pipelines that run them, the states of streams and their
 * snapshots, warm-up, native memory and threads. Models, sessions and groups of {@link dev.gru} are façades over it,
 * which it does not know. Not API.
 */
package dev.gru.engine;
