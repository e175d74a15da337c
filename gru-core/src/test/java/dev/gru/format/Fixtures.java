package dev.gru.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.Json;

/** The files that real frameworks wrote, and ways to take them apart and put them together again. */
public final class Fixtures {
    static final String CONFIG = "config.json";
    static final String METADATA = "metadata.json";
    public static final String WEIGHTS = "model.weights.h5";

    private Fixtures() {
    }

    /** Returns the file at a path under the test resources. */
    public static Path file(String path) {
        URL url = Fixtures.class.getResource("/" + path);
        if (url == null) {
            throw new IllegalArgumentException("no test resource " + path);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the entries of a zip file, in order. */
    public static Map<String, byte[]> entries(Path zipFile) {
        try (ZipFile zip = new ZipFile(zipFile.toFile())) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a compressed zip file of entries. */
    static byte[] zip(Map<String, byte[]> entries) {
        return zip(entries, ZipEntry.DEFLATED);
    }

    /** Returns a zip file of entries as they are, which is what Keras writes. */
    static byte[] storedZip(Map<String, byte[]> entries) {
        return zip(entries, ZipEntry.STORED);
    }

    private static byte[] zip(Map<String, byte[]> entries, int method) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                header.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 crc = new CRC32();
                    crc.update(entry.getValue());
                    header.setCrc(crc.getValue());
                    header.setSize(entry.getValue().length);
                }
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Returns the model of a Keras case with the first {@code from} in its configuration replaced by {@code to}. */
    static byte[] withConfig(String kerasCase, String from, String to) {
        Map<String, byte[]> entries = entries(file("keras/" + kerasCase + "/model.keras"));
        String config = new String(entries.get(CONFIG), StandardCharsets.UTF_8);
        int at = config.indexOf(from);
        if (at < 0) {
            throw new IllegalArgumentException("the configuration of " + kerasCase + " has no " + from);
        }
        String edited = config.substring(0, at) + to + config.substring(at + from.length());
        entries.put(CONFIG, edited.getBytes(StandardCharsets.UTF_8));
        return zip(entries);
    }

    /** Returns the model of a Keras case with one entry replaced, or removed if {@code content} is null. */
    static byte[] withEntry(String kerasCase, String entry, byte[] content) {
        Map<String, byte[]> entries = entries(file("keras/" + kerasCase + "/model.keras"));
        if (content == null) {
            entries.remove(entry);
        } else {
            entries.put(entry, content);
        }
        return zip(entries);
    }

    /** Returns the content of a fixture. */
    static byte[] bytes(String path) {
        try {
            return Files.readAllBytes(file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the header of a safetensors file. */
    static String header(byte[] safetensors) {
        return new String(safetensors, Long.BYTES, headerLength(safetensors), StandardCharsets.UTF_8);
    }

    /** Returns a safetensors file with another header before its data. */
    static byte[] withHeader(byte[] safetensors, String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        int dataStart = Long.BYTES + headerLength(safetensors);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + json.length + safetensors.length - dataStart)
                .order(ByteOrder.LITTLE_ENDIAN);
        return file.putLong(json.length).put(json).put(safetensors, dataStart, safetensors.length - dataStart).array();
    }

    /**
     * Returns a file of the library's own format as version 1 had it, without checksums: what is changed in it is found only
     * if it breaks a rule.
     */
    static byte[] withoutChecksums(byte[] model) {
        try {
            Map<String, Object> header = new LinkedHashMap<>(Json.parseObject("header", header(model)));
            header.remove(Safetensors.CHECKSUMS);
            Map<?, ?> metadata = (Map<?, ?>) header.get(Safetensors.METADATA);
            header.put(Safetensors.METADATA, Map.of(ModelFile.KEY,
                    ((String) metadata.get(ModelFile.KEY)).replace("\"version\":2", "\"version\":1")));
            // They are the last bytes: four for each tensor, and for the header.
            int checksums = (header.size() - 1 + 1) * Integer.BYTES;
            return withHeader(Arrays.copyOf(model, model.length - checksums), Json.write(header));
        } catch (ModelFormatException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static int headerLength(byte[] safetensors) {
        return ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
}
