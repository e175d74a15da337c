/** The comparison with other libraries: what is run, what came out, and how it is written down. */
package dev.gru.bench.compare;
