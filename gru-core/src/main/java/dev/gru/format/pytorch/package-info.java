/**
 * PyTorch's state dicts: finds modules by the names of their tensors, puts their weights into layers, and reads the
 * JSON that says what a module is made of. Not API.
 */
package dev.gru.format.pytorch;
