package dev.gru.train.network;

import java.util.List;
import java.util.Map;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Scale;
import dev.gru.train.math.Parameters;

/** A {@link Scale} layer in training, y = (x − shift) ⊙ scale + offset; nothing of it is learnt. */
final class ScaleNode extends Node {
    private final List<String> names;
    private final float[] shift;
    private final float[] scale;
    private final float[] offset;

    ScaleNode(Scale layer) {
        names = Parameters.names(layer.name(), layer);
        shift = layer.shift();
        scale = layer.scale();
        offset = layer.offset();
    }

    @Override
    Map<String, float[]> fixed() {
        return Map.of(names.get(0), shift, names.get(1), scale, names.get(2), offset);
    }

    @Override
    Pass newPass() {
        return new ScalePass();
    }

    private final class ScalePass extends Pass {
        private Features x;
        private float[] y;

        @Override
        Features forward(Features in, Context context) {
            x = in;
            int stride = TrainingKernel.padded(x.size);
            y = room(y, (long) x.count() * stride);
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < x.size; i++) {
                    y[index * stride + i] = (x.get(index, i) - shift[i]) * scale[i] + offset[i];
                }
            }
            return x.with(x.size, new Rows(y, 0, stride));
        }

        /** dx = dy ⊙ scale. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < x.size; i++) {
                    dy.values()[dy.place(index) + i] *= scale[i];
                }
            }
            return dy;
        }
    }
}
