package dev.gru.format.keras;

import java.util.List;

import dev.gru.layer.Layer;
import dev.gru.layer.Signature.Port;

/**
 * A layer that has been read.
 *
 * @param layer the layer
 * @param outputs its outputs: most layers have one, recurrent layers may have states beside it
 */
record BuiltLayer(Layer layer, List<Port> outputs) {
}
