/**
 * What every package of this module may use and no user should: the checks of arguments, text made safe to print, and
 * the space left on a stack. It knows no other package of the library. Not API.
 */
package dev.gru.internal;
