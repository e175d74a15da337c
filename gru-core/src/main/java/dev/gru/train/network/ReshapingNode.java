package dev.gru.train.network;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Layer;
import dev.gru.layer.Reshaping;
import dev.gru.train.math.Rearrangement;

/** A {@link Reshaping} layer in training: its outputs are inputs of other places, or 0. */
final class ReshapingNode extends Node {
    private final Reshaping layer;

    ReshapingNode(Reshaping layer) {
        this.layer = layer;
    }

    @Override
    Pass newPass() {
        return new CopyingPass();
    }

    private final class CopyingPass extends Pass {
        private Features x;
        private Rearrangement places;
        private float[] y;
        private float[] dx;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            places = Rearrangement.of(layer, x.steps, x.size);
            int stride = TrainingKernel.padded(places.size());
            y = room(y, (long) places.steps() * x.rows * stride);
            for (int t = 0; t < places.steps(); t++) {
                for (int i = 0; i < places.size(); i++) {
                    int place = places.place(t, i);
                    for (int row = 0; row < x.rows; row++) {
                        y[(t * x.rows + row) * stride + i] = place < 0
                                ? 0
                                : x.get(place / x.size * x.rows + row, place % x.size);
                    }
                }
            }
            Rows out = new Rows(y, 0, stride);
            return layer.mask() == Layer.Mask.HANDS_ON
                    ? x.with(places.size(), out)
                    : x.ofSteps(places.steps(), places.size(), out);
        }

        /** Each dy is added to the dx that it came from. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            int stride = TrainingKernel.padded(x.size);
            dx = zeros(dx, (long) x.count() * stride);
            for (int t = 0; t < places.steps(); t++) {
                for (int i = 0; i < places.size(); i++) {
                    int place = places.place(t, i);
                    for (int row = 0; row < x.rows && place >= 0; row++) {
                        dx[(place / x.size * x.rows + row) * stride + place % x.size] += dy.values()[dy
                                .place(t * x.rows + row) + i];
                    }
                }
            }
            return new Rows(dx, 0, stride);
        }
    }
}
