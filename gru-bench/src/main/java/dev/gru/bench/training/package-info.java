/** The progress of a training: lines or a progress bar while it runs, and a file with the history of its epochs. */
package dev.gru.bench.training;
