/** The adding problem: what gates are good for, in sequences that a plain recurrent unit does not learn. */
package dev.gru.bench.adding;
