/**
 * The stages of a pipeline: for each kind of layer, how it is packed, and what runs it on the values of a graph with
 * scratch memory of its own. Not API.
 */
package dev.gru.engine.stage;
