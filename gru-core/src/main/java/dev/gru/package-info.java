/**
 * What a service touches: {@link dev.gru.GruModel}, immutable and shared by all threads, {@link dev.gru.GruSession},
 * the state of one stream, and {@link dev.gru.GruGroup}, those of many that move on together.
 */
package dev.gru;
