package dev.gru.bench.peer;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

import dev.gru.bench.model.UpdateFirstWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * A GRU primitive of oneDNN with all its memory, in the layouts that the primitive requires; {@link #set} and
 * {@link #get} reorder to and from them. Each run begins at the states that were set.
 *
 * <p>The states after the last step are not requested: they are the outputs of the last step.
 */
final class OneDnnLayer implements PreparedLayer {
    /** Layers and directions, the leading dimensions of weights and states. */
    private static final long ONE = 1;
    /** oneDNN has separate biases of the new gate, and the sums of those of the other gates: rows u, r, o, u'. */
    private static final int BIAS_ROWS = Gate.COUNT + 1;

    private final int batch;
    private final int steps;
    private final int hiddenSize;

    /** Owns everything native below. */
    private final PointerScope scope;
    private final engine cpu;
    private final stream queue;
    private final FloatPointer x;
    private final FloatPointer h0;
    private final FloatPointer y;
    private final memory userX;
    private final memory userH0;
    private final memory userY;
    private final memory srcLayer;
    private final memory srcIter;
    private final memory dstLayer;
    private final reorder setX;
    private final reorder setH0;
    private final reorder getY;
    private final lbr_gru_forward gru;

    // The prepared call of the C interface: that of C++ would build its list of arguments in every call.
    private final dnnl_primitive gruHandle;
    private final dnnl_stream queueHandle;
    private final dnnl_exec_arg_t arguments;
    private final int argumentCount;

    OneDnnLayer(GruWeights weights, memory.data_type type, int batch, int steps) {
        OpenMp.useCallingThreadOnly();
        this.batch = batch;
        this.steps = steps;
        hiddenSize = weights.hiddenSize();
        long inputSize = weights.inputSize();
        try (PointerScope opened = new PointerScope()) {
            cpu = new engine(engine.kind.cpu, 0);
            queue = new stream(cpu);

            long[] xShape = {steps, batch, inputSize};
            long[] hShape = {ONE, ONE, batch, hiddenSize};
            long[] yShape = {steps, batch, hiddenSize};
            long[] ihShape = {ONE, ONE, inputSize, Gate.COUNT, hiddenSize};
            long[] hhShape = {ONE, ONE, hiddenSize, Gate.COUNT, hiddenSize};
            long[] biasShape = {ONE, ONE, BIAS_ROWS, hiddenSize};
            primitive_attr attributes = new primitive_attr();
            attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
            memory.format_tag any = memory.format_tag.any;
            memory.desc unwanted = new memory.desc();
            lbr_gru_forward.primitive_desc desc = new lbr_gru_forward.primitive_desc(cpu,
                    dnnl.prop_kind.forward_inference, dnnl.rnn_direction.unidirectional_left2right,
                    new memory.desc(xShape, type, any), new memory.desc(hShape, type, any),
                    new memory.desc(ihShape, type, any), new memory.desc(hhShape, type, any),
                    new memory.desc(biasShape, memory.data_type.f32, memory.format_tag.ldgo),
                    new memory.desc(yShape, type, any), unwanted, attributes, false);
            gru = new lbr_gru_forward(desc);

            x = new FloatPointer((long) steps * batch * inputSize);
            h0 = new FloatPointer((long) batch * hiddenSize);
            y = new FloatPointer((long) steps * batch * hiddenSize);
            userX = user(xShape, memory.format_tag.ntc, x);
            userH0 = user(hShape, memory.format_tag.ldnc, h0);
            userY = user(yShape, memory.format_tag.ntc, y);
            srcLayer = new memory(desc.src_layer_desc(), cpu);
            srcIter = new memory(desc.src_iter_desc(), cpu);
            dstLayer = new memory(desc.dst_layer_desc(), cpu);
            setX = new reorder(userX, srcLayer);
            setH0 = new reorder(userH0, srcIter);
            getY = new reorder(dstLayer, userY);

            UpdateFirstWeights ordered = UpdateFirstWeights.ofResetAfter(weights);
            memory weightsLayer = reordered(ihShape, memory.format_tag.ldgoi, ordered.weightIh,
                    desc.weights_layer_desc());
            memory weightsIter = reordered(hhShape, memory.format_tag.ldgoi, ordered.weightHh,
                    desc.weights_iter_desc());
            memory bias = reordered(biasShape, memory.format_tag.ldgo, biasRows(ordered, hiddenSize),
                    desc.bias_desc());
            memory scratchpad = new memory(desc.scratchpad_desc(), cpu);

            int[] names = {dnnl.DNNL_ARG_SRC_LAYER, dnnl.DNNL_ARG_SRC_ITER, dnnl.DNNL_ARG_WEIGHTS_LAYER,
                    dnnl.DNNL_ARG_WEIGHTS_ITER, dnnl.DNNL_ARG_BIAS, dnnl.DNNL_ARG_DST_LAYER,
                    dnnl.DNNL_ARG_SCRATCHPAD};
            memory[] memories = {srcLayer, srcIter, weightsLayer, weightsIter, bias, dstLayer, scratchpad};
            argumentCount = names.length;
            arguments = new dnnl_exec_arg_t(argumentCount);
            for (int i = 0; i < argumentCount; i++) {
                arguments.getPointer(i).arg(names[i]).memory(memories[i].get());
            }
            gruHandle = gru.get();
            queueHandle = queue.get();
            scope = opened.extend();
        }
    }

    private memory user(long[] shape, memory.format_tag layout, FloatPointer data) {
        return new memory(new memory.desc(shape, memory.data_type.f32, layout), cpu, data);
    }

    /** Returns constants in the layout and type that the primitive requires. */
    private memory reordered(long[] shape, memory.format_tag layout, float[] values, memory.desc wanted) {
        FloatPointer data = new FloatPointer(values);
        memory from = user(shape, layout, data);
        memory to = new memory(wanted, cpu);
        new reorder(from, to).execute(queue, from, to);
        queue._wait();
        data.close();
        return to;
    }

    private static float[] biasRows(UpdateFirstWeights weights, int units) {
        int added = (Gate.COUNT - 1) * units;
        float[] rows = new float[BIAS_ROWS * units];
        for (int i = 0; i < added; i++) {
            rows[i] = weights.biasIh[i] + weights.biasHh[i];
        }
        System.arraycopy(weights.biasIh, added, rows, added, units);
        System.arraycopy(weights.biasHh, added, rows, added + units, units);
        return rows;
    }

    @Override
    public void set(float[] newX, float[] newH0) {
        // OpenMP has a number of threads for each calling thread, and this may not be the thread of the constructor.
        OpenMp.useCallingThreadOnly();
        x.put(newX, 0, Math.toIntExact(x.limit()));
        h0.put(newH0, 0, Math.toIntExact(h0.limit()));
        setX.execute(queue, userX, srcLayer);
        setH0.execute(queue, userH0, srcIter);
        queue._wait();
    }

    @Override
    public void run() {
        // On a CPU this returns when everything is computed; there is nothing to wait for.
        int status = dnnl.dnnl_primitive_execute(gruHandle, queueHandle, argumentCount, arguments);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN failed with status " + status);
        }
    }

    @Override
    public void get(float[] toY, float[] hn) {
        getY.execute(queue, dstLayer, userY);
        queue._wait();
        y.get(toY, 0, Math.toIntExact(y.limit()));
        for (int row = 0; row < batch; row++) {
            System.arraycopy(toY, ((row + 1) * steps - 1) * hiddenSize, hn, row * hiddenSize, hiddenSize);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
