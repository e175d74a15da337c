package dev.gru.train;

import java.util.Map;

final class TrainedArray {
    private final String name;
    private final float[] values;
    private final float[] gradient;
    private final int rowSize;
    int[] touchedRows = new int[0];

    TrainedArray(String name, float[] values, int rowSize) {
        this.name = name;
        this.values = values;
        this.gradient = new float[values.length];
        this.rowSize = rowSize;
    }

    String name() {
        return name;
    }

    float[] values() {
        return values;
    }

    float[] gradient() {
        return gradient;
    }

    boolean isTable() {
        return rowSize > 0;
    }

    int rowSize() {
        return rowSize;
    }

    int[] touchedRows() {
        return touchedRows;
    }

    Map<String, float[]> unpack(float[] layout) {
        return Map.of(name, layout.clone());
    }

    void pack(Map<String, float[]> canonical, float[] layout) {
        System.arraycopy(canonical.get(name), 0, layout, 0, layout.length);
    }
}
