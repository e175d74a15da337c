/** Where the variables of a Keras model are in its files, whichever version of Keras wrote them. Not API. */
package dev.gru.format.keras.variables;
