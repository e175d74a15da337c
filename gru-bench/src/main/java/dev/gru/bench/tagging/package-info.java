/**
 * Token classification: files of labelled sequences, the ids of tokens and labels in a model, and the evaluation of a
 * model.
 */
package dev.gru.bench.tagging;
