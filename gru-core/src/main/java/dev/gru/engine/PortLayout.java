package dev.gru.engine;

import java.util.List;

import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;

/**
 * How the elements of a port's array map to canonical arrays, (batch, steps, features), where lengths and states have 1
 * step, token ids and lengths have 1 feature, and each state is an array of its own.
 */
final class PortLayout {
    private static final List<Axis> CANONICAL = List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE);

    private final Port port;
    private final int batch;
    private final int steps;
    private final int features;
    private final int[] shape;

    /**
     * Computes the shape of the array.
     *
     * @param port the port
     * @param batch rows
     * @param steps steps of the model's input or output; others have 1
      * @param features features of one direction
     */
    PortLayout(Port port, int batch, int steps, int features) {
        this.port = port;
        this.batch = batch;
        this.steps = port.axes().contains(Axis.STEP) ? steps : 1;
        this.features = features;
        shape = port.axes().stream().mapToInt(axis -> switch (axis) {
            case BATCH -> batch;
            case STEP -> steps;
            case FEATURE -> features;
            case DIRECTION -> port.directions();
            case ONE -> 1;
        }).toArray();
    }

    /** Returns the shape of the array, slowest dimension first. */
    int[] shape() {
        return shape.clone();
    }

    /**
     * Returns whether the array has the elements of a canonical array in the same order; an output may be a part of
     * one.
     */
    boolean isCanonical() {
        List<Axis> axes = port.axes().stream().filter(axis -> axis != Axis.ONE)
                .filter(axis -> axis != Axis.DIRECTION || port.directions() > 1).toList();
        return axes.equals(CANONICAL.stream().filter(axes::contains).toList());
    }

    /** Returns the distance between neighbours along an axis, or 0 if the array does not have it. */
    private int stride(Axis axis) {
        int index = port.axes().indexOf(axis);
        int stride = index < 0 ? 0 : 1;
        for (int i = index + 1; i < shape.length && index >= 0; i++) {
            stride *= shape[i];
        }
        return stride;
    }

    /**
      * Copies one direction of the array to a canonical array.
      *
      * @param array the port's array, floats or ints
      * @param direction the direction, from 0
     * @param canonical of the same type, (batch, steps, features)
     */
    void read(Object array, int direction, Object canonical) {
        copy(array, direction, canonical, features, 0, true);
    }

    /**
     * Copies features of a canonical array to one direction of the port's array.
     *
     * @param canonical floats, (batch, steps, width)
     * @param width its features
     * @param first the first feature that is copied
      * @param array the port's array
      * @param direction the direction, from 0
     */
    void write(float[] canonical, int width, int first, float[] array, int direction) {
        copy(array, direction, canonical, width, first, false);
    }

    private void copy(Object array, int direction, Object canonical, int width, int first, boolean toCanonical) {
        int from = direction * stride(Axis.DIRECTION);
        int batchStride = stride(Axis.BATCH);
        int stepStride = stride(Axis.STEP);
        int featureStride = stride(Axis.FEATURE);
        // An array without a feature axis has one feature.
        int run = featureStride <= 1 ? features : 1;
        for (int row = 0; row < batch; row++) {
            for (int t = 0; t < steps; t++) {
                int inArray = from + row * batchStride + t * stepStride;
                int inCanonical = (row * steps + t) * width + first;
                for (int k = 0; k < features; k += run) {
                    if (toCanonical) {
                        System.arraycopy(array, inArray + k * featureStride, canonical, inCanonical + k, run);
                    } else {
                        System.arraycopy(canonical, inCanonical + k, array, inArray + k * featureStride, run);
                    }
                }
            }
        }
    }
}
