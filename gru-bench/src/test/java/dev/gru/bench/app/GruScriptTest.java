package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start script, in a project that has a JDK and a Maven of some lines each. */
@DisabledOnOs(OS.WINDOWS)
class GruScriptTest {
    private static final Path SCRIPT = Path.of("gru");
    /** Far more than the script takes: one that waits for ever must not keep the tests. */
    private static final long LIMIT_SECONDS = 60;

    @TempDir
    private Path directory;

    private Path bench;
    private Path target;
    private Path jar;
    private Path jdk;

    private record Ended(int status, String out, String err) {
    }

    @BeforeEach
    void makeProject() throws IOException {
        bench = Files.createDirectories(directory.resolve("home/gru-bench"));
        Files.copy(SCRIPT, bench.resolve("gru"));
        target = Files.createDirectory(bench.resolve("target"));
        jar = target.resolve("gru-bench.jar");
        Files.writeString(directory.resolve("home/pom.xml"), "");
        jdk = Files.createDirectories(directory.resolve("jdk"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        program("jdk/bin/java", "printf '%s\\n' \"LC_ALL=${LC_ALL:-}\" \"$@\"");
        program("bin/mvn", "echo building; echo new >'" + jar + "'");
    }

    private void program(String name, String body) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended run(Map<String, String> environment) throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("sh", bench.resolve("gru").toString(), "summary", "a b")
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("GRU_"));
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().merge("PATH", directory.resolve("bin") + ":", (path, bin) -> bin + path);
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(err);
        assertTrue(ended, "it still runs: " + said);
        return new Ended(process.exitValue(), Files.readString(out), said);
    }

    private Ended run() throws Exception {
        return run(Map.of());
    }

    private void makeJar(Instant time) throws IOException {
        Files.setLastModifiedTime(Files.writeString(jar, "old"), FileTime.from(time));
    }

    private static void assertStarted(Ended ended) {
        assertEquals(0, ended.status(), ended.err());
        List<String> lines = ended.out().lines().toList();
        assertEquals(List.of("summary", "a b"), lines.subList(lines.size() - 2, lines.size()));
    }

    @Test
    void theJarIsBuiltWhereItIsMissingOrOldAndNotElse() throws Exception {
        Ended first = run();
        assertStarted(first);
        assertEquals("gru: building " + jar + " ...\nbuilding\n", first.err());
        makeJar(Instant.now().plusSeconds(3600));
        Ended second = run();
        assertStarted(second);
        assertEquals("", second.err());
        makeJar(Instant.EPOCH);
        assertStarted(run());
        assertEquals("new\n", Files.readString(jar));
        assertFalse(Files.exists(target.resolve("gru.lock")));
    }

    @Test
    void aBuildThatFailsIsSaid() throws Exception {
        makeJar(Instant.EPOCH);
        program("bin/mvn", "echo no >&2; exit 1");
        Ended ended = run();
        assertEquals(2, ended.status());
        assertTrue(ended.err().endsWith("no\ngru: the build failed\n"), ended.err());
        assertFalse(Files.exists(target.resolve("gru.lock")));
    }

    @Test
    void whereNothingCanBeWrittenAnOldJarRunsAndNoneIsAnError() throws Exception {
        makeJar(Instant.EPOCH);
        // What even a superuser cannot make a directory of.
        Files.writeString(target.resolve("gru.lock"), "");
        Ended old = run();
        assertStarted(old);
        assertEquals("gru: warning: " + jar + " is older than its sources, but " + target.resolve("gru.lock")
                + " cannot be made, by which builds wait for each other\n", old.err());
        assertEquals("old", Files.readString(jar));
        Files.delete(jar);
        Ended none = run();
        assertEquals(2, none.status());
        assertTrue(none.err().startsWith("gru: " + jar + " must be built, but ") && none.err().lines().count() == 1,
                none.err());
        Files.delete(target.resolve("gru.lock"));
        Files.delete(target);
        Files.writeString(target, "");
        Ended noTarget = run();
        assertEquals(2, noTarget.status());
        assertEquals("gru: " + jar + " must be built, but there is no directory " + target
                + ", and it cannot be made\n", noTarget.err());
    }

    @Test
    void theLockOfABuildThatIsGoneIsTakenOver() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(Files.createDirectory(target.resolve("gru.lock")).resolve("pid"), gone.pid() + "\n");
        assertStarted(run());
        assertFalse(Files.exists(target.resolve("gru.lock")));
    }

    @Test
    void aWrongJavaHomeIsSaid() throws Exception {
        makeJar(Instant.now().plusSeconds(3600));
        String missing = directory.resolve("no jdk").toString();
        Ended ended = run(Map.of("GRU_JAVA_HOME", missing));
        assertEquals(2, ended.status());
        assertEquals("gru: GRU_JAVA_HOME must be the directory of a JDK 25, was " + missing + "\n", ended.err());
        assertStarted(run(Map.of("GRU_JAVA_HOME", jdk.toString(), "JAVA_HOME", missing)));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");
        assertEquals(2, run(Map.of("GRU_JAVA_HOME", jdk.toString())).status());
    }

    @Test
    void whereTheLocaleKnowsAsciiOnlyNamesAreUtf8() throws Exception {
        makeJar(Instant.now().plusSeconds(3600));
        assertTrue(run(Map.of("LC_ALL", "C")).out().startsWith("LC_ALL=C.UTF-8\n"));
        assertTrue(run(Map.of("LC_ALL", "POSIX")).out().startsWith("LC_ALL=C.UTF-8\n"));
        assertTrue(run(Map.of("LANG", "")).out().startsWith("LC_ALL=C.UTF-8\n"));
        assertTrue(run().out().startsWith("LC_ALL=\n"));
    }
}
