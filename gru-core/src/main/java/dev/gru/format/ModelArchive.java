package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The zip file that a model comes in.
 *
 * <p>What an entry inflates to is bounded by {@value #MAX_INFLATION} times the size of the file plus
 * {@value #INFLATION_SLACK} bytes, whatever its header says: weights hardly compress, so more is an attack. Checksums
 * are checked, so damage does not turn into weights.
 *
 * <p>For use by one thread.
 */
final class ModelArchive implements AutoCloseable {
    static final int MAX_INFLATION = 8;
    static final int INFLATION_SLACK = 1 << 20;

    /** The largest array that every JVM can make. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final String name;
    private final ZipFile zip;
    private final long limit;

    /**
     * Opens a file of the default file system.
     *
     * @param name what messages call it
     * @throws ModelFormatException if it is no zip file, is cut off, or has two entries of one name
     * @throws IOException if it is not there or cannot be read
     */
    ModelArchive(String name, Path file) throws IOException {
        this.name = name;
        long size = Files.size(file);
        limit = size > (MAX_ARRAY - INFLATION_SLACK) / MAX_INFLATION
                ? MAX_ARRAY
                : MAX_INFLATION * size + INFLATION_SLACK;
        zip = open(name, file);
        try {
            Set<String> seen = new HashSet<>();
            for (ZipEntry entry : zip.stream().toList()) {
                if (!seen.add(entry.getName())) {
                    throw new ModelFormatException(
                            name + ": the entry " + Printable.of(entry.getName()) + " is there twice");
                }
            }
        } catch (ModelFormatException e) {
            zip.close();
            throw e;
        }
    }

    private static ZipFile open(String name, Path file) throws ModelFormatException {
        try {
            return new ZipFile(file.toFile());
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelFormatException(
                    name + ": is not a .keras file (a zip file), or is cut off: " + Printable.of(e), e);
        }
    }

    /**
     * Returns the content of an entry.
     *
     * @param entryName its name
     * @param maxBytes a bound on its size, beside that of the archive
     * @throws ModelFormatException if there is no such entry, it is damaged, or it is larger than the bounds
     */
    byte[] read(String entryName, int maxBytes) throws ModelFormatException {
        ZipEntry entry = zip.getEntry(entryName);
        if (entry == null || entry.isDirectory()) {
            throw new ModelFormatException(name + ": has no entry " + entryName);
        }
        int bound = (int) Math.min(limit, maxBytes);
        byte[] content;
        try (InputStream in = zip.getInputStream(entry)) {
            content = in.readNBytes(bound);
            if (in.read() >= 0) {
                throw new ModelFormatException(name + ": " + entryName + ": is larger than " + bound
                        + " bytes, the bound for a file of this size");
            }
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelFormatException(name + ": " + entryName + ": is damaged: " + Printable.of(e), e);
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        if (crc.getValue() != entry.getCrc()) {
            throw new ModelFormatException(name + ": " + entryName + ": is damaged: its checksum does not match");
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
