/** The adding problem: long dependencies, which a GRU learns and a plain recurrent unit does not. */
package dev.gru.bench.adding;
