package dev.gru.train.reference;

import dev.gru.layer.Embedding;
import dev.gru.train.math.Parameters;

/** A table in training. */
final class ScalarEmbedding implements ScalarLayer {
    private final Embedding layer;
    private final String table;
    private int[] tokens;

    ScalarEmbedding(Embedding layer) {
        this.layer = layer;
        table = Parameters.names(layer.name(), layer).getFirst();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures x, Pass pass) {
        tokens = x.tokens;
        double[] rows = pass.parameters().get(table);
        int size = layer.outputSize();
        double[] y = new double[tokens.length * size];
        boolean[] mask = layer.maskZero() ? new boolean[tokens.length] : x.mask;
        for (int step = 0; step < tokens.length; step++) {
            System.arraycopy(rows, tokens[step] * size, y, step * size, size);
            if (layer.maskZero()) {
                mask[step] = tokens[step] != 0 && x.counts(step);
            }
        }
        return x.with(size, y, mask);
    }

    /** d row(token) += dy, for every step with that token; an id has no derivative. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] rows = gradients.get(table);
        double[] squares = gradients.squares(table);
        int size = layer.outputSize();
        for (int step = 0; step < tokens.length; step++) {
            gradients.touchRow(table, tokens[step]);
            for (int i = 0; i < size; i++) {
                double d = dy[step * size + i];
                rows[tokens[step] * size + i] += d;
                squares[tokens[step] * size + i] += d * d;
            }
        }
        return new double[0];
    }
}
