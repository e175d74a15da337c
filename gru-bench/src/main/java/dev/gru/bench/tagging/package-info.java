/**
 * Token classification: labelled sequences of tokens in files, the ids by which a model knows tokens and labels, and how
 * well a model labels.
 */
package dev.gru.bench.tagging;
