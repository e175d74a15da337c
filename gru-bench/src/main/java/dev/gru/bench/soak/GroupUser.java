package dev.gru.bench.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

import dev.gru.GruGroup;

/** Uses a group from one thread: streams are added and removed, some of them by another thread during steps. */
final class GroupUser implements Runnable {
    private static final int MAX_STREAMS = 300;

    private final Surroundings surroundings;
    private final Random random;
    private final BooleanSupplier goesOn;
    private final GruGroup group;
    /** Indices of streams that another thread has added. */
    private final ConcurrentLinkedQueue<Integer> added = new ConcurrentLinkedQueue<>();
    private final List<Integer> streams = new ArrayList<>();
    private final Position[] at = new Position[2 * MAX_STREAMS];
    private final float[] x;
    private final float[] y;

    GroupUser(Surroundings surroundings, long seed, BooleanSupplier goesOn) {
        this.surroundings = surroundings;
        this.goesOn = goesOn;
        random = new Random(seed);
        group = surroundings.model().newGroup();
        x = new float[at.length * surroundings.model().inputSize()];
        y = new float[at.length * surroundings.model().outputSize()];
    }

    /** Adds a stream from another thread. */
    void addFromOutside() {
        if (group.size() < MAX_STREAMS) {
            added.add(group.add());
            surroundings.findings().count("streams added while others step");
        }
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                for (Integer stream = added.poll(); stream != null; stream = added.poll()) {
                    begin(stream);
                }
                use(random.nextInt(100));
                surroundings.betweenUses();
            }
        } catch (IllegalStateException e) {
            if (SessionUser.CLOSED.equals(e.getMessage())) {
                surroundings.findings().count("groups that met a closed model");
            } else {
                surroundings.findings().problem("a group failed", e);
            }
        } catch (RuntimeException | Error e) {
            surroundings.findings().problem("a group failed", e);
        }
    }

    private void begin(int stream) {
        streams.add(stream);
        at[stream] = new Position(random.nextInt(surroundings.replay().streams()), 0);
    }

    private int any() {
        return streams.get(random.nextInt(streams.size()));
    }

    private void use(int what) {
        if (streams.isEmpty() || (what < 6 && group.size() < MAX_STREAMS)) {
            begin(group.add());
            surroundings.findings().count("streams added");
        } else if (what < 10) {
            remove(any());
        } else if (what < 14) {
            int stream = any();
            surroundings.snapshots().offer(new Saved(group.snapshot(stream), at[stream]));
            surroundings.findings().count("snapshots in groups");
        } else if (what < 18) {
            Saved saved = surroundings.snapshots().poll();
            if (saved != null) {
                int stream = any();
                group.restore(stream, saved.bytes());
                at[stream] = saved.at();
                surroundings.findings().count("restores in groups");
            }
        } else if (what < 20) {
            badArgument();
        } else {
            step();
        }
    }

    private void remove(int stream) {
        group.remove(stream);
        streams.removeIf(one -> one == stream);
        surroundings.findings().count("streams removed");
    }

    private void step() {
        List<Integer> chosen = new ArrayList<>(streams);
        if (random.nextBoolean()) {
            Collections.shuffle(chosen, random);
        } else {
            Collections.sort(chosen);
        }
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(chosen.size()) : chosen.size();
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            int stream = chosen.get(i);
            if (Replay.left(at[stream]) == 0) {
                group.reset(stream);
                at[stream] = at[stream].start();
            }
            indices[i] = stream;
            surroundings.replay().input(at[stream], x, i * surroundings.model().inputSize());
        }
        group.step(count, indices, x, y);
        for (int i = 0; i < count; i++) {
            int stream = indices[i];
            surroundings.check("a group", at[stream], y, i * surroundings.model().outputSize());
            at[stream] = at[stream].plus(1);
        }
        surroundings.findings().count("steps of groups");
    }

    private void badArgument() {
        int stream = any();
        try {
            group.step(2, new int[]{stream, stream}, x, y);
            surroundings.findings().problem("a group accepted a stream twice");
        } catch (IllegalArgumentException e) {
            surroundings.findings().count("bad arguments");
        }
    }
}
