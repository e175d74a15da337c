/**
 * Other forms of Keras's configurations, turned into the one that is read: the names of Keras 1, and a short form.
 * Not API.
 */
package dev.gru.format.keras.forms;
