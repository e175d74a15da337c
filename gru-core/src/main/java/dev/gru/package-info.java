/**
 * What a service touches: {@link dev.gru.GruModel}, immutable and shared by all threads, and
 * {@link dev.gru.GruSession}, the state of one stream.
 */
package dev.gru;
