package dev.gru.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;

/** How long does a step of each of many streams take, together in a group and one after the other in sessions? */
public class GroupBenchmark extends KernelBenchmark {
    /** Inputs and units. */
    @Param({"8x8", "16x16", "64x64"})
    public String layer;

    /** Streams. */
    @Param("256")
    public int streams;

    private GruModel model;
    private GruGroup group;
    private int[] inOrder;
    private int[] reversed;
    private GruSession session;
    private GruSession[] sessions;
    private ByteBuffer[] snapshots;
    private int inputSize;
    private int outputSize;
    private float[] x;
    private float[] y;

    /** Packs the layer. */
    @Setup
    public void pack() {
        LayerShape shape = LayerShape.parse(layer);
        model = GruModel.of(
                new Sequential(
                        List.of(new GruLayer("gru", shape.weights(GruVariant.RESET_AFTER)).withReturnSequences(true))),
                ModelOptions.defaults().withKernel(kernel));
        group = model.newGroup();
        inOrder = IntStream.range(0, streams).map(i -> group.add()).toArray();
        reversed = IntStream.range(0, streams).map(i -> inOrder[streams - 1 - i]).toArray();
        session = model.newSession();
        sessions = Stream.generate(model::newSession).limit(streams).toArray(GruSession[]::new);
        snapshots = Stream.generate(() -> ByteBuffer.wrap(session.snapshot())).limit(streams)
                .toArray(ByteBuffer[]::new);
        inputSize = shape.inputSize();
        outputSize = shape.hiddenSize();
        x = shape.inputs(streams);
        y = new float[streams * outputSize];
    }

    /** Frees the model. */
    @TearDown
    public void close() {
        model.close();
    }

    /** All streams of a group, in the order in which it keeps them. */
    @Benchmark
    public float[] group() {
        group.step(streams, inOrder, x, y);
        return y;
    }

    /** All streams of a group in another order, so that they have to be collected. */
    @Benchmark
    public float[] groupCollected() {
        group.step(streams, reversed, x, y);
        return y;
    }

    /** A session for each stream, one after the other. */
    @Benchmark
    public float[] sessions() {
        for (int i = 0; i < streams; i++) {
            sessions[i].step(x, i * inputSize, y, i * outputSize);
        }
        return y;
    }

    /** One session that takes up the streams one after the other: their states are kept as snapshots. */
    @Benchmark
    public float[] oneSessionForAll() {
        for (int i = 0; i < streams; i++) {
            session.restore(snapshots[i].clear());
            session.step(x, i * inputSize, y, i * outputSize);
            session.snapshot(snapshots[i].clear());
        }
        return y;
    }

    /** As many steps of one stream in one session. */
    @Benchmark
    public float[] oneStream() {
        for (int i = 0; i < streams; i++) {
            session.step(x, i * inputSize, y, i * outputSize);
        }
        return y;
    }
}
