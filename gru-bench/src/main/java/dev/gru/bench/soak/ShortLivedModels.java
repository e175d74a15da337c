package dev.gru.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Graph;

/** Creates models, and closes them while threads use them or leaves them to the garbage collector. */
final class ShortLivedModels implements Runnable {
    private static final int MAX_MILLIS = 20;
    private static final int PAUSE_MILLIS = 20;
    private static final int SESSIONS = 3;
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(20);

    private final Graph layers;
    private final Surroundings surroundings;
    private final Random random;
    private final BooleanSupplier goesOn;

    ShortLivedModels(Graph layers, Surroundings surroundings, long seed, BooleanSupplier goesOn) {
        this.layers = layers;
        this.surroundings = surroundings;
        random = new Random(seed);
        this.goesOn = goesOn;
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                if (random.nextInt(4) == 0) {
                    forget();
                } else {
                    close();
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            surroundings.findings().problem("the thread that closes models was interrupted", e);
        } catch (RuntimeException | Error e) {
            surroundings.findings().problem("creating or closing a model failed", e);
        }
    }

    private void close() throws InterruptedException {
        GruModel model = GruModel.of(layers, ModelOptions.defaults());
        Surroundings here = surroundings.with(model);
        List<Thread> users = new ArrayList<>();
        // They run until the model is closed.
        users.add(Thread.ofPlatform().start(new SessionUser(here, random.nextLong(), SESSIONS, () -> true, false)));
        users.add(Thread.ofVirtual().start(new SessionUser(here, random.nextLong(), SESSIONS, () -> true, false)));
        users.add(Thread.ofPlatform().start(new GroupUser(here, random.nextLong(), () -> true)));
        Thread.sleep(random.nextInt(MAX_MILLIS));
        model.close();
        for (Thread user : users) {
            user.join(END_MILLIS);
            if (user.isAlive()) {
                surroundings.findings().problem("a thread continues with a closed model: " + user + " at "
                        + List.of(user.getStackTrace()));
                return;
            }
        }
        if (model.nativeBytes() != 0) {
            surroundings.findings().problem(
                    "a closed model that nobody uses still has " + model.nativeBytes() + " native bytes");
        }
        surroundings.findings().count("models closed in use");
    }

    /** Uses a model a little and leaves it to the garbage collector, which frees its memory. */
    private void forget() {
        GruModel model = GruModel.of(layers, ModelOptions.defaults());
        int[] left = {100};
        new SessionUser(surroundings.with(model), random.nextLong(), SESSIONS, () -> left[0]-- > 0, false).run();
        surroundings.findings().count("models forgotten");
    }
}
