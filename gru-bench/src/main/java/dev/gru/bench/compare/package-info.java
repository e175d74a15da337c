/** The comparison with other libraries: its runs, its results, and its report. */
package dev.gru.bench.compare;
